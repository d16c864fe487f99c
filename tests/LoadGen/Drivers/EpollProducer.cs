using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using LoadGen.Platform;
using LoadGen.Protocol;

namespace LoadGen.Drivers;

/// <summary>
/// Many connections on one thread: an epoll set, one <c>recv</c> per readable connection, and one <c>send</c> with as many
/// requests as replies have come. For small requests, where system calls are the whole cost.
/// </summary>
internal sealed unsafe partial class EpollProducer : LoadWorker
{
    private const int ReceiveBytes = 64 * 1024;
    private const int WaitMs = 100;
    private const int ReplyTimeoutMs = 60_000;
    private readonly EndPoint _address;
    private readonly ProduceTemplate _template;
    private readonly Connection[] _connections;
    private readonly int _inFlight;
    private readonly int _partitionCount;
    private readonly byte* _receive = (byte*)NativeMemory.Alloc(ReceiveBytes);
    private readonly byte* _send;
    private Epoll? _epoll;
    private int _outstanding;
    private ulong _choice;

    public EpollProducer(
        RunWindow window, EndPoint address, ProduceTemplate template, int connections, int inFlight, int partitionCount, int seed)
        : base(window, "produce-small")
    {
        _address = address;
        _template = template;
        _inFlight = inFlight;
        _partitionCount = partitionCount;
        _choice = ((ulong)seed + 1) * 0x9E3779B97F4A7C15;
        _connections = new Connection[connections];
        _send = (byte*)NativeMemory.Alloc((nuint)(template.Frame.Length * inFlight));
        for (var i = 0; i < inFlight; i++)
        {
            template.Frame.CopyTo(new Span<byte>(_send + (i * template.Frame.Length), template.Frame.Length));
        }
    }

    public override void Abort()
    {
        foreach (var connection in _connections)
        {
            connection?.Socket.Break();
        }
    }

    protected override void Open()
    {
        _epoll = new Epoll();
        for (var i = 0; i < _connections.Length; i++)
        {
            _connections[i] = new Connection(BlockingSocket.Connect(_address, ReplyTimeoutMs), _inFlight);
            _epoll.Add(_connections[i].Socket.Fd, i);
        }
    }

    protected override void Run()
    {
        foreach (var connection in _connections)
        {
            SendUpTo(connection, _inFlight);
        }

        var lastEventAt = Stopwatch.GetTimestamp();
        while (_outstanding > 0)
        {
            var events = _epoll!.Wait(WaitMs);
            for (var i = 0; i < events; i++)
            {
                var connection = _connections[_epoll.Token(i)];
                SendUpTo(connection, ReceiveReplies(connection));
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
        foreach (var connection in _connections)
        {
            connection?.Socket.Dispose();
        }

        _epoll?.Dispose();
        NativeMemory.Free(_receive);
        NativeMemory.Free(_send);
    }

    private void SendUpTo(Connection connection, int freed)
    {
        var size = _template.Frame.Length;
        if (freed == 0 || Window.Phase == RunPhase.Draining)
        {
            return;
        }

        var count = 0;
        while (count < freed && Window.TryTake(1, size))
        {
            _template.Patch(new Span<byte>(_send + (count * size), size), connection.Sent + count, NextPartition());
            count++;
        }

        if (count == 0)
        {
            return;
        }

        var now = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            connection.SentAt[(connection.Sent + i) % _inFlight] = now;
        }

        connection.Sent += count;
        _outstanding += count;
        connection.Socket.SendAll(_send, count * size);
    }

    // Any partition with equal chance; a fixed seed, so that two runs ask for the same.
    private int NextPartition()
    {
        if (_partitionCount == 1)
        {
            return 0;
        }

        _choice ^= _choice << 13;
        _choice ^= _choice >> 7;
        _choice ^= _choice << 17;
        return (int)(((_choice >> 32) * (ulong)_partitionCount) >> 32);
    }

    private int ReceiveReplies(Connection connection)
    {
        connection.TakeLeftover(_receive);
        var received = connection.Socket.Receive(_receive + connection.Leftover, ReceiveBytes - connection.Leftover);
        if (received == 0)
        {
            throw new ProtocolFault($"the server closed a connection with {connection.Sent - connection.Answered} requests unanswered");
        }

        var now = Stopwatch.GetTimestamp();
        var bytes = new ReadOnlySpan<byte>(_receive, connection.Leftover + received);
        var answered = 0;
        var at = 0;
        while (bytes.Length - at >= 4)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(bytes[at..]);
            if (length is < 4 or > ReceiveBytes / 2)
            {
                throw new ProtocolFault($"a Produce reply of {length} bytes");
            }

            if (bytes.Length - at - 4 < length)
            {
                break;
            }

            _template.CheckReply(bytes.Slice(at + 4, length), connection.Answered);
            Count(connection.SentAt[connection.Answered % _inFlight], now, _template.Batch.Records, _template.Batch.Bytes.Length);
            connection.Answered++;
            answered++;
            at += 4 + length;
        }

        connection.KeepLeftover(bytes[at..]);
        _outstanding -= answered;
        return answered;
    }
}
