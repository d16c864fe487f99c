using System.Buffers.Binary;
using Actors.Model.Leases;
using Actors.Model.Records;
using Actors.Storage;

namespace Simulation.Histories;

/// <summary>
/// Holds what a compacted log answers against its history: every batch that is there is one that was appended, with all of its records or
/// some; what is missing may be.
/// </summary>
internal static class CompactedChecks
{
    /// <summary>Checks what one read gives; answers the offset behind the last batch. Offsets of records are added to <paramref name="found"/>.</summary>
    public static long Compare(
        PartitionHistory history, List<LeaseSlice> slices, long offset, long end, int maxBytes, bool firstBatchWhole, HashSet<long>? found)
    {
        var next = offset;
        var (total, batches) = (0, 0);
        foreach (var slice in slices)
        {
            for (var rest = (ReadOnlySpan<byte>)slice.Span; !rest.IsEmpty;)
            {
                var size = RecordBatch.SizeBytes(rest);
                history.Require(size <= rest.Length, $"a read at {offset} ends within a batch");
                next = CompareBatch(history, rest[..size], next, found);
                total += size;
                batches++;
                rest = rest[size..];
            }
        }

        history.Require(next <= end || total == 0, $"a read at {offset} goes to {next}, beyond {end}");
        history.Require(total > 0 || offset >= end || !firstBatchWhole, $"a read at {offset} gives nothing, {end} is the end");
        history.Require(total <= maxBytes || (firstBatchWhole && batches == 1), $"a read of {maxBytes} bytes gives {total}");
        return next;
    }

    /// <summary>All that was found of a log: what a tombstone deleted did not outlive it.</summary>
    public static void Deletions(PartitionHistory history, HashSet<long> found)
    {
        foreach (var entry in history.Entries.Where(e => e.NextOffset > history.LogStart))
        {
            for (var i = 0; i < entry.Batch.Keys.Length; i++)
            {
                var (offset, newest) = (entry.BaseOffset + i, history.NewestOf(entry.Batch.Keys[i]));
                history.Require(
                    offset < history.LogStart || newest <= offset || !found.Contains(offset) || found.Contains(newest),
                    $"key {entry.Batch.Keys[i]} is back at {offset}: its tombstone at {newest} went before it");
            }
        }
    }

    /// <summary>
    /// Whether a lookup by time finds a record that is not older, and none that is sure to be there lies before it: compaction may leave a
    /// time to nobody.
    /// </summary>
    public static void Timestamp(PartitionHistory history, long timestampMs, long end, in TimestampedOffset found)
    {
        if (found.Offset >= 0 && history.Find(found.Offset) is { } at)
        {
            var time = at.TimestampOf((int)(found.Offset - at.BaseOffset));
            history.Require(time == found.TimestampMs && time >= timestampMs, $"time {timestampMs} is found at {found.Offset}, whose time is {time}");
        }

        foreach (var entry in history.Entries.Where(e => e.NextOffset <= end))
        {
            for (var i = 0; i < entry.Batch.Keys.Length; i++)
            {
                var offset = entry.BaseOffset + i;
                var isSure = offset >= history.LogStart && history.NewestOf(entry.Batch.Keys[i]) == offset && entry.Batch.Values[i] is not null;
                history.Require(
                    !isSure || entry.TimestampOf(i) < timestampMs || (found.Offset >= 0 && found.Offset <= offset),
                    $"time {timestampMs} is found at {found.Offset}, {offset} has {entry.TimestampOf(i)}");
            }
        }
    }

    private static long CompareBatch(PartitionHistory history, ReadOnlySpan<byte> batch, long next, HashSet<long>? found)
    {
        history.Require(RecordBatch.HasValidCrc(batch), $"a read at {next} gives a damaged batch");
        var info = RecordBatch.ReadInfo(batch);
        history.Require(info.NextOffset > next, $"a read at {next} gives the batch at {info.BaseOffset}");
        for (var at = history.IndexOf(next); at >= 0 && history.Entries[at].BaseOffset < info.BaseOffset; at++)
        {
            Missing(history, history.Entries[at], []);
        }

        var entry = history.Find(info.BaseOffset);
        history.Require(
            entry is not null && Identity(entry.Info) == Identity(info), $"a read at {next} gives a batch at {info.BaseOffset} that was not appended");
        HashSet<int> there = [];
        var walk = new RecordEnumerator(in info, batch[RecordBatch.HeaderBytes..]);
        while (walk.MoveNext())
        {
            var record = walk.Current;
            var i = (int)(record.Offset - entry.BaseOffset);
            var value = entry.Batch.Values[i];
            history.Require(
                BinaryPrimitives.ReadInt64BigEndian(record.Key) == entry.Batch.Keys[i] && record.HasValue == value is not null
                    && record.Value.SequenceEqual(value) && record.TimestampMs == entry.TimestampOf(i),
                $"the record at {record.Offset} is not what was appended");
            history.NoteFound(entry, i);
            there.Add(i);
            found?.Add(record.Offset);
        }

        history.Require(walk.Error == Actors.Model.ErrorCode.None && there.Count == info.RecordCount, $"the batch at {info.BaseOffset} is damaged");
        Missing(history, entry, there);
        return info.NextOffset;
    }

    private static void Missing(PartitionHistory history, LogEntry entry, HashSet<int> there)
    {
        for (var i = (int)Math.Max(0, history.LogStart - entry.BaseOffset); i < entry.Batch.Keys.Length; i++)
        {
            if (!there.Contains(i))
            {
                history.NoteGone(entry, i);
            }
        }
    }

    private static (long, long, int, long, short, int) Identity(in RecordBatchInfo info) =>
        (info.BaseOffset, info.LastOffset, info.LeaderEpoch, info.ProducerId, info.ProducerEpoch, info.BaseSequence);
}
