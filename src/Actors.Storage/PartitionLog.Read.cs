using Actors.Model.Leases;
using Actors.Storage.Devices;

namespace Actors.Storage;

/// <summary>Reading: from the tail in memory, else from the files; any thread, never behind a write.</summary>
public sealed partial class PartitionLog
{
    /// <summary>Most bytes that one call reads from files, whatever was asked for, unless the first batch is larger: 16 MiB.</summary>
    public const int MaxReadBytes = 16 << 20;

    private const int ChunkBytes = LeasePool.LargeBytes;
    private const int WouldBlock = -1;

    /// <summary>
    /// Adds whole batches from the one that holds <paramref name="offset"/> on, none reaching beyond <paramref name="endOffset"/> (the
    /// high watermark, say), in <paramref name="maxBytes"/>, or one larger batch if <paramref name="firstBatchWhole"/>. Answers the
    /// bytes added, none below the log start; each slice carries one reference. Completes at once from memory or the page cache, else on the reader thread.
    /// </summary>
    /// <exception cref="StorageCorruptionException">What is on disk is not a log.</exception>
    /// <exception cref="StorageException">The disk could not be read, or the log is closed.</exception>
    public ValueTask<int> ReadAsync(
        long offset, long endOffset, int maxBytes, bool firstBatchWhole, List<LeaseSlice> into, CancellationToken cancellationToken) =>
        ReadAsync(offset, endOffset, maxBytes, firstBatchWhole, into, default, cancellationToken);

    /// <summary>The same, but what lies in files and in the page cache may be answered with regions, which come before all slices.</summary>
    /// <exception cref="StorageCorruptionException">What is on disk is not a log.</exception>
    /// <exception cref="StorageException">The disk could not be read, or the log is closed.</exception>
    public ValueTask<int> ReadAsync(
        long offset, long endOffset, int maxBytes, bool firstBatchWhole, List<LeaseSlice> into, RegionWish regions,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(into);
        var end = Math.Min(endOffset, WrittenEnd);
        if (offset >= end || offset < LogStartOffset || (maxBytes <= 0 && !firstBatchWhole))
        {
            return new ValueTask<int>(0);
        }

        var start = into.Count;
        var taken = Read(offset, end, maxBytes, firstBatchWhole, into, regions, mayBlock: !_directory.HasReaderThread);
        if (taken != WouldBlock)
        {
            return new ValueTask<int>(taken);
        }

        return new ValueTask<int>(_directory.OnReaderThread(
            () =>
            {
                Drop(into, start);
                return Read(offset, end, maxBytes, firstBatchWhole, into, default, mayBlock: true); // what it has read, it has in memory
            },
            cancellationToken));
    }

    /// <summary>Bytes between two offsets, estimated from what is in memory. Never reads the disk. Any thread.</summary>
    public long EstimateBytes(long fromOffset, long toOffset)
    {
        toOffset = Math.Min(toOffset, WrittenEnd);
        if (fromOffset >= toOffset)
        {
            return 0;
        }

        var inTail = _tail.CountBytes(fromOffset, toOffset);
        if (inTail >= 0)
        {
            return inTail;
        }

        // Whole segments between them, and a share of the first and last one by offsets.
        var bytes = 0.0;
        var segments = Segments;
        for (var i = 0; i < segments.Length; i++)
        {
            var first = segments[i].BaseOffset;
            var next = i + 1 < segments.Length ? segments[i + 1].BaseOffset : WrittenEnd;
            var common = Math.Min(next, toOffset) - Math.Max(first, fromOffset);
            if (common > 0)
            {
                bytes += (double)segments[i].SizeBytes * common / (next - first);
            }
        }

        return Math.Max(1, (long)bytes);
    }

    private static void Drop(List<LeaseSlice> slices, int from)
    {
        for (var i = from; i < slices.Count; i++)
        {
            slices[i].Release();
        }

        slices.RemoveRange(from, slices.Count - from);
    }

    private int Read(
        long offset, long end, int maxBytes, bool firstBatchWhole, List<LeaseSlice> into, in RegionWish regions, bool mayBlock)
    {
        var total = 0;
        var start = into.Count;
        while (offset < end && total < MaxReadBytes)
        {
            var before = into.Count;
            var taken = _tail.Take(offset, end, maxBytes - total, firstBatchWhole && total == 0, into);
            if (taken >= 0)
            {
                return total + taken;
            }

            // Not in the tail, so it is in the files: what is evicted was written before.
            var wanted = new Wanted(offset, end, maxBytes - total, firstBatchWhole && total == 0);
            long next;
            var segments = Segments;
            try
            {
                if (before == start && TryTakeRegion(wanted, regions, mayBlock, out var region, out var isDone))
                {
                    total += region.Bytes;
                    offset = region.Next;
                    if (isDone)
                    {
                        break;
                    }

                    continue;
                }

                taken = ReadFile(wanted, into, mayBlock, out next);
            }
            catch (StorageException) when (offset < LogStartOffset)
            {
                break; // (1) this reader took the segments, (2) the log start moved, (3) the segment was deleted
            }
            catch (StorageException e) when (e.ErrorNumber == StorageException.NotFound && !ReferenceEquals(segments, Segments))
            {
                continue; // (1) this reader took the segments, (2) cleaned ones took their place, (3) the segment was deleted: take them
            }

            if (taken == WouldBlock)
            {
                return total > 0 ? total : WouldBlock;
            }

            total += taken;
            if (taken == 0 && next == offset)
            {
                break;
            }

            offset = next;
            if (into.Count > before && total >= maxBytes)
            {
                break;
            }
        }

        return total;
    }
}
