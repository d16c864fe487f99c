using System.Buffers;
using System.Buffers.Binary;
using Actors.Model.Leases;
using Actors.Model.Ports;
using Actors.Model.Records;

namespace Actors.Grains;

/// <summary>
/// Copies what a read found out of the leases into memory of the call's own, whole batches, inflating compressed ones. Control batches
/// and what lies below the offset asked for are left out.
/// </summary>
internal sealed class PlainCopy(IBatchInflater inflater, long fromOffset, int maxBytes)
{
    private long _nextOffset = -1;

    /// <summary>The batches.</summary>
    public ReadOnlyMemory<byte> Bytes { get; private set; }

    /// <summary>Where the next read goes on: behind the last batch taken or left out.</summary>
    public long NextOffset => Math.Max(_nextOffset, fromOffset);

    /// <summary>None, or why the first batch cannot be answered.</summary>
    public ErrorCode Take(IReadOnlyList<LeaseSlice> slices)
    {
        var total = 0;
        foreach (var slice in slices)
        {
            total += slice.LengthBytes;
        }

        if (total == 0)
        {
            return ErrorCode.None;
        }

        var into = new ArrayBufferWriter<byte>(total);
        foreach (var slice in slices)
        {
            for (var at = 0; at < slice.LengthBytes;)
            {
                var size = RecordBatch.SizeBytes(slice.Span[at..]);
                var error = TakeBatch(slice.Memory.Slice(at, size), into);
                if (error != ErrorCode.None)
                {
                    Bytes = into.WrittenMemory;
                    return into.WrittenCount == 0 ? error : ErrorCode.None; // what came before it is an answer of its own
                }

                at += size;
            }
        }

        Bytes = into.WrittenMemory;
        return ErrorCode.None;
    }

    private ErrorCode TakeBatch(ReadOnlyMemory<byte> batch, ArrayBufferWriter<byte> into)
    {
        var info = RecordBatch.ReadInfo(batch.Span);
        if (info.LastOffset >= fromOffset && !info.IsControl)
        {
            if (info.Codec == CompressionCodec.None)
            {
                into.Write(batch.Span);
            }
            else if (Inflate(batch, info, into) is var error and not ErrorCode.None)
            {
                return error;
            }
        }

        _nextOffset = info.NextOffset;
        return ErrorCode.None;
    }

    private ErrorCode Inflate(ReadOnlyMemory<byte> batch, in RecordBatchInfo info, ArrayBufferWriter<byte> into)
    {
        if (into.WrittenCount > maxBytes)
        {
            return ErrorCode.MessageTooLarge; // enough for one answer: the next read begins here
        }

        var plain = new PlainSink(batch.Span[..RecordBatch.HeaderBytes]);
        var error = inflater.Inflate(info.Codec, batch[RecordBatch.HeaderBytes..], LogLimits.MaxInflatedBytes, plain);
        if (error == ErrorCode.None)
        {
            into.Write(plain.Finish(info.Attributes));
        }

        return error;
    }

    private sealed class PlainSink : IInflatedSink
    {
        private readonly ArrayBufferWriter<byte> _bytes = new(RecordBatch.HeaderBytes);

        public PlainSink(ReadOnlySpan<byte> header) => _bytes.Write(header);

        public bool Take(ReadOnlySpan<byte> bytes)
        {
            _bytes.Write(bytes);
            return true;
        }

        public ReadOnlySpan<byte> Finish(BatchAttributes attributes)
        {
            var batch = new byte[_bytes.WrittenCount];
            _bytes.WrittenSpan.CopyTo(batch);
            BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(RecordBatch.LengthAt), batch.Length - RecordBatch.LogOverheadBytes);
            BinaryPrimitives.WriteInt16BigEndian(batch.AsSpan(RecordBatch.AttributesAt), (short)(attributes & ~BatchAttributes.CodecMask));
            RecordBatch.WriteCrc(batch);
            return batch;
        }
    }
}
