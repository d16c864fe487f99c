using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using HdrHistogram;
using LoadGen.Platform;
using LoadGen.Protocol;

namespace LoadGen.Drivers;

/// <summary>
/// Sends one request each time one is due, whether or not earlier ones are answered, and counts each latency from the time
/// it was due: a server (or client) that falls behind is charged for all who had to wait (no coordinated omission).
/// One thread; connections in turn.
/// </summary>
internal sealed unsafe class OpenLoopProducer : LoadWorker
{
    private const int MaxOutstanding = 65_536;
    private const int ReceiveBytes = 64 * 1024;
    private const int ReplyTimeoutMs = 60_000;
    private readonly EndPoint _address;
    private readonly ProduceTemplate _template;
    private readonly int _partitionCount;
    private readonly double _intervalNs;
    private readonly Peer[] _peers;
    private readonly byte[] _frame;
    private readonly byte* _receive = (byte*)NativeMemory.Alloc(ReceiveBytes);
    private readonly LongHistogram _latenessNs = new(MaxLatencyNs, 3);
    private long _sentInAll;
    private long _answeredInAll;

    public OpenLoopProducer(
        RunWindow window, EndPoint address, ProduceTemplate template, int connections, int partitionCount, double requestsPerSecond)
        : base(window, "open-loop")
    {
        _address = address;
        _template = template;
        _partitionCount = partitionCount;
        _intervalNs = 1e9 / requestsPerSecond;
        _peers = new Peer[connections];
        _frame = GC.AllocateArray<byte>(template.Frame.Length, pinned: true);
        template.Frame.CopyTo(_frame, 0);
    }

    /// <summary>How much later than due requests left, nanoseconds: this client's own part of the latencies.</summary>
    public LongHistogram LatenessNs => _latenessNs;

    public override void Abort()
    {
        foreach (var peer in _peers)
        {
            peer?.Socket.Break();
        }
    }

    protected override void Open()
    {
        Libc.MinimiseTimerSlack();
        for (var i = 0; i < _peers.Length; i++)
        {
            _peers[i] = new Peer(BlockingSocket.Connect(_address, ReplyTimeoutMs));
        }
    }

    protected override void Run()
    {
        using var poll = new PollSet(_peers.Select(p => p.Socket.Fd));
        var startedAt = Stopwatch.GetTimestamp();
        var lastReplyAt = startedAt;
        var exhausted = false;
        while (true)
        {
            var dueAt = startedAt + (long)(_sentInAll * _intervalNs);
            var now = Stopwatch.GetTimestamp();
            var sending = !exhausted && Window.Phase != RunPhase.Draining;
            if (sending && now >= dueAt)
            {
                exhausted = !Window.TryTake(1, _frame.Length);
                if (!exhausted)
                {
                    Send(dueAt, now);
                }

                continue;
            }

            if (!sending && _answeredInAll == _sentInAll)
            {
                return;
            }

            if (poll.Wait(sending ? dueAt - now : 100_000_000) > 0)
            {
                lastReplyAt = Stopwatch.GetTimestamp();
                ReceiveFromReadable(poll);
            }
            else if (_answeredInAll < _sentInAll && Stopwatch.GetElapsedTime(lastReplyAt).TotalMilliseconds > ReplyTimeoutMs)
            {
                throw new TimeoutException($"no reply to {_sentInAll - _answeredInAll} requests for {ReplyTimeoutMs / 1000} s");
            }
        }
    }

    protected override void Close()
    {
        foreach (var peer in _peers)
        {
            peer?.Socket.Dispose();
        }

        NativeMemory.Free(_receive);
    }

    private void Send(long dueAt, long now)
    {
        var peer = _peers[_sentInAll % _peers.Length];
        if (peer.DueAt.Count >= MaxOutstanding)
        {
            throw new ProtocolFault($"{MaxOutstanding} requests are unanswered on one connection: the server does not keep up");
        }

        _template.Patch(_frame, peer.Sent++, (int)(_sentInAll % _partitionCount));
        fixed (byte* bytes = _frame)
        {
            peer.Socket.SendAll(bytes, _frame.Length);
        }

        peer.DueAt.Enqueue(dueAt);
        _sentInAll++;
        if (Window.Phase == RunPhase.Measured)
        {
            _latenessNs.RecordValue(Math.Clamp(now - dueAt, 1, MaxLatencyNs));
        }
    }

    private void ReceiveFromReadable(PollSet poll)
    {
        for (var i = 0; i < _peers.Length; i++)
        {
            if (poll.IsReadable(i))
            {
                Receive(_peers[i]);
            }
        }
    }

    private void Receive(Peer peer)
    {
        peer.Leftover.AsSpan().CopyTo(new Span<byte>(_receive, ReceiveBytes));
        var received = peer.Socket.Receive(_receive + peer.Leftover.Length, ReceiveBytes - peer.Leftover.Length);
        if (received == 0)
        {
            throw new ProtocolFault($"the server closed a connection with {peer.DueAt.Count} requests unanswered");
        }

        var now = Stopwatch.GetTimestamp();
        var bytes = new ReadOnlySpan<byte>(_receive, peer.Leftover.Length + received);
        while (bytes.Length >= 4 && BinaryPrimitives.ReadInt32BigEndian(bytes) is var length && bytes.Length - 4 >= length)
        {
            _template.CheckReply(bytes.Slice(4, length), peer.Answered++);
            Count(peer.DueAt.Dequeue(), now, _template.Batch.Records, _template.Batch.Bytes.Length);
            _answeredInAll++;
            bytes = bytes[(4 + length)..];
        }

        peer.Leftover = bytes.ToArray();
    }

    private sealed class Peer(BlockingSocket socket)
    {
        public BlockingSocket Socket { get; } = socket;
        public Queue<long> DueAt { get; } = new();
        public byte[] Leftover { get; set; } = [];
        public int Sent { get; set; }
        public int Answered { get; set; }
    }
}
