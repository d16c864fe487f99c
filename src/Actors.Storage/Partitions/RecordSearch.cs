using Actors.Model;
using Actors.Model.Ports;
using Actors.Model.Records;
using Actors.Storage.Codecs;

namespace Actors.Storage.Partitions;

/// <summary>Looks into a batch for the first record, from an offset on, that is not older than a time.</summary>
internal static class RecordSearch
{
    /// <summary>Inflated bytes that are looked at; beyond them the batch's first record stands for all.</summary>
    private const int MaxInflatedBytes = 128 << 20;

    private static readonly BatchInflater s_inflater = new();

    public static TimestampedOffset FindByTimestamp(
        ReadOnlyMemory<byte> batch, in RecordBatchInfo info, long timestampMs, long fromOffset)
    {
        var isAppendTime = (info.Attributes & BatchAttributes.LogAppendTime) != 0;
        if (isAppendTime && info.RecordCount == info.LastOffsetDelta + 1)
        {
            return new TimestampedOffset(Math.Max(info.BaseOffset, fromOffset), info.MaxTimestampMs, info.LeaderEpoch);
        }

        if (info.RecordCount == 0)
        {
            return TimestampedOffset.None; // cleaned
        }

        var records = batch[RecordBatch.HeaderBytes..];
        if (info.Codec != CompressionCodec.None)
        {
            var sink = new Collector(new MemoryStream());
            if (s_inflater.Inflate(info.Codec, records, MaxInflatedBytes, sink) != ErrorCode.None)
            {
                return new TimestampedOffset(Math.Max(info.BaseOffset, fromOffset), info.MaxTimestampMs, info.LeaderEpoch);
            }

            records = sink.Bytes;
        }

        var rest = records.Span;
        for (var i = 0; i < info.RecordCount; i++)
        {
            if (!TryReadVarint(ref rest, out var length) || length < 1 || length > rest.Length)
            {
                break;
            }

            var record = rest[1..(int)length];
            rest = rest[(int)length..];
            if (!TryReadVarint(ref record, out var timestampDelta) || !TryReadVarint(ref record, out var offsetDelta))
            {
                break;
            }

            var recordMs = isAppendTime ? info.MaxTimestampMs : info.BaseTimestampMs + timestampDelta;
            if (recordMs >= timestampMs && info.BaseOffset + offsetDelta >= fromOffset)
            {
                return new TimestampedOffset(info.BaseOffset + offsetDelta, recordMs, info.LeaderEpoch);
            }
        }

        return TimestampedOffset.None;
    }

    private static bool TryReadVarint(ref ReadOnlySpan<byte> from, out long value)
    {
        var raw = 0UL;
        for (var i = 0; i < from.Length && i < 10; i++)
        {
            raw |= (ulong)(from[i] & 0x7F) << (7 * i);
            if (from[i] < 0x80)
            {
                from = from[(i + 1)..];
                value = (long)(raw >> 1) ^ -(long)(raw & 1);
                return true;
            }
        }

        value = 0;
        return false;
    }

    private sealed class Collector(MemoryStream collected) : IInflatedSink
    {
        public ReadOnlyMemory<byte> Bytes => collected.GetBuffer().AsMemory(0, (int)collected.Length);

        public bool Take(ReadOnlySpan<byte> bytes)
        {
            collected.Write(bytes);
            return true;
        }
    }
}
