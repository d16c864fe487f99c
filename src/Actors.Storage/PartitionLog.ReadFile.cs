using System.Buffers.Binary;
using Actors.Model.Leases;
using Actors.Model.Records;
using Actors.Storage.Partitions;

namespace Actors.Storage;

/// <summary>Reading from segments: where a batch begins by the index, then whole batches in one read. Any thread.</summary>
public sealed partial class PartitionLog
{
    /// <summary>A batch of this size is not read only to be passed over.</summary>
    private const int LargeBatchBytes = 8 * 1024;

    /// <summary>Reads one chunk of the segment that holds an offset. <paramref name="next"/> is the offset to go on from.</summary>
    private int ReadFile(in Wanted wanted, List<LeaseSlice> into, bool mayBlock, out long next)
    {
        var offset = next = wanted.Offset;
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

        if (!entry.Exists || entry.Value < 0 || entry.Value >= available)
        {
            entry = IndexEntry.None; // damaged: the search begins with the segment
        }

        int taken;
        try
        {
            long position = entry.Value;
            var want = (int)Math.Max(Math.Min(ChunkBytes, (long)wanted.MaxBytes + Config.IndexIntervalBytes), LeasePool.SmallBytes);
            if (!TrySkipLarge(segment, ref position, available, offset, mayBlock) || !TryTrim(segment, position, available, mayBlock, ref want))
            {
                return WouldBlock;
            }

            var isIndexed = position == entry.Value && position > 0; // behind what was passed over there may be a gap
            taken = ReadFrom(segment, position, available, want, wanted, into, isIndexed, mayBlock, ref next);
        }
        catch (StorageCorruptionException) when (entry.Exists)
        {
            // The index may be what is damaged, and it only saves time: the segment is searched from its beginning.
            taken = ReadFrom(segment, 0, available, ChunkBytes, wanted, into, isIndexed: false, mayBlock, ref next);
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
        LogSegment segment, long position, long available, int want, in Wanted wanted, List<LeaseSlice> into, bool isIndexed, bool mayBlock,
        ref long next)
    {
        while (position < available)
        {
            var lease = _directory.Leases.Rent((int)Math.Min(want, available - position));
            var asked = (int)Math.Min(Math.Min(want, lease.LengthBytes), available - position);
            var walk = new ChunkWalk(this, segment, position, available);
            int length;
            try
            {
                length = ReadChunk(segment, lease, asked, position, mayBlock);
                if (length != WouldBlock)
                {
                    walk.Run(lease.Array.AsSpan(0, length), wanted, isIndexed);
                }
            }
            catch
            {
                lease.Release(); // damaged, or gone since the segments were taken
                throw;
            }

            if (walk.TakenBytes > 0)
            {
                into.Add(lease.Slice(walk.TakenAt, walk.TakenBytes));
                segment.NoteVerified(position + walk.TakenAt, position + walk.TakenAt + walk.TakenBytes);
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

    /// <summary>
    /// An index entry names a batch by its last record, so that the one before the batch looked for is found: a large one is passed over by
    /// its header alone.
    /// </summary>
    private bool TrySkipLarge(LogSegment segment, ref long position, long available, long offset, bool mayBlock)
    {
        Span<byte> header = stackalloc byte[RecordBatch.HeaderBytes];
        while (available - position > LargeBatchBytes)
        {
            if (!TryRead(segment, header, position, mayBlock, out var read) || read < header.Length)
            {
                return false;
            }

            var walk = new ChunkWalk(this, segment, position, available);
            var size = walk.CheckHeader(header, 0);
            if (size < LargeBatchBytes || RecordBatch.ReadInfo(header).NextOffset > offset)
            {
                break;
            }

            position += size;
        }

        return true;
    }

    /// <summary>Ends a large chunk at an indexed batch, so that no part of a batch is read for nothing.</summary>
    private static bool TryTrim(LogSegment segment, long position, long available, bool mayBlock, ref int want)
    {
        if (want < LeasePool.MediumBytes || position + want >= available || position + want > int.MaxValue)
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
        var isRead = TryRead(segment, lease.Array.AsSpan(0, lengthBytes), position, mayBlock, out var read);
        return isRead && read >= RecordBatch.HeaderBytes ? read : WouldBlock;
    }

    /// <summary>Reads from the segment's file; less than asked for only if it must not wait for the disk.</summary>
    private static bool TryRead(LogSegment segment, Span<byte> into, long position, bool mayBlock, out int read)
    {
        while (true)
        {
            try
            {
                var file = segment.OpenFile();
                if (file.TryReadCached(into, position, out read) && (read == into.Length || !mayBlock))
                {
                    return true;
                }

                if (!mayBlock)
                {
                    return false;
                }

                read = file.Read(into, position);
                return read == into.Length
                    ? true
                    : throw new StorageCorruptionException($"{segment.Path} is shorter than the {position + into.Length} bytes it should hold.");
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
    private ref struct ChunkWalk(PartitionLog log, LogSegment segment, long position, long available)
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
                    // Beyond what was asked for, or so says a header that the checksum may contradict.
                    if (TakenBytes == 0 && position + at < segment.InheritedBytes)
                    {
                        if (size > batch.Length)
                        {
                            NeedBytes = size;
                            return;
                        }

                        Verify(batch[..size], at);
                    }

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

        public readonly int CheckHeader(ReadOnlySpan<byte> batch, int at)
        {
            // Bounded by what the file held when the read began, which ends with a batch; the segment's size may not count its last ones yet.
            var length = BinaryPrimitives.ReadInt32BigEndian(batch[RecordBatch.LengthAt..]);
            if (batch[RecordBatch.MagicAt] != RecordBatch.Magic || length < RecordBatch.MinLength
                || length > available - position - at - RecordBatch.LogOverheadBytes
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
