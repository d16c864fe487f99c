using System.Buffers.Binary;
using System.Globalization;
using Actors.Model.Ports;

namespace Actors.Model.Records;

// The rules about what records say, judged from the walk's summary; only a refusal looks at the records again, to name them.
public static partial class RecordBatchValidator
{
    private const int NamedInMessage = 3;

    private static BatchVerdict Judge(
        Memory<byte> batch, in BatchRules rules, IBatchInflater inflater, long nowMs, in RecordSummary summary, ref RecordBatchInfo info)
    {
        var range = TimestampRange.Of(rules, nowMs);
        var keysMissing = rules.RequireKeys && summary.NullKeyCount > 0;
        if (keysMissing || !range.Contains(summary))
        {
            return NameFaults(batch, rules, inflater, range, info);
        }

        if (rules.LogAppendTime)
        {
            return default; // the leader overwrites type and time
        }

        var claimed = (info.Attributes & BatchAttributes.LogAppendTime) != 0;
        if (claimed)
        {
            // A producer that claims the leader's timestamp type: Kafka takes the batch and sets what is true.
            info = info with { Attributes = info.Attributes & ~BatchAttributes.LogAppendTime };
            BinaryPrimitives.WriteInt16BigEndian(batch.Span[RecordBatch.AttributesAt..], (short)info.Attributes);
        }

        if (claimed || summary.MaxTimestampMs != info.MaxTimestampMs)
        {
            RecordBatch.StampMaxTimestamp(batch.Span, summary.MaxTimestampMs);
            info = info with { MaxTimestampMs = summary.MaxTimestampMs };
        }

        return default;
    }

    private static BatchVerdict NameFaults(
        Memory<byte> batch, in BatchRules rules, IBatchInflater inflater, in TimestampRange range, in RecordBatchInfo info)
    {
        var walker = new RecordWalker(info, new RecordFaults(range, rules.RequireKeys));
        var records = batch[RecordBatch.HeaderBytes..];
        if (info.Codec == CompressionCodec.None)
        {
            walker.Take(records.Span);
        }
        else
        {
            inflater.Inflate(info.Codec, records, rules.MaxInflatedBytes, walker);
        }

        var faults = walker.Faults!;
        if (faults.AnyTimestamp)
        {
            return new BatchVerdict(
                ErrorCode.InvalidTimestamp, "One or more records have been rejected due to invalid timestamp", faults.Named);
        }

        if (faults.Count == 0)
        {
            return new BatchVerdict(ErrorCode.InvalidTimestamp, $"The timestamps of the record batch are not within {range}.");
        }

        var named = string.Join(", ", faults.Named.Take(NamedInMessage).Select(f => f.Message));
        return new BatchVerdict(ErrorCode.InvalidRecord, string.Create(CultureInfo.InvariantCulture,
            $"One or more records have been rejected due to {faults.Count} record errors in total, and only showing the first "
            + $"three errors at most: [{named}]"),
            faults.Named);
    }
}

/// <summary>The timestamps that a topic accepts at the moment; -1, no timestamp, always passes.</summary>
internal readonly record struct TimestampRange(long FromMs, long ToMs)
{
    private const long NoTimestamp = -1;

    public static TimestampRange Of(in BatchRules rules, long nowMs) => rules.LogAppendTime
        ? new TimestampRange(long.MinValue, long.MaxValue)
        : new TimestampRange(
            nowMs - Math.Max(0, rules.TimestampBeforeMaxMs),
            rules.TimestampAfterMaxMs > long.MaxValue - nowMs ? long.MaxValue : nowMs + rules.TimestampAfterMaxMs);

    public bool Contains(long timestampMs) => timestampMs == NoTimestamp || (timestampMs >= FromMs && timestampMs <= ToMs);

    public bool Contains(in RecordSummary summary) => Contains(summary.MinTimestampMs) && Contains(summary.MaxTimestampMs);

    public override string ToString() => $"[{FromMs}, {ToMs}]";
}

/// <summary>Collects the records that break a rule.</summary>
internal sealed class RecordFaults(TimestampRange range, bool requireKeys)
{
    private readonly List<RecordFault> _named = [];

    public IReadOnlyList<RecordFault> Named => _named;

    public int Count { get; private set; }

    public bool AnyTimestamp { get; private set; }

    public void Look(int index, long timestampMs, bool nullKey)
    {
        if (requireKeys && nullKey)
        {
            Add(index, "Compacted topic cannot accept message without key.");
        }
        else if (!range.Contains(timestampMs))
        {
            AnyTimestamp = true;
            Add(index, $"Timestamp {timestampMs} of message with offset {index} is out of range. The timestamp should be within {range}");
        }
    }

    private void Add(int index, string message)
    {
        Count++;
        if (_named.Count < RecordBatchValidator.MaxRecordFaults)
        {
            _named.Add(new RecordFault(index, message));
        }
    }
}
