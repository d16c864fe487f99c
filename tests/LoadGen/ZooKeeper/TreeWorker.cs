using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using LoadGen.Drivers;
using LoadGen.Platform;

namespace LoadGen.ZooKeeper;

/// <summary>Many sessions on one thread: an epoll set, one <c>recv</c> per readable session, one <c>send</c> for all that it makes room for.</summary>
internal sealed unsafe class TreeWorker : LoadWorker
{
    private const int ReceiveBytes = 256 * 1024;
    private const int WaitMs = 100;
    private const int ReplyTimeoutMs = 60_000;
    private readonly EndPoint _address;
    private readonly TreeShape _shape;
    private readonly RequestTemplate _template;
    private readonly RequestTemplate _set;
    private readonly TreeConnection[] _sessions;
    private readonly long[][] _sentAt;
    private readonly byte* _receive = (byte*)NativeMemory.Alloc(ReceiveBytes);
    private readonly byte* _send;
    private Epoll? _epoll;
    private int _outstanding;
    private int _next;
    private long _now;
    private int _current;
    private readonly Action<int> _onReply;

    public TreeWorker(RunWindow window, EndPoint address, TreeShape shape, string prefix)
        : base(window, "tree")
    {
        _address = address;
        _shape = shape;
        _template = new RequestTemplate(shape.Operation, prefix, shape.ValueBytes);
        _set = new RequestTemplate(TreeOperation.Set, prefix, shape.ValueBytes);
        _sessions = new TreeConnection[shape.Sessions];
        _sentAt = [.. Enumerable.Range(0, shape.Sessions).Select(_ => new long[shape.Outstanding])];
        _send = (byte*)NativeMemory.Alloc((nuint)(Math.Max(_template.Frame.Length, _set.Frame.Length) * shape.Outstanding));
        _onReply = n => Count(_sentAt[_current][n % shape.Outstanding], _now, 1, shape.ValueBytes);
    }

    /// <summary>Znodes created: their numbers are those below.</summary>
    public int Created => _shape.Operation == TreeOperation.Create ? _next : 0;

    public override void Abort()
    {
        foreach (var session in _sessions)
        {
            session?.Socket.Break();
        }
    }

    protected override void Open()
    {
        _epoll = new Epoll();
        for (var i = 0; i < _sessions.Length; i++)
        {
            _sessions[i] = TreeConnection.Open(_address);
            _epoll.Add(_sessions[i].Socket.Fd, i);
        }
    }

    protected override void Run()
    {
        for (_current = 0; _current < _sessions.Length; _current++)
        {
            SendUpTo(_shape.Outstanding);
        }

        var lastEventAt = Stopwatch.GetTimestamp();
        while (_outstanding > 0)
        {
            var events = _epoll!.Wait(WaitMs);
            for (var i = 0; i < events; i++)
            {
                _current = _epoll.Token(i);
                _now = Stopwatch.GetTimestamp();
                var answered = _sessions[_current].Receive(new Span<byte>(_receive, ReceiveBytes), _onReply);
                _outstanding -= answered;
                SendUpTo(answered);
            }

            if (events > 0)
            {
                lastEventAt = Stopwatch.GetTimestamp();
            }
            else if (Stopwatch.GetElapsedTime(lastEventAt).TotalMilliseconds > ReplyTimeoutMs)
            {
                throw new TimeoutException($"no reply to {_outstanding} requests for {ReplyTimeoutMs / 1000} s");
            }
        }
    }

    protected override void Close()
    {
        foreach (var session in _sessions)
        {
            session?.Dispose();
        }

        _epoll?.Dispose();
        NativeMemory.Free(_receive);
        NativeMemory.Free(_send);
    }

    private void SendUpTo(int freed)
    {
        if (freed == 0 || Window.Phase == RunPhase.Draining)
        {
            return;
        }

        var session = _sessions[_current];
        var at = 0;
        var count = 0;
        while (count < freed)
        {
            var template = _shape.TenthIsSet && _next % 10 == 9 ? _set : _template;
            if (!Window.TryTake(1, template.Frame.Length))
            {
                break;
            }

            var frame = new Span<byte>(_send + at, template.Frame.Length);
            template.Frame.CopyTo(frame);
            template.Patch(frame, session.Sent + count + 1, _shape.Operation == TreeOperation.Create ? _next : _next % _shape.Znodes);
            _next++;
            at += frame.Length;
            count++;
        }

        var now = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            _sentAt[_current][(session.Sent + i) % _shape.Outstanding] = now;
        }

        session.Sent += count;
        _outstanding += count;
        if (at > 0)
        {
            session.Socket.SendAll(_send, at);
        }
    }
}
