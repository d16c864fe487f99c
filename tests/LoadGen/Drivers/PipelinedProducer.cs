using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using LoadGen.Platform;
using LoadGen.Protocol;

namespace LoadGen.Drivers;

/// <summary>
/// One blocking connection on its own thread: keeps up to <c>inFlight</c> Produce requests outstanding, each one <c>send</c> of
/// the same prepared buffer, and reads replies as they come. For large batches, where copying the bytes is the whole cost.
/// </summary>
internal sealed unsafe class PipelinedProducer : LoadWorker
{
    private const int ReplyBufferBytes = 16 * 1024;
    private const int ReplyTimeoutMs = 60_000;
    private readonly EndPoint _address;
    private readonly ProduceTemplate _template;
    private readonly int _inFlight;
    private readonly int[] _partitions;
    private readonly byte[] _frame;
    private readonly byte[] _replies = GC.AllocateArray<byte>(ReplyBufferBytes, pinned: true);
    private readonly long[] _sentAt;
    private readonly long _intervalNs;
    private long _nextDueAt;
    private BlockingSocket? _socket;
    private int _sent;
    private int _answered;
    private int _buffered;

    /// <param name="partitions">The partitions this connection writes to, in turn.</param>
    /// <param name="intervalNs">At least so long between two requests; 0: as fast as the server answers.</param>
    public PipelinedProducer(
        RunWindow window, EndPoint address, ProduceTemplate template, int inFlight, int[] partitions, long intervalNs = 0)
        : base(window, "produce")
    {
        _address = address;
        _template = template;
        _inFlight = inFlight;
        _partitions = partitions;
        _intervalNs = intervalNs;
        _sentAt = new long[inFlight];
        _frame = GC.AllocateArray<byte>(template.Frame.Length, pinned: true);
        template.Frame.CopyTo(_frame, 0);
    }

    public override void Abort() => _socket?.Break();

    protected override void Open() => _socket = BlockingSocket.Connect(_address, ReplyTimeoutMs);

    protected override void Run()
    {
        while (true)
        {
            while (_sent - _answered < _inFlight && IsDue() && MaySend())
            {
                SendOne();
            }

            if (_template.Acks == 0)
            {
                if (Window.Phase == RunPhase.Draining || !MaySend())
                {
                    return;
                }

                continue;
            }

            if (_sent > _answered)
            {
                ReceiveReplies();
            }
            else if (IsDue() || Window.Phase == RunPhase.Draining)
            {
                return;
            }
            else
            {
                Libc.SleepUntil(_nextDueAt);
            }
        }
    }

    protected override void Close() => _socket?.Dispose();

    private bool MaySend() => Window.Phase != RunPhase.Draining && Window.TryTake(1, _frame.Length);

    // A pace that was missed is not made up for: the next request is due one interval after this one.
    private bool IsDue() => _intervalNs == 0 || Stopwatch.GetTimestamp() >= _nextDueAt;

    private void SendOne()
    {
        _template.Patch(_frame, _sent, _partitions[_sent % _partitions.Length]);
        var now = Stopwatch.GetTimestamp();
        _sentAt[_sent % _inFlight] = now;
        _nextDueAt = now + _intervalNs;
        _sent++;
        fixed (byte* bytes = _frame)
        {
            _socket!.SendAll(bytes, _frame.Length);
        }

        if (_template.Acks == 0)
        {
            _answered++;
            Count(0, now, _template.Batch.Records, _template.Batch.Bytes.Length);
        }
    }

    private void ReceiveReplies()
    {
        fixed (byte* bytes = _replies)
        {
            var received = _socket!.Receive(bytes + _buffered, ReplyBufferBytes - _buffered);
            if (received == 0)
            {
                throw new ProtocolFault($"the server closed the connection with {_sent - _answered} requests unanswered");
            }

            _buffered += received;
        }

        var now = Stopwatch.GetTimestamp();
        var at = 0;
        while (_buffered - at >= 4)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(_replies.AsSpan(at));
            if (length is < 4 or > ReplyBufferBytes - 4)
            {
                throw new ProtocolFault($"a Produce reply of {length} bytes");
            }

            if (_buffered - at - 4 < length)
            {
                break;
            }

            _template.CheckReply(_replies.AsSpan(at + 4, length), _answered);
            Count(_sentAt[_answered % _inFlight], now, _template.Batch.Records, _template.Batch.Bytes.Length);
            _answered++;
            at += 4 + length;
        }

        _buffered -= at;
        _replies.AsSpan(at, _buffered).CopyTo(_replies);
    }
}
