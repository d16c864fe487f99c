using System.Buffers.Binary;
using System.Text;
using Actors.Model;
using Actors.Model.Leases;
using Actors.Model.Ports;
using Actors.Model.Records;
using Actors.Storage;
using Actors.Storage.Codecs;

namespace Actors.Tests.Storage.Cleaning;

/// <summary>A record as a test thinks of it; a null value is a tombstone.</summary>
internal sealed record Keyed(long Offset, string Key, string? Value, long TimestampMs);

/// <summary>Batches of records with keys, in any codec, and what a log says of them.</summary>
internal static class KeyedBatches
{
    private static readonly BatchInflater s_inflater = new();

    public static byte[] Make(
        IReadOnlyList<Keyed> records, CompressionCodec codec = CompressionCodec.None, long producerId = -1, int sequence = -1, int epoch = 0,
        BatchAttributes attributes = BatchAttributes.None)
    {
        var builder = new RecordBatchBuilder();
        foreach (var record in records)
        {
            Assert.True(builder.TryAdd(new Actors.Model.Records.Record
            {
                Key = Encoding.UTF8.GetBytes(record.Key),
                Value = record.Value is null ? default(ReadOnlyMemory<byte>?) : Encoding.UTF8.GetBytes(record.Value),
                TimestampMs = record.TimestampMs,
            }));
        }

        var batch = builder.Build(producerId, (short)(producerId < 0 ? -1 : 0), sequence);
        if (codec != CompressionCodec.None)
        {
            var compressed = s_inflater.Deflate(codec, batch.AsSpan(RecordBatch.HeaderBytes));
            batch = [.. batch.AsSpan(0, RecordBatch.HeaderBytes), .. compressed];
            BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(RecordBatch.LengthAt), batch.Length - RecordBatch.LogOverheadBytes);
        }

        BinaryPrimitives.WriteInt16BigEndian(batch.AsSpan(RecordBatch.AttributesAt), (short)((int)codec | (int)attributes));
        RecordBatch.WriteCrc(batch);
        RecordBatch.Stamp(batch, records[0].Offset, epoch);
        return batch;
    }

    /// <summary>All batches of a log from its start on, with their records; reading it in steps of <paramref name="maxBytes"/>.</summary>
    public static async Task<List<(RecordBatchInfo Info, List<Keyed> Records)>> ReadAsync(PartitionLog log, int maxBytes = 1 << 20, long from = -1)
    {
        var batches = new List<(RecordBatchInfo, List<Keyed>)>();
        var offset = from < 0 ? log.LogStartOffset : from;
        while (offset < log.WrittenEnd)
        {
            var slices = new List<LeaseSlice>();
            var bytes = await log.ReadAsync(offset, log.WrittenEnd, maxBytes, firstBatchWhole: true, slices, TestContext.Current.CancellationToken);
            Assert.True(bytes > 0, $"nothing was read at offset {offset} of {log.WrittenEnd}");
            foreach (var slice in slices)
            {
                for (var rest = slice.Memory; !rest.IsEmpty;)
                {
                    var info = RecordBatch.ReadInfo(rest.Span);
                    Assert.True(RecordBatch.HasValidCrc(rest.Span[..info.SizeBytes]), $"the batch at {info.BaseOffset} is damaged");
                    Assert.True(info.NextOffset > offset, $"the batch at {info.BaseOffset} was read for offset {offset}");
                    batches.Add((info, Records(info, rest[..info.SizeBytes])));
                    offset = info.NextOffset;
                    rest = rest[info.SizeBytes..];
                }

                slice.Release();
            }
        }

        return batches;
    }

    public static List<Keyed> Records(in RecordBatchInfo info, ReadOnlyMemory<byte> batch)
    {
        var plain = batch[RecordBatch.HeaderBytes..];
        if (info.Codec != CompressionCodec.None)
        {
            var sink = new Collected();
            Assert.Equal(ErrorCode.None, s_inflater.Inflate(info.Codec, plain, 1 << 24, sink));
            plain = sink.Bytes.ToArray();
        }

        var records = new List<Keyed>();
        var walk = new RecordEnumerator(info, plain.Span);
        while (walk.MoveNext())
        {
            var record = walk.Current;
            records.Add(new Keyed(
                record.Offset, Encoding.UTF8.GetString(record.Key), record.HasValue ? Encoding.UTF8.GetString(record.Value) : null,
                record.TimestampMs));
        }

        Assert.Equal(ErrorCode.None, walk.Error);
        return records;
    }

    private sealed class Collected : IInflatedSink
    {
        public MemoryStream Bytes { get; } = new();

        public bool Take(ReadOnlySpan<byte> bytes)
        {
            Bytes.Write(bytes);
            return true;
        }
    }
}
