using System.Buffers.Binary;
using Actors.Model.Leases;
using Actors.Model.Records;

namespace Actors.Tests.Storage;

/// <summary>Builds record batches whose records say which they are.</summary>
internal static class Batches
{
    public const int OneRecordBytes = 61 + 10 + 1;

    /// <summary>A batch of records without keys; every value has <paramref name="valueBytes"/> bytes and begins with the record's number.</summary>
    public static byte[] Make(
        long baseOffset, int count = 1, int valueBytes = 16, int epoch = 0, long timestampMs = 1_700_000_000_000, long producerId = -1,
        int sequence = -1, long number = -1)
    {
        using var records = new MemoryStream();
        for (var i = 0; i < count; i++)
        {
            WriteRecord(records, i, valueBytes, number < 0 ? baseOffset + i : number + i);
        }

        var bytes = new byte[RecordBatch.HeaderBytes + records.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(RecordBatch.LengthAt), bytes.Length - RecordBatch.LogOverheadBytes);
        bytes[RecordBatch.MagicAt] = RecordBatch.Magic;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(RecordBatch.LastOffsetDeltaAt), count - 1);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(RecordBatch.BaseTimestampAt), timestampMs);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(RecordBatch.MaxTimestampAt), timestampMs + count - 1);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(RecordBatch.ProducerIdAt), producerId);
        BinaryPrimitives.WriteInt16BigEndian(bytes.AsSpan(RecordBatch.ProducerEpochAt), (short)(producerId < 0 ? -1 : 0));
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(RecordBatch.BaseSequenceAt), sequence);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(RecordBatch.RecordCountAt), count);
        records.ToArray().CopyTo(bytes, RecordBatch.HeaderBytes);
        RecordBatch.WriteCrc(bytes);
        RecordBatch.Stamp(bytes, baseOffset, epoch);
        return bytes;
    }

    /// <summary>The bytes in a lease that they fill well, or in a larger one.</summary>
    public static LeaseSlice InLease(LeasePool leases, byte[] batch, int leaseBytes = 0)
    {
        var lease = leases.Rent(Math.Max(batch.Length, leaseBytes));
        batch.CopyTo(lease.Array, 0);
        return lease.Slice(0, batch.Length);
    }

    /// <summary>Headers of batches that lie one behind the other, their checksums checked.</summary>
    public static List<RecordBatchInfo> Headers(IEnumerable<LeaseSlice> slices)
    {
        var headers = new List<RecordBatchInfo>();
        foreach (var slice in slices)
        {
            for (var rest = slice.Span; !rest.IsEmpty;)
            {
                var info = RecordBatch.ReadInfo(rest);
                Assert.True(RecordBatch.HasValidCrc(rest[..info.SizeBytes]), $"the batch at {info.BaseOffset} is damaged");
                headers.Add(info);
                rest = rest[info.SizeBytes..];
            }
        }

        return headers;
    }

    private static void WriteRecord(MemoryStream to, int delta, int valueBytes, long number)
    {
        var value = new byte[valueBytes];
        for (var i = 0; i < valueBytes; i++)
        {
            value[i] = (byte)(number >> (8 * (i % 8)));
        }

        using var body = new MemoryStream();
        body.WriteByte(0);
        WriteVarint(body, delta);
        WriteVarint(body, delta);
        WriteVarint(body, -1);
        WriteVarint(body, valueBytes);
        body.Write(value);
        WriteVarint(body, 0);
        WriteVarint(to, body.Length);
        body.WriteTo(to);
    }

    private static void WriteVarint(MemoryStream to, long value)
    {
        var raw = (ulong)((value << 1) ^ (value >> 63));
        for (; raw >= 0x80; raw >>= 7)
        {
            to.WriteByte((byte)(raw | 0x80));
        }

        to.WriteByte((byte)raw);
    }
}
