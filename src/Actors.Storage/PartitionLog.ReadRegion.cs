using System.Buffers.Binary;
using System.Diagnostics;
using Actors.Model.Leases;
using Actors.Model.Records;
using Actors.Storage.Partitions;

namespace Actors.Storage;

/// <summary>How far a reader takes regions of files.</summary>
/// <param name="Into">Where they go; null: none are wanted.</param>
/// <param name="MinBytes">Fewer bytes are not worth a region.</param>
public readonly record struct RegionWish(List<FileRegion>? Into, int MinBytes);

/// <summary>
/// Reading without reading: a region of whole batches, found by the index and by the headers at its two ends. Whatever is not certain
/// (the index may be damaged, the pages may not be cached, the checksums may not have been looked at) is left to the reading of bytes.
/// </summary>
public sealed partial class PartitionLog
{
    /// <summary>Headers looked at for each end: an index interval of small batches. Beyond it a region ends earlier, or is none.</summary>
    private const int MaxHeadersPerEnd = 128;

    private readonly record struct TakenRegion(int Bytes, long Next);

    /// <summary>Where a batch lies and what follows it.</summary>
    private readonly record struct BatchPlace(long Position, int SizeBytes, long BaseOffset, long NextOffset)
    {
        public long EndPosition => Position + SizeBytes;
    }

    /// <summary>Takes one region. <paramref name="isDone"/>: there is no more for the reader behind it.</summary>
    private bool TryTakeRegion(in Wanted wanted, in RegionWish wish, bool mayBlock, out TakenRegion taken, out bool isDone)
    {
        taken = default;
        isDone = false;
        if (wish.Into is null || IsClosed)
        {
            return false;
        }

        var segments = Segments;
        var at = FindSegment(segments, wanted.Offset);
        if (at < 0)
        {
            return false;
        }

        Touch();
        var segment = segments[at];
        try
        {
            if (!TryPlace(segment, wanted, mayBlock, out var start, out var end, out var next, out isDone)
                || end - start < wish.MinBytes || !segment.IsVerified(start, end)
                || TryHold(segment, start, (int)(end - start)) is not { } region)
            {
                return false;
            }

            wish.Into.Add(region);
            taken = new TakenRegion(region.LengthBytes, next);
            return true;
        }
        catch (StorageCorruptionException)
        {
            return false; // reading the bytes finds out what it is, and whether it is only the index
        }
    }

    private bool TryPlace(
        LogSegment segment, in Wanted wanted, bool mayBlock, out long start, out long end, out long next, out bool isDone)
    {
        (start, end, next, isDone) = (0, 0, wanted.Offset, false);
        var available = segment.FileBytes;
        var headers = new HeaderReader(this, segment, available, mayBlock, stackalloc byte[HeaderReader.BufferBytes]);
        if (!segment.OffsetIndex.TryFindByKey(wanted.Offset - segment.BaseOffset, mayBlock, out var entry)
            || !TryFindFirst(ref headers, Math.Max(0, entry.Value), wanted.Offset, out var first)
            || first.NextOffset > wanted.End || first.EndPosition > available)
        {
            return false;
        }

        if (first.SizeBytes > wanted.MaxBytes && !wanted.FirstBatchWhole)
        {
            return false;
        }

        var limit = Math.Min(available, first.Position + Math.Max(first.SizeBytes, Math.Min(wanted.MaxBytes, MaxReadBytes)));
        if (!TryFindEnd(ref headers, first, limit, wanted.End, mayBlock, out end, out next))
        {
            return false;
        }

        start = first.Position;
        isDone = next >= wanted.End || end < available;
        Debug.Assert(end >= first.EndPosition && end <= limit && next > wanted.Offset, "a region of nothing");
        return true;
    }

    /// <summary>The batch that holds an offset, or the first one behind a gap, from an indexed position on.</summary>
    private static bool TryFindFirst(ref HeaderReader headers, long position, long offset, out BatchPlace first)
    {
        for (var i = 0; i < MaxHeadersPerEnd; i++)
        {
            if (!headers.TryRead(position, out first))
            {
                return false;
            }

            if (first.NextOffset > offset)
            {
                // An index entry that leads beyond the offset, or into a batch, is damaged.
                return i > 0 || position == 0 || first.BaseOffset <= offset;
            }

            position = first.EndPosition;
        }

        first = default;
        return false;
    }

    /// <summary>
    /// The end of the last batch that lies wholly before a position and an offset: from the last index entry before both on, by headers.
    /// </summary>
    private static bool TryFindEnd(
        ref HeaderReader headers, in BatchPlace first, long limit, long endOffset, bool mayBlock, out long end, out long next)
    {
        (end, next) = (first.EndPosition, first.NextOffset);
        var segment = headers.Segment;
        if (!segment.OffsetIndex.TryFindByValue((int)Math.Min(limit, int.MaxValue), mayBlock, out var entry))
        {
            return false;
        }

        if (entry.Key + segment.BaseOffset >= endOffset
            && !segment.OffsetIndex.TryFindByKey(endOffset - 1 - segment.BaseOffset, mayBlock, out entry))
        {
            return false;
        }

        var isIndexed = entry.Exists && entry.Value > end;
        var position = isIndexed ? entry.Value : end;
        for (var i = 0; i < MaxHeadersPerEnd && position < limit; i++)
        {
            if (!headers.TryRead(position, out var batch) || batch.BaseOffset < next
                || (i == 0 && isIndexed && batch.NextOffset - 1 != entry.Key + segment.BaseOffset))
            {
                return false;
            }

            if (i == 0 && isIndexed)
            {
                (end, next) = (position, batch.BaseOffset);
            }

            if (batch.NextOffset > endOffset || batch.EndPosition > limit)
            {
                break;
            }

            position = end = batch.EndPosition;
            next = batch.NextOffset;
        }

        return true;
    }

    /// <summary>A region if all its pages are cached, so that sending it does not wait for the disk.</summary>
    private FileRegion? TryHold(LogSegment segment, long position, int lengthBytes)
    {
        while (true)
        {
            try
            {
                if (segment.OpenFile().Hold() is not { } file)
                {
                    return null;
                }

                if (file.IsCached(position, lengthBytes))
                {
                    return new FileRegion(file, position, lengthBytes, _directory);
                }

                file.Return();
                return null;
            }
            catch (ObjectDisposedException)
            {
                // (1) This reader took the file, (2) the log thread closed it as idle, (3) the hold found it closed: open it again.
            }
        }
    }

    /// <summary>Reads headers one behind the other, a few kilobytes at a time.</summary>
    private ref struct HeaderReader(PartitionLog log, LogSegment segment, long available, bool mayBlock, Span<byte> buffer)
    {
        public const int BufferBytes = 4096;

        private readonly Span<byte> _buffer = buffer;
        private long _at;
        private int _filled;

        public readonly LogSegment Segment => segment;

        /// <summary>False: it cannot be had without waiting, or the file holds no whole header there.</summary>
        public bool TryRead(long position, out BatchPlace batch)
        {
            batch = default;
            if (position < _at || position + RecordBatch.HeaderBytes > _at + _filled)
            {
                var wanted = (int)Math.Min(_buffer.Length, available - position);
                if (wanted < RecordBatch.HeaderBytes
                    || !PartitionLog.TryRead(segment, _buffer[..wanted], position, mayBlock, out var read) || read < RecordBatch.HeaderBytes)
                {
                    return false;
                }

                (_at, _filled) = (position, read);
            }

            var header = _buffer.Slice((int)(position - _at), RecordBatch.HeaderBytes);
            var size = new ChunkWalk(log, segment, position, available).CheckHeader(header, 0);
            var baseOffset = BinaryPrimitives.ReadInt64BigEndian(header);
            batch = new BatchPlace(
                position, size, baseOffset, baseOffset + BinaryPrimitives.ReadInt32BigEndian(header[RecordBatch.LastOffsetDeltaAt..]) + 1);
            return true;
        }
    }
}
