using Actors.Model.Leases;
using Actors.Model.Producers;
using Actors.Model.Records;
using Actors.Storage;

namespace Simulation.Histories;

/// <summary>Holds what a log answers against its history.</summary>
internal static class LogChecks
{
    /// <summary>Most bytes one read asks for when a whole log is read.</summary>
    private const int WholeReadBytes = 64 * 1024;

    /// <summary>
    /// Reads from an offset and checks every byte: whole batches, in order, without a gap, from the one that holds the offset on; no more
    /// than was asked for. Answers the offset behind the last one.
    /// </summary>
    public static long Read(
        PartitionHistory history, PartitionLog log, long offset, long end, int maxBytes, bool firstBatchWhole, HashSet<long>? found = null)
    {
        var slices = new List<LeaseSlice>();
        var reading = log.ReadAsync(offset, end, maxBytes, firstBatchWhole, slices, CancellationToken.None);
        history.Require(reading.IsCompleted, "a read waits for a thread that is not there");
        try
        {
            var bytes = reading.AsTask().GetAwaiter().GetResult();
            history.Require(bytes == slices.Sum(s => s.LengthBytes), $"a read says {bytes} bytes and gives {slices.Sum(s => s.LengthBytes)}");
            return history.IsCompacted
                ? CompactedChecks.Compare(history, slices, offset, end, maxBytes, firstBatchWhole, found)
                : Compare(history, slices, offset, end, maxBytes, firstBatchWhole);
        }
        finally
        {
            slices.ForEach(s => s.Release());
        }
    }

    /// <summary>Every batch of the log is what was appended.</summary>
    public static void ReadWhole(PartitionHistory history, PartitionLog log)
    {
        HashSet<long> found = [];
        for (var offset = log.LogStartOffset; offset < log.WrittenEnd;)
        {
            var next = Read(history, log, offset, log.WrittenEnd, WholeReadBytes, firstBatchWhole: true, found);
            history.Require(next > offset, $"nothing was read at {offset}, the log ends at {log.WrittenEnd}");
            offset = next;
        }

        if (history.IsCompacted)
        {
            CompactedChecks.Deletions(history, found);
        }
    }

    /// <summary>The epoch history gives every batch the epoch it was stamped with.</summary>
    public static void Epochs(PartitionHistory history, EpochHistory epochs)
    {
        var starts = epochs.Entries;
        var at = -1;
        foreach (var entry in history.Entries.Where(e => e.NextOffset > history.LogStart))
        {
            while (at + 1 < starts.Count && starts[at + 1].StartOffset <= Math.Max(entry.BaseOffset, history.LogStart))
            {
                at++;
            }

            var epoch = at < 0 ? -1 : starts[at].Epoch;
            history.Require(epoch == entry.Info.LeaderEpoch || (history.IsCompacted && history.IsGone(entry)),
                $"the epoch history gives {entry.BaseOffset} epoch {epoch}, it was stamped {entry.Info.LeaderEpoch}");
        }
    }

    /// <summary>
    /// The producers are a fold over the log: the same last batches, except that what has been silent for the expiry is forgotten.
    /// </summary>
    public static void Producers(PartitionHistory history, ProducerTable producers, long nowMs)
    {
        var known = 0;
        foreach (var group in history.Entries.Where(e => e.Batch.IsIdempotent).GroupBy(e => e.Batch.ProducerId))
        {
            var last = group.Last();
            var epoch = last.Info.ProducerEpoch;
            var fold = group.Where(e => e.Info.ProducerEpoch == epoch).TakeLast(ProducerBatches.Capacity).ToArray();
            var isKnown = producers.TryGet(group.Key, out var state);
            known += isKnown ? 1 : 0;
            var mandatory = Mandatory(fold, nowMs, history.WallBackMs());
            mandatory = history.ProducersAreRotten ? Math.Min(mandatory, 1) : mandatory;
            history.Require(isKnown || mandatory == 0, $"producer {group.Key} is forgotten, its last batch is {last.Batch} at {last.BaseOffset}");
            if (!isKnown)
            {
                continue;
            }

            history.Require(state.Epoch == epoch, $"producer {group.Key} has epoch {state.Epoch}, {epoch} is in the log");
            history.Require(
                state.BatchCount >= Math.Max(1, mandatory) && state.BatchCount <= fold.Length,
                $"producer {group.Key} has {state.BatchCount} batches, of the {fold.Length} in the log {mandatory} are to be known");
            for (var i = 0; i < state.BatchCount; i++)
            {
                var batch = state[i];
                var info = history.ProducersAreRotten
                    ? group.Single(e => e.BaseOffset == batch.BaseOffset).Info
                    : fold[fold.Length - state.BatchCount + i].Info;
                history.Require(
                    (batch.BaseSequence, batch.LastSequence, batch.BaseOffset, batch.LastOffset)
                        == (info.BaseSequence, info.LastSequence, info.BaseOffset, info.LastOffset),
                    $"producer {group.Key} is said to have sequence {batch.BaseSequence} at {batch.BaseOffset}, "
                    + $"the log has {info.BaseSequence} at {info.BaseOffset}");
            }
        }

        history.Require(known == producers.Count, $"{producers.Count} producers are known, only {known} of them are in the log");
    }

    /// <summary>How many of a producer's last batches cannot have been forgotten: there is no silence of the expiry's length since.</summary>
    private static int Mandatory(LogEntry[] fold, long nowMs, long slackMs)
    {
        var count = 0;
        for (var i = fold.Length - 1; i >= 0 && nowMs - fold[i].AppendedAtMs < ProducerTable.DefaultExpirationMs - slackMs; i--)
        {
            nowMs = fold[i].AppendedAtMs;
            count++;
        }

        return count;
    }

    private static long Compare(PartitionHistory history, List<LeaseSlice> slices, long offset, long end, int maxBytes, bool firstBatchWhole)
    {
        var at = history.IndexOf(offset);
        var total = 0;
        var next = offset;
        foreach (var slice in slices)
        {
            for (var rest = (ReadOnlySpan<byte>)slice.Span; !rest.IsEmpty;)
            {
                var size = RecordBatch.SizeBytes(rest);
                history.Require(size <= rest.Length, $"a read at {offset} ends within a batch");
                var entry = at < history.Entries.Count ? history.Entries[at] : null;
                history.Require(entry is not null && rest[..size].SequenceEqual(entry.Bytes),
                    $"a read at {offset} gives other bytes at {next} than were appended");
                next = entry.NextOffset;
                total += size;
                at++;
                rest = rest[size..];
            }
        }

        history.Require(next <= end || total == 0, $"a read at {offset} goes to {next}, beyond {end}");
        if (total == 0)
        {
            var tooLarge = at >= 0 && at < history.Entries.Count && history.Entries[at].Bytes.Length > maxBytes && !firstBatchWhole;
            history.Require(offset >= end || tooLarge || maxBytes == 0, $"a read at {offset} gives nothing, {end} is the end");
        }
        else
        {
            history.Require(total <= maxBytes || (firstBatchWhole && total == history.Find(offset)!.Bytes.Length),
                $"a read of {maxBytes} bytes gives {total}");
        }

        return next;
    }
}
