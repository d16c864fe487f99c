using Actors.Model.Leases;
using Actors.Model.Records;
using Actors.Storage.Devices;
using Actors.Storage.Partitions;

namespace Actors.Storage;

/// <summary>Finding records by time, by the time index and then by walking records. On the reader thread.</summary>
public sealed partial class PartitionLog
{
    /// <summary>Searches made for one question while segments are replaced.</summary>
    private const int MostSearches = 16;

    /// <summary>
    /// The first record below <paramref name="endOffset"/> whose timestamp is not below <paramref name="timestampMs"/>;
    /// <see cref="TimestampedOffset.None"/> if there is none.
    /// </summary>
    public ValueTask<TimestampedOffset> FindByTimestampAsync(long timestampMs, long endOffset, CancellationToken cancellationToken)
    {
        var end = Math.Min(endOffset, WrittenEnd);
        return end <= LogStartOffset || timestampMs > MaxTimestampMs
            ? new ValueTask<TimestampedOffset>(TimestampedOffset.None)
            : new ValueTask<TimestampedOffset>(
                _directory.OnReaderThread(() => Find(() => FindByTimestamp(timestampMs, end)), cancellationToken));
    }

    /// <summary>The first record with the greatest timestamp below <paramref name="endOffset"/> (KIP-734).</summary>
    public ValueTask<TimestampedOffset> FindMaxTimestampAsync(long endOffset, CancellationToken cancellationToken)
    {
        var end = Math.Min(endOffset, WrittenEnd);
        return end <= LogStartOffset
            ? new ValueTask<TimestampedOffset>(TimestampedOffset.None)
            : new ValueTask<TimestampedOffset>(_directory.OnReaderThread(() => Find(() => FindMaxTimestamp(end)), cancellationToken));
    }

    /// <summary>A search that met segments which cleaned ones replaced meanwhile is made again.</summary>
    private TimestampedOffset Find(Func<TimestampedOffset> search)
    {
        for (var left = MostSearches; ; left--)
        {
            var segments = Segments;
            try
            {
                var found = search();
                if (left == 0 || ReferenceEquals(segments, Segments))
                {
                    return found;
                }
            }
            catch (StorageException e) when (left > 0 && e.ErrorNumber == StorageException.NotFound && !ReferenceEquals(segments, Segments))
            {
                // The next search finds the new ones.
            }
        }
    }

    private TimestampedOffset FindByTimestamp(long timestampMs, long end)
    {
        foreach (var segment in Segments)
        {
            if (segment.MaxTimestampMs < timestampMs || segment.IsRemoved)
            {
                continue;
            }

            // The last entry below the time: every earlier record is older, so that the search begins at its batch.
            segment.TimeIndex.TryFindByKey(timestampMs - 1, mayBlock: true, out var entry);
            var from = entry.Exists ? segment.BaseOffset + entry.Value : segment.BaseOffset;
            var found = FindFrom(Math.Max(from, LogStartOffset), end, info => info.MaxTimestampMs >= timestampMs, timestampMs);
            if (found.Offset >= 0 || segment.BaseOffset >= end)
            {
                return found;
            }
        }

        return TimestampedOffset.None;
    }

    private TimestampedOffset FindMaxTimestamp(long end)
    {
        LogSegment? best = null;
        foreach (var segment in Segments)
        {
            best = best is null || segment.MaxTimestampMs > best.MaxTimestampMs ? segment : best;
        }

        if (best is null || best.MaxTimestampMs < 0)
        {
            return TimestampedOffset.None;
        }

        var greatest = best.MaxTimestampMs;
        if (best.MaxTimestampOffset < end && best.MaxTimestampOffset >= LogStartOffset)
        {
            return FindFrom(best.MaxTimestampOffset, end, info => info.MaxTimestampMs >= greatest, greatest);
        }

        // The greatest one is not visible yet: the greatest of what is.
        greatest = -1;
        FindFrom(
            LogStartOffset, end,
            info =>
            {
                greatest = Math.Max(greatest, info.MaxTimestampMs);
                return false;
            },
            long.MaxValue);
        return greatest < 0 ? TimestampedOffset.None : FindByTimestamp(greatest, end);
    }

    /// <summary>The first record from a batch on that satisfies, whose timestamp is not below the one given.</summary>
    private TimestampedOffset FindFrom(long offset, long end, Predicate<RecordBatchInfo> wanted, long timestampMs)
    {
        var slices = new List<LeaseSlice>();
        while (offset < end)
        {
            try
            {
                if (Read(offset, end, ChunkBytes, firstBatchWhole: true, slices, default, mayBlock: true) <= 0)
                {
                    break;
                }

                foreach (var slice in slices)
                {
                    for (var rest = slice; !rest.IsEmpty;)
                    {
                        var info = RecordBatch.ReadInfo(rest.Span);
                        if (info.NextOffset > offset && wanted(info)
                            && RecordSearch.FindByTimestamp(rest.Memory[..info.SizeBytes], info, timestampMs, LogStartOffset)
                                is { Offset: >= 0 } found)
                        {
                            return found;
                        }

                        offset = Math.Max(offset, info.NextOffset);
                        rest = rest.Part(info.SizeBytes, rest.LengthBytes - info.SizeBytes);
                    }
                }
            }
            finally
            {
                Drop(slices, 0);
            }
        }

        return TimestampedOffset.None;
    }
}

/// <summary>A record found by its timestamp.</summary>
/// <param name="Offset">Its offset, or -1.</param>
/// <param name="TimestampMs">Its timestamp in ms since 1970, or -1.</param>
/// <param name="LeaderEpoch">Epoch of its batch, or -1.</param>
public readonly record struct TimestampedOffset(long Offset, long TimestampMs, int LeaderEpoch)
{
    /// <summary>No such record.</summary>
    public static TimestampedOffset None { get; } = new(-1, -1, -1);
}
