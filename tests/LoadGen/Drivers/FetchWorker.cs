using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using Actors.Model.Records;
using LoadGen.Platform;
using LoadGen.Protocol;

namespace LoadGen.Drivers;

/// <summary>
/// One consumer: a blocking connection, one Fetch in flight, one partition. Walks the batch headers it receives (and their
/// CRCs where asked); counts whole batches only. At the log's end it starts over, or waits there for more.
/// </summary>
internal sealed unsafe class FetchWorker : LoadWorker
{
    private const int ReplyTimeoutMs = 60_000;
    private const int MaxHeaderBytes = 4096;
    private readonly EndPoint _address;
    private readonly FetchTemplate _template;
    private readonly FetchPlan _plan;
    private readonly byte[] _frame;
    private readonly byte* _reply;
    private readonly int _capacity;
    private BlockingSocket? _socket;
    private int _correlationId;
    private long _offset;

    public FetchWorker(RunWindow window, EndPoint address, FetchTemplate template, FetchPlan plan)
        : base(window, "fetch")
    {
        _address = address;
        _template = template;
        _plan = plan;
        _frame = GC.AllocateArray<byte>(template.Frame.Length, pinned: true);
        template.Frame.CopyTo(_frame, 0);
        _capacity = plan.MaxBytes + plan.LargestBatchBytes + MaxHeaderBytes;
        _reply = (byte*)NativeMemory.AlignedAlloc((nuint)_capacity, 4096);
    }

    public override void Abort() => _socket?.Break();

    protected override void Open() => _socket = BlockingSocket.Connect(_address, ReplyTimeoutMs);

    protected override void Run()
    {
        while (Window.Phase != RunPhase.Draining && Window.TryTake(1, 0))
        {
            FetchOnce();
        }
    }

    protected override void Close()
    {
        _socket?.Dispose();
        NativeMemory.AlignedFree(_reply);
    }

    private void FetchOnce()
    {
        _template.Patch(_frame, ++_correlationId, _plan.Partition, _offset);
        var sentAt = Stopwatch.GetTimestamp();
        fixed (byte* bytes = _frame)
        {
            _socket!.SendAll(bytes, _frame.Length);
        }

        var length = ReceiveReply();
        var now = Stopwatch.GetTimestamp();
        var reply = new ReadOnlySpan<byte>(_reply, length);
        var fetched = _template.CheckReply(reply, _correlationId);
        var walked = Walk(reply.Slice(fetched.Start, fetched.Length));
        if (walked.Bytes > 0)
        {
            Count(sentAt, now, walked.Records, walked.Bytes);
        }
        else if (fetched.Length > 0)
        {
            throw new ProtocolFault($"a fetch at {_offset} holds {fetched.Length} bytes but no whole batch");
        }

        if (!_plan.AtTail && _offset >= fetched.HighWatermark)
        {
            _offset = 0; // the data was read to its end: once more
        }
    }

    private int ReceiveReply()
    {
        if (!_socket!.ReceiveExactly(_reply, 4))
        {
            throw new ProtocolFault("the server closed the connection instead of answering a fetch");
        }

        var length = BinaryPrimitives.ReadInt32BigEndian(new ReadOnlySpan<byte>(_reply, 4));
        if (length < 4 || length > _capacity)
        {
            throw new ProtocolFault($"a fetch reply of {length} bytes; {_plan.MaxBytes} were asked for");
        }

        if (!_socket.ReceiveExactly(_reply, length))
        {
            throw new ProtocolFault("the server closed the connection within a fetch reply");
        }

        return length;
    }

    private (int Records, long Bytes) Walk(ReadOnlySpan<byte> records)
    {
        var count = 0;
        long bytes = 0;
        while (records.Length >= RecordBatch.HeaderBytes)
        {
            var info = RecordBatch.ReadInfo(records);
            if (info.SizeBytes > records.Length)
            {
                break; // the last batch may be cut by the size limit
            }

            // The first batch may begin before the offset asked for; all others must follow each other.
            if (info.LastOffset < _offset || (bytes > 0 && info.BaseOffset != _offset))
            {
                throw new ProtocolFault(
                    $"offset {_offset} was due in partition {_plan.Partition}; the batch holds {info.BaseOffset} to {info.LastOffset}");
            }

            if (_plan.VerifyCrc && !RecordBatch.HasValidCrc(records[..info.SizeBytes]))
            {
                throw new ProtocolFault($"the batch at offset {info.BaseOffset} of partition {_plan.Partition} fails its CRC");
            }

            count += info.RecordCount;
            bytes += info.SizeBytes;
            _offset = info.NextOffset;
            records = records[info.SizeBytes..];
        }

        return (count, bytes);
    }
}

/// <summary>What one consumer reads and how.</summary>
/// <param name="AtTail">Wait at the log's end for more, instead of starting over.</param>
internal sealed record FetchPlan(int Partition, int MaxBytes, int LargestBatchBytes, bool VerifyCrc, bool AtTail);
