using System.Buffers.Binary;
using System.Text;
using Actors.Model.Records;

namespace Actors.Tests.Model;

/// <summary>One record to put into a batch; null key or value is Kafka's null.</summary>
internal sealed record PlainRecord(string? Key, string? Value, long TimestampDelta = 0)
{
    public int? OffsetDelta { get; init; }
    public (string Key, string? Value)[] Headers { get; init; } = [];
}

/// <summary>Makes record batches v2 byte by byte, good ones and others.</summary>
internal sealed class BatchBytes
{
    public long BaseOffset { get; init; }
    public long BaseTimestampMs { get; init; } = 1_700_000_000_000;
    public long? MaxTimestampMs { get; init; }
    public BatchAttributes Attributes { get; init; }
    public long ProducerId { get; init; } = -1;
    public short ProducerEpoch { get; init; } = -1;
    public int BaseSequence { get; init; } = -1;
    public int? RecordCount { get; init; }
    public int? LastOffsetDelta { get; init; }
    public Func<byte[], byte[]>? Compress { get; init; }

    public static byte[] Of(params string[] values) => new BatchBytes().Build([.. values.Select(v => new PlainRecord(null, v))]);

    public static byte[] OfSize(int records, int valueBytes) =>
        new BatchBytes().Build([.. Enumerable.Range(0, records)
            .Select(i => new PlainRecord(null, new string((char)('a' + (i % 26)), valueBytes)))]);

    public byte[] Build(params PlainRecord[] records)
    {
        using var body = new MemoryStream();
        for (var i = 0; i < records.Length; i++)
        {
            WriteRecord(body, records[i], i);
        }

        return BuildRaw(body.ToArray(), records.Length, records.Length == 0 ? 0 : records.Max(r => r.TimestampDelta));
    }

    public byte[] BuildRaw(byte[] records, int count, long maxDelta = 0)
    {
        var body = Compress is null ? records : Compress(records);
        var batch = new byte[RecordBatch.HeaderBytes + body.Length];
        BinaryPrimitives.WriteInt64BigEndian(batch, BaseOffset);
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(RecordBatch.LengthAt), batch.Length - RecordBatch.LogOverheadBytes);
        batch[RecordBatch.MagicAt] = RecordBatch.Magic;
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(RecordBatch.LeaderEpochAt), -1);
        BinaryPrimitives.WriteInt16BigEndian(batch.AsSpan(RecordBatch.AttributesAt), (short)Attributes);
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(RecordBatch.LastOffsetDeltaAt), LastOffsetDelta ?? count - 1);
        BinaryPrimitives.WriteInt64BigEndian(batch.AsSpan(RecordBatch.BaseTimestampAt), BaseTimestampMs);
        BinaryPrimitives.WriteInt64BigEndian(batch.AsSpan(RecordBatch.MaxTimestampAt), MaxTimestampMs ?? BaseTimestampMs + maxDelta);
        BinaryPrimitives.WriteInt64BigEndian(batch.AsSpan(RecordBatch.ProducerIdAt), ProducerId);
        BinaryPrimitives.WriteInt16BigEndian(batch.AsSpan(RecordBatch.ProducerEpochAt), ProducerEpoch);
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(RecordBatch.BaseSequenceAt), BaseSequence);
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(RecordBatch.RecordCountAt), RecordCount ?? count);
        body.CopyTo(batch, RecordBatch.HeaderBytes);
        RecordBatch.WriteCrc(batch);
        return batch;
    }

    public static void WriteRecord(Stream into, PlainRecord record, int index)
    {
        using var fields = new MemoryStream();
        fields.WriteByte(0);
        WriteVarint(fields, record.TimestampDelta);
        WriteVarint(fields, record.OffsetDelta ?? index);
        WriteBytes(fields, record.Key);
        WriteBytes(fields, record.Value);
        WriteVarint(fields, record.Headers.Length);
        foreach (var (key, value) in record.Headers)
        {
            WriteBytes(fields, key);
            WriteBytes(fields, value);
        }

        WriteVarint(into, fields.Length);
        fields.WriteTo(into);
    }

    public static void WriteVarint(Stream into, long value)
    {
        var bits = (ulong)((value << 1) ^ (value >> 63));
        for (; bits >= 0x80; bits >>= 7)
        {
            into.WriteByte((byte)(bits | 0x80));
        }

        into.WriteByte((byte)bits);
    }

    private static void WriteBytes(Stream into, string? text)
    {
        var bytes = text is null ? null : Encoding.UTF8.GetBytes(text);
        WriteVarint(into, bytes?.Length ?? -1);
        into.Write(bytes ?? []);
    }
}
