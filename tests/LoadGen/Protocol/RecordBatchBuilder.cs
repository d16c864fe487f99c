using Actors.Model.Records;
using System.Buffers.Binary;
using System.Text;

namespace LoadGen.Protocol;

/// <summary>Codecs this tool can pre-build batches with.</summary>
internal enum BatchCodec
{
    None = 0,
    Gzip = 1,
    Snappy = 2,
    Lz4 = 3,
    Zstd = 4,
}

/// <summary>A pre-built batch: bytes on the wire, records in it, and what those records weigh uncompressed.</summary>
internal sealed record PreparedBatch(byte[] Bytes, int Records, int UncompressedBytes);

/// <summary>Builds record batches v2: keyless records of a fixed value size, CRC right, base offset 0, no producer id.</summary>
internal static class RecordBatchBuilder
{
    /// <summary>Fills a batch until one more record would pass <paramref name="batchBytes"/> (before compression); at least one.</summary>
    public static PreparedBatch FillTo(int batchBytes, int valueBytes, BatchCodec codec, long timestampMs) =>
        Build(batchBytes, int.MaxValue, valueBytes, codec, timestampMs);

    /// <summary>A batch of exactly <paramref name="records"/> records.</summary>
    public static PreparedBatch Of(int records, int valueBytes, BatchCodec codec, long timestampMs) =>
        Build(int.MaxValue, records, valueBytes, codec, timestampMs);

    private static PreparedBatch Build(int batchBytes, int maxRecords, int valueBytes, BatchCodec codec, long timestampMs)
    {
        var records = new WireWriter();
        var body = new WireWriter();
        var value = new byte[valueBytes];
        var count = 0;
        while (count < maxRecords)
        {
            FillValue(value, count);
            body.Clear();
            body.Int8(0).Varint(0).Varint(count).Varint(-1).Varint(valueBytes).Bytes(value).Varint(0);
            if (count > 0 && RecordBatch.HeaderBytes + records.Length + body.Length + 2 > batchBytes)
            {
                break;
            }

            records.Varint(body.Length).Bytes(body.Written);
            count++;
        }

        var payload = BatchCompression.Compress(codec, records.Written);
        return new PreparedBatch(
            Frame(payload, count, codec, timestampMs), count, RecordBatch.HeaderBytes + records.Length);
    }

    internal static byte[] Frame(byte[] payload, int count, BatchCodec codec, long timestampMs)
    {
        var batch = new byte[RecordBatch.HeaderBytes + payload.Length];
        var span = batch.AsSpan();
        BinaryPrimitives.WriteInt64BigEndian(span[RecordBatch.BaseOffsetAt..], 0);
        BinaryPrimitives.WriteInt32BigEndian(span[RecordBatch.LengthAt..], batch.Length - RecordBatch.LogOverheadBytes);
        BinaryPrimitives.WriteInt32BigEndian(span[RecordBatch.LeaderEpochAt..], -1);
        span[RecordBatch.MagicAt] = RecordBatch.Magic;
        BinaryPrimitives.WriteInt16BigEndian(span[RecordBatch.AttributesAt..], (short)codec);
        BinaryPrimitives.WriteInt32BigEndian(span[RecordBatch.LastOffsetDeltaAt..], count - 1);
        BinaryPrimitives.WriteInt64BigEndian(span[RecordBatch.BaseTimestampAt..], timestampMs);
        BinaryPrimitives.WriteInt64BigEndian(span[RecordBatch.MaxTimestampAt..], timestampMs);
        BinaryPrimitives.WriteInt64BigEndian(span[RecordBatch.ProducerIdAt..], -1);
        BinaryPrimitives.WriteInt16BigEndian(span[RecordBatch.ProducerEpochAt..], -1);
        BinaryPrimitives.WriteInt32BigEndian(span[RecordBatch.BaseSequenceAt..], -1);
        BinaryPrimitives.WriteInt32BigEndian(span[RecordBatch.RecordCountAt..], count);
        payload.CopyTo(span[RecordBatch.HeaderBytes..]);
        RecordBatch.WriteCrc(span);
        return batch;
    }

    // Log-line-like text: about a third of it differs from record to record, so that lz4 neither wins everything nor nothing.
    internal static void FillValue(Span<byte> value, int index)
    {
        var noise = Mix((uint)index);
        var text = $"{{\"id\":{noise:x16},\"event\":\"order-accepted\",\"region\":\"eu-{index % 7}\","
                + $"\"amount\":{noise % 100_000},\"n\":{index}}}";
        var bytes = Encoding.ASCII.GetBytes(text);
        for (var i = 0; i < value.Length; i++)
        {
            value[i] = i < bytes.Length ? bytes[i] : (byte)' ';
        }
    }

    private static ulong Mix(ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
