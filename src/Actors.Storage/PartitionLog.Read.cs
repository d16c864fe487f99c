using System.Buffers.Binary;
using Actors.Model.Leases;
using Actors.Model.Records;
using Actors.Storage.Devices;
using Actors.Storage.Partitions;

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
    /// bytes added; each slice carries one reference. Completes at once from memory or the page cache, else on the reader thread.
    /// </summary>
    /// <exception cref="StorageCorruptionException">What is on disk is not a log.</exception>
    /// <exception cref="StorageException">The disk could not be read, or the log is closed.</exception>
    public ValueTask<int> ReadAsync(
        long offset, long endOffset, int maxBytes, bool firstBatchWhole, List<LeaseSlice> into, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(into);
        var end = Math.Min(endOffset, WrittenEnd);
        if (offset >= end || offset < 0 || (maxBytes <= 0 && !firstBatchWhole))
        {
            return new ValueTask<int>(0);
        }

        var start = into.Count;
        var taken = Read(offset, end, maxBytes, firstBatchWhole, into, mayBlock: !_directory.HasReaderThread);
        if (taken != WouldBlock)
        {
            return new ValueTask<int>(taken);
        }

        return new ValueTask<int>(_directory.OnReaderThread(
            () =>
            {
                Drop(into, start);
                return Read(offset, end, maxBytes, firstBatchWhole, into, mayBlock: true);
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

    private int Read(long offset, long end, int maxBytes, bool firstBatchWhole, List<LeaseSlice> into, bool mayBlock)
    {
        var total = 0;
        while (offset < end && total < MaxReadBytes)
        {
            var before = into.Count;
            var taken = _tail.Take(offset, end, maxBytes - total, firstBatchWhole && total == 0, into);
            if (taken >= 0)
            {
                return total + taken;
            }

            // Not in the tail, so it is in the files: what is evicted was written before.
            taken = ReadFile(offset, end, maxBytes - total, firstBatchWhole && total == 0, into, mayBlock, out var next);
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

    /// <summary>Reads one chunk of the segment that holds an offset. <paramref name="next"/> is the offset to go on from.</summary>
    private int ReadFile(
        long offset, long end, int maxBytes, bool firstBatchWhole, List<LeaseSlice> into, bool mayBlock, out long next)
    {
        next = offset;
        var segments = Segments;
        var at = FindSegment(segments, offset);
        if (at < 0 || IsClosed)
        {
            return 0;
        }

        Touch();
        var segment = segments[at];
        var available = segment.FileBytes;
        if (!segment.OffsetIndex.TryFindByKey(offset - segment.BaseOffset, mayBlock, out var entry))
        {
            return WouldBlock;
        }

        if (entry.Value < 0 || entry.Value >= available)
        {
            entry = IndexEntry.None; // damaged: the search begins with the segment
        }

        var want = ChunkBytes;
        if (maxBytes < ChunkBytes)
        {
            want = Math.Max(maxBytes + Config.IndexIntervalBytes, LeasePool.SmallBytes);
        }
        else if (!TryTrim(segment, entry.Value, mayBlock, ref want))
        {
            return WouldBlock;
        }

        var wanted = new Wanted(offset, end, maxBytes, firstBatchWhole);
        int taken;
        try
        {
            taken = ReadFrom(segment, entry.Value, available, want, wanted, into, mayBlock, ref next);
        }
        catch (StorageCorruptionException) when (entry.Exists)
        {
            // The index may be what is damaged, and it only saves time: the segment is searched from its beginning.
            taken = ReadFrom(segment, 0, available, want, wanted, into, mayBlock, ref next);
        }

        if (taken == 0 && next > offset && at + 1 < segments.Length)
        {
            // Behind the last batch of the segment: compaction may leave a gap before the next one.
            next = segments[at + 1].BaseOffset;
        }
        else if (taken == 0)
        {
            next = offset;
        }

        return taken;
    }

    private int ReadFrom(
        LogSegment segment, long position, long available, int want, in Wanted wanted, List<LeaseSlice> into, bool mayBlock, ref long next)
    {
        var isIndexed = position > 0;
        while (position < available)
        {
            var lease = _directory.Leases.Rent((int)Math.Min(want, available - position));
            var asked = (int)Math.Min(Math.Min(want, lease.LengthBytes), available - position);
            var length = ReadChunk(segment, lease, asked, position, mayBlock);
            var walk = new ChunkWalk(this, segment, position);
            if (length != WouldBlock)
            {
                try
                {
                    walk.Run(lease.Array.AsSpan(0, length), wanted, isIndexed);
                }
                catch (StorageCorruptionException)
                {
                    lease.Release();
                    throw;
                }
            }

            if (walk.TakenBytes > 0)
            {
                into.Add(lease.Slice(walk.TakenAt, walk.TakenBytes));
                next = walk.Next;
                return walk.TakenBytes;
            }

            lease.Release();
            if (length == WouldBlock || (length < asked && !walk.IsDone))
            {
                return WouldBlock;
            }

            if (walk.IsDone)
            {
                return 0;
            }

            // Nothing yet: the batches seen lie below the offset, or the first one is larger than the chunk.
            position += walk.SkippedBytes;
            want = Math.Max(walk.NeedBytes, LeasePool.SmallBytes);
            isIndexed = false;
        }

        next = long.MaxValue; // the segment has nothing at or beyond the offset
        return 0;
    }

    /// <summary>Ends a large chunk at an indexed batch, so that no part of a batch is read for nothing.</summary>
    private static bool TryTrim(LogSegment segment, long position, bool mayBlock, ref int want)
    {
        if (position + want > int.MaxValue)
        {
            return true;
        }

        if (!segment.OffsetIndex.TryFindByValue((int)(position + want), mayBlock, out var last))
        {
            return false;
        }

        if (last.Value > position + (want / 4))
        {
            want = (int)(last.Value - position);
        }

        return true;
    }

    private static int ReadChunk(LogSegment segment, Lease lease, int lengthBytes, long position, bool mayBlock)
    {
        var span = lease.Array.AsSpan(0, lengthBytes);
        while (true)
        {
            try
            {
                var file = segment.OpenFile();
                if (file.TryReadCached(span, position, out var read) && (read == lengthBytes || (read > RecordBatch.HeaderBytes && !mayBlock)))
                {
                    return read;
                }

                if (!mayBlock)
                {
                    return WouldBlock;
                }

                return file.Read(span, position) == lengthBytes
                    ? lengthBytes
                    : throw new StorageCorruptionException($"{segment.Path} is shorter than the {position + lengthBytes} bytes it should hold.");
            }
            catch (ObjectDisposedException)
            {
                // (1) This reader took the file, (2) the log thread closed it as idle, (3) the read found it closed: open it again.
            }
        }
    }

    private static int FindSegment(LogSegment[] segments, long offset)
    {
        var low = 0;
        var high = segments.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = segments[middle].BaseOffset <= offset ? (middle + 1, high) : (low, middle);
        }

        // Below the first segment: the log begins there now, compaction or retention has moved it.
        return Math.Max(low - 1, segments.Length == 0 ? -1 : 0);
    }

    /// <summary>What a reader asked for.</summary>
    private readonly record struct Wanted(long Offset, long End, int MaxBytes, bool FirstBatchWhole);

    /// <summary>Walks the batches of a chunk and picks the whole ones that were asked for.</summary>
    private ref struct ChunkWalk(PartitionLog log, LogSegment segment, long position)
    {
        public int TakenAt;
        public int TakenBytes;
        public int SkippedBytes;
        public int NeedBytes;
        public long Next;
        public bool IsDone;

        public void Run(ReadOnlySpan<byte> chunk, in Wanted wanted, bool isIndexed)
        {
            var (offset, end, maxBytes, firstBatchWhole) = wanted;
            var at = 0;
            while (chunk.Length - at >= RecordBatch.HeaderBytes)
            {
                var batch = chunk[at..];
                var size = CheckHeader(batch, at);
                if (at == 0 && isIndexed && BinaryPrimitives.ReadInt64BigEndian(batch) > offset)
                {
                    throw log.Damaged(segment, position, "the index names it for an earlier offset");
                }

                var next = BinaryPrimitives.ReadInt64BigEndian(batch) + BinaryPrimitives.ReadInt32BigEndian(batch[RecordBatch.LastOffsetDeltaAt..]) + 1;
                if (next > end)
                {
                    IsDone = true;
                    return;
                }

                if (next > offset && TakenBytes + (long)size > maxBytes && !(firstBatchWhole && TakenBytes == 0))
                {
                    IsDone = true;
                    return;
                }

                if (size > chunk.Length - at)
                {
                    NeedBytes = size;
                    return;
                }

                Verify(batch[..size], at);
                if (next > offset)
                {
                    TakenAt = TakenBytes == 0 ? at : TakenAt;
                    TakenBytes += size;
                    Next = next;
                }
                else
                {
                    SkippedBytes = at + size;
                }

                at += size;
            }

            if (at == 0)
            {
                throw log.Damaged(segment, position, "it ends within a batch's header");
            }
        }

        private readonly int CheckHeader(ReadOnlySpan<byte> batch, int at)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(batch[RecordBatch.LengthAt..]);
            if (batch[RecordBatch.MagicAt] != RecordBatch.Magic || length < RecordBatch.MinLength
                || length > segment.SizeBytes - position - at - RecordBatch.LogOverheadBytes
                || BinaryPrimitives.ReadInt64BigEndian(batch) < segment.BaseOffset)
            {
                throw log.Damaged(segment, position + at, "no batch begins there");
            }

            return length + RecordBatch.LogOverheadBytes;
        }

        /// <summary>What this process did not write is verified: a disk may have changed it since.</summary>
        private readonly void Verify(ReadOnlySpan<byte> batch, int at)
        {
            if (position + at < segment.InheritedBytes && !RecordBatch.HasValidCrc(batch))
            {
                throw log.Damaged(segment, position + at, "the batch there does not match its checksum");
            }
        }
    }

    private StorageCorruptionException Damaged(LogSegment segment, long position, string what) =>
        new($"{segment.Path} is damaged at byte {position}: {what}. {Recovery.LogRecovery.HowToAcceptLoss(Folder)}");
}
