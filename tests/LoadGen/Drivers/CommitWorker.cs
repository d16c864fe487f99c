using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using LoadGen.Platform;
using LoadGen.Protocol;

namespace LoadGen.Drivers;

/// <summary>Many groups on one thread, each with a connection of its own and one commit outstanding: the next one follows the answer.</summary>
internal sealed unsafe class CommitWorker(RunWindow window, EndPoint address, string topic, int firstGroup, int groups)
    : LoadWorker(window, "commits")
{
    private const int MaxReplyBytes = 4096;
    private const int WaitMs = 100;
    private const int ReplyTimeoutMs = 60_000;
    private readonly Group[] _groups = new Group[groups];
    private readonly byte* _receive = (byte*)NativeMemory.Alloc(MaxReplyBytes);
    private Epoll? _epoll;
    private int _outstanding;

    public static string NameOf(int group) => $"loadgen-{Environment.ProcessId}-{group}";

    public override void Abort()
    {
        foreach (var group in _groups)
        {
            group?.Socket.Break();
        }
    }

    protected override void Open()
    {
        _epoll = new Epoll();
        for (var i = 0; i < _groups.Length; i++)
        {
            _groups[i] = new Group(
                BlockingSocket.Connect(address, ReplyTimeoutMs), new CommitTemplate(NameOf(firstGroup + i), topic, 0));
            _epoll.Add(_groups[i].Socket.Fd, i);
        }
    }

    protected override void Run()
    {
        foreach (var group in _groups)
        {
            Send(group);
        }

        var lastEventAt = Stopwatch.GetTimestamp();
        while (_outstanding > 0)
        {
            var events = _epoll!.Wait(WaitMs);
            for (var i = 0; i < events; i++)
            {
                Receive(_groups[_epoll.Token(i)]);
            }

            if (events > 0)
            {
                lastEventAt = Stopwatch.GetTimestamp();
            }
            else if (Stopwatch.GetElapsedTime(lastEventAt).TotalMilliseconds > ReplyTimeoutMs)
            {
                throw new TimeoutException($"no reply to {_outstanding} commits for {ReplyTimeoutMs / 1000} s");
            }
        }
    }

    protected override void Close()
    {
        foreach (var group in _groups)
        {
            group?.Socket.Dispose();
        }

        _epoll?.Dispose();
        NativeMemory.Free(_receive);
    }

    private void Send(Group group)
    {
        if (Window.Phase == RunPhase.Draining || !Window.TryTake(1, group.Template.Frame.Length))
        {
            return;
        }

        group.Template.Patch(++group.Sent, group.Sent);
        group.SentAt = Stopwatch.GetTimestamp();
        _outstanding++;
        fixed (byte* frame = group.Template.Frame)
        {
            group.Socket.SendAll(frame, group.Template.Frame.Length);
        }
    }

    private void Receive(Group group)
    {
        var received = group.Socket.Receive(_receive, MaxReplyBytes);
        var bytes = new ReadOnlySpan<byte>(_receive, received);
        if (received < 4 || BinaryPrimitives.ReadInt32BigEndian(bytes) != received - 4)
        {
            throw new ProtocolFault($"an answer to a commit came as {received} bytes");
        }

        var error = group.Template.ReadError(bytes[4..], group.Sent);
        if (error != 0)
        {
            throw ProtocolFault.Code("OffsetCommit", topic, error);
        }

        _outstanding--;
        Count(group.SentAt, Stopwatch.GetTimestamp(), 1, group.Template.Frame.Length);
        Send(group);
    }

    private sealed class Group(BlockingSocket socket, CommitTemplate template)
    {
        public BlockingSocket Socket { get; } = socket;
        public CommitTemplate Template { get; } = template;
        public long SentAt { get; set; }
        public int Sent { get; set; }
    }
}
