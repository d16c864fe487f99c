using System.Buffers.Binary;
using Actors.Model.Records;

namespace LoadGen.Protocol;

/// <summary>Builds batches of records with keys out of a range, drawn by a seed.</summary>
internal static class KeyedBatchBuilder
{
    private const int KeyBytes = 16;

    /// <summary>Fills a batch until one more record would pass <paramref name="batchBytes"/> before compression.</summary>
    public static PreparedBatch FillTo(int batchBytes, int valueBytes, long keys, BatchCodec codec, Random random, long timestampMs)
    {
        var records = new WireWriter();
        var body = new WireWriter();
        var value = new byte[valueBytes];
        var key = new byte[KeyBytes];
        var count = 0;
        while (true)
        {
            BinaryPrimitives.WriteInt64BigEndian(key.AsSpan(KeyBytes - 8), random.NextInt64(keys));
            RecordBatchBuilder.FillValue(value, random.Next());
            body.Clear();
            body.Int8(0).Varint(0).Varint(count).Varint(KeyBytes).Bytes(key).Varint(valueBytes).Bytes(value).Varint(0);
            if (count > 0 && RecordBatch.HeaderBytes + records.Length + body.Length + 2 > batchBytes)
            {
                break;
            }

            records.Varint(body.Length).Bytes(body.Written);
            count++;
        }

        var payload = BatchCompression.Compress(codec, records.Written);
        return new PreparedBatch(RecordBatchBuilder.Frame(payload, count, codec, timestampMs), count, RecordBatch.HeaderBytes + records.Length);
    }
}
