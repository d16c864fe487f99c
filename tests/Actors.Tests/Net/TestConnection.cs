using System.Buffers.Binary;
using System.Collections.Concurrent;
using Actors.Model.Leases;
using Actors.Net;
using Actors.Net.Transports;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Actors.Tests.Net;

/// <summary>
/// A protocol of one-word commands: <c>echo…</c> is answered at once, <c>hold…</c> when the test releases it, <c>pause…</c> pauses the
/// frames behind it until released, <c>fault</c> breaks the protocol, <c>bug</c> throws, <c>big N</c> is answered with N bytes. A connection
/// that begins with the four bytes <c>word</c> gets four and is closed.
/// </summary>
internal sealed class TestConnection(ConnectionContext context, Func<string, RegionReply?>? replyTo = null) : Connection(context)
{
    public ConcurrentQueue<string> Seen { get; } = new();
    public ConcurrentDictionary<string, EchoReply> Held { get; } = new();
    public TaskCompletionSource Closed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly ConcurrentQueue<string> _told = new();
    private readonly ConcurrentQueue<int> _bursts = new();
    private int _burst;

    /// <summary>How many frames each burst had.</summary>
    public IReadOnlyCollection<int> Bursts => _bursts;

    /// <summary>Sends what nobody asked for.</summary>
    public void Tell(string text)
    {
        _told.Enqueue(text);
        Wake();
    }

    protected override bool OnFirstBytes(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.StartsWith("word"u8))
        {
            return false;
        }

        _told.Enqueue("gone");
        BeginDrain();
        return true;
    }

    protected override void OnFramesTaken()
    {
        _bursts.Enqueue(_burst);
        _burst = 0;
    }

    protected override void WriteUnasked(ReplySink sink)
    {
        while (_told.TryDequeue(out var text))
        {
            sink.Write(System.Text.Encoding.ASCII.GetBytes(text));
        }
    }

    protected override void OnFrame(LeaseSlice frame)
    {
        var text = System.Text.Encoding.ASCII.GetString(frame.Span);
        _burst++;
        Seen.Enqueue(text.Length > 100 ? text[..100] : text);
        if (replyTo?.Invoke(text) is { } prepared)
        {
            Enqueue(prepared);
            prepared.Ready();
            return;
        }

        if (text == "fault")
        {
            throw new ConnectionFault("asked for");
        }

        if (text == "bug")
        {
            throw new InvalidOperationException("asked for");
        }

        var bytes = text.StartsWith("big ", StringComparison.Ordinal)
            ? new byte[int.Parse(text[4..], System.Globalization.CultureInfo.InvariantCulture)] : frame.Span.ToArray();
        var reply = new EchoReply(bytes) { PausesFrames = text.StartsWith("pause", StringComparison.Ordinal) };
        Enqueue(reply);
        if (reply.PausesFrames)
        {
            PauseFrames();
        }

        if (reply.PausesFrames || text.StartsWith("hold", StringComparison.Ordinal))
        {
            Held[text] = reply;
        }
        else
        {
            reply.Release(wake: false);
        }
    }

    protected internal override ConnectionDescription Describe() =>
        new(Id, Remote?.ToString() ?? "", Local?.ToString() ?? "", "", "", "", Since, 0, 0, 0);

    protected override void OnClosed() => Closed.TrySetResult();
}

internal sealed class EchoReply(byte[] bytes) : Reply
{
    public bool PausesFrames { get; init; }
    public bool? Sent { get; private set; }

    /// <summary>The thread that wrote it.</summary>
    public int WrittenBy { get; private set; }

    public void Release(bool wake)
    {
        if (!PausesFrames)
        {
            Complete();
        }

        if (wake && (!PausesFrames || Signal()))
        {
            WakeConnection();
        }
    }

    protected internal override void OnSignal()
    {
        Complete();
        Connection.ResumeFrames();
    }

    protected internal override void OnDrain() => Complete();

    protected internal override void WriteTo(ReplySink sink)
    {
        WrittenBy = Environment.CurrentManagedThreadId;
        var mark = sink.BeginFrame();
        sink.Write(bytes);
        sink.EndFrame(mark);
    }

    protected internal override void OnLeft(bool sent) => Sent = sent;
}

/// <summary>A listener without a socket, a clock that the test moves, and what a test needs to talk to it.</summary>
internal sealed class NetHarness : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly SocketListener _listener;

    public NetHarness(NetLimits? limits = null, LeasePool? pool = null, Func<string, RegionReply?>? replyTo = null, ILogger? logger = null)
    {
        Pool = pool ?? new LeasePool();
        _listener = new SocketListener(limits ?? new NetLimits(), Pool, Time, logger ?? NullLogger.Instance, c => new TestConnection(c, replyTo));
    }

    public LeasePool Pool { get; }
    public FakeTimeProvider Time { get; } = new();
    public ConnectionSet Connections => _listener.Connections;
    public SocketListener Listener => _listener;

    public (TestConnection Connection, InMemoryClient Client) Connect(int windowBytes = 1 << 20)
    {
        var transport = new InMemoryTransport(windowBytes);
        return ((TestConnection)_listener.Accept(transport), transport.Client);
    }

    public static byte[] Frame(string text) => Frame(System.Text.Encoding.ASCII.GetBytes(text));

    public static byte[] Frame(ReadOnlySpan<byte> body)
    {
        var frame = new byte[4 + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, body.Length);
        body.CopyTo(frame.AsSpan(4));
        return frame;
    }

    public static async Task<byte[]> ReceiveFrame(InMemoryClient client)
    {
        using var patience = new CancellationTokenSource(Patience);
        var length = new byte[4];
        await client.ReceiveExactlyAsync(length, patience.Token);
        var body = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
        await client.ReceiveExactlyAsync(body, patience.Token);
        return body;
    }

    public static async Task<string> ReceiveText(InMemoryClient client) =>
        System.Text.Encoding.ASCII.GetString(await ReceiveFrame(client));

    /// <summary>Waits for a condition that another thread brings about, by yielding, not by sleeping.</summary>
    public static async Task Until(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public ValueTask DisposeAsync() => _listener.DisposeAsync();
}
