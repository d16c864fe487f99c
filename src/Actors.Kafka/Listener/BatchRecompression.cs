using System.Buffers;
using System.Buffers.Binary;
using Actors.Model;
using Actors.Model.Leases;
using Actors.Model.Ports;
using Actors.Model.Records;

namespace Actors.Kafka.Listener;

/// <summary>Stores a batch in the codec its topic asks for (<c>compression.type</c>), as Kafka's LogValidator does.</summary>
internal static class BatchRecompression
{
    /// <summary>
    /// Replaces <paramref name="batch"/> (one reference, which is given back) by one with the records in <paramref name="codec"/>.
    /// On an error the batch stays what it was.
    /// </summary>
    public static ErrorCode Run(
        ref LeaseSlice batch, ref RecordBatchInfo info, CompressionCodec codec, in BatchRules rules, KafkaServices services)
    {
        var records = batch.Memory[RecordBatch.HeaderBytes..];
        ReadOnlyMemory<byte> plain = records;
        if (info.Codec != CompressionCodec.None)
        {
            var collected = new Collector();
            var error = services.Inflater.Inflate(info.Codec, records, rules.MaxInflatedBytes, collected);
            if (error != ErrorCode.None)
            {
                return error;
            }

            plain = collected.Bytes.WrittenMemory;
        }

        var stored = codec == CompressionCodec.None ? plain.Span : services.Inflater.Deflate(codec, plain.Span);
        var sizeBytes = RecordBatch.HeaderBytes + stored.Length;
        if (sizeBytes > rules.MaxBatchBytes)
        {
            return ErrorCode.MessageTooLarge;
        }

        var lease = services.Pool.Rent(sizeBytes);
        var target = lease.Array.AsSpan(0, sizeBytes);
        batch.Span[..RecordBatch.HeaderBytes].CopyTo(target);
        stored.CopyTo(target[RecordBatch.HeaderBytes..]);
        var attributes = (info.Attributes & ~BatchAttributes.CodecMask) | (BatchAttributes)codec;
        BinaryPrimitives.WriteInt16BigEndian(target[RecordBatch.AttributesAt..], (short)attributes);
        BinaryPrimitives.WriteInt32BigEndian(target[RecordBatch.LengthAt..], sizeBytes - RecordBatch.LogOverheadBytes);
        RecordBatch.WriteCrc(target);
        batch.Release();
        batch = lease.Slice(0, sizeBytes);
        info = info with { Attributes = attributes, SizeBytes = sizeBytes };
        return ErrorCode.None;
    }

    private sealed class Collector : IInflatedSink
    {
        public ArrayBufferWriter<byte> Bytes { get; } = new();

        public bool Take(ReadOnlySpan<byte> bytes)
        {
            Bytes.Write(bytes);
            return true;
        }
    }
}
