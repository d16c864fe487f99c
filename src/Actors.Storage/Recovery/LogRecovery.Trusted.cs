using System.Buffers.Binary;
using Actors.Model.Records;
using Actors.Storage.Formats;
using Actors.Storage.Partitions;

namespace Actors.Storage.Recovery;

/// <summary>Below the recovery point: lengths, index ends and the last few batches are looked at, nothing else is read.</summary>
internal sealed partial class LogRecovery
{
    private void TrustBelow(in CheckpointEntry start)
    {
        foreach (var segment in _log.Segments)
        {
            if (segment.BaseOffset < start.SegmentBase)
            {
                TrustSealed(segment);
            }
            else if (segment.BaseOffset == start.SegmentBase)
            {
                TrustUpTo(segment, start);
            }
        }

        var (segmentBase, position) = (start.SegmentBase, start.Position);
        var sealedBytes = _log.Segments.Where(s => s.BaseOffset < segmentBase).Sum(s => s.SizeBytes);
        if (position > 0 && !_log.Segments.Exists(s => s.BaseOffset == segmentBase && s.SizeBytes == position))
        {
            throw Refuse($"the segment that begins at offset {start.SegmentBase} is missing, and records up to offset {start.RecoveryPoint} were synced");
        }

        // Where segments were being replaced, the checkpoint counts the old ones or the new.
        var saved = _swap?.BytesSaved(start.LogStart) ?? 0;
        if (sealedBytes + start.Position != start.SizeBytes && sealedBytes + start.Position + saved != start.SizeBytes)
        {
            throw Refuse($"its segments hold {sealedBytes + start.Position} bytes below offset {start.RecoveryPoint}, and {start.SizeBytes} were synced");
        }
    }

    /// <summary>A segment that was full long ago.</summary>
    private void TrustSealed(LogSegment segment)
    {
        var length = segment.OpenFile().Length;
        TrustIndex(segment.OffsetIndex, long.MaxValue, int.MaxValue, out _);
        var timestamp = TrustIndex(segment.TimeIndex, long.MaxValue, int.MaxValue, out var timestampValue);
        segment.Trust(length, timestamp, timestamp < 0 ? -1 : segment.BaseOffset + timestampValue);
        if (_config.Compacts && length >= RecordBatch.HeaderBytes)
        {
            ReadFirstTimestamp(segment); // max.compaction.lag.ms counts from it
        }
    }

    /// <summary>The segment in which the recovery point lies.</summary>
    private void TrustUpTo(LogSegment segment, in CheckpointEntry start)
    {
        var length = segment.OpenFile().Length;
        if (length < start.Position || (_wasClosedClean && length != start.Position))
        {
            throw Refuse($"{segment.Path} has {length} bytes, and {start.Position} of them were synced"
                + (_wasClosedClean ? " when the directory was closed" : ""));
        }

        TrustIndex(segment.OffsetIndex, start.RecoveryPoint - 1 - segment.BaseOffset, start.Position, out var indexed);
        if (!TryResume(segment, start, indexed))
        {
            // The index names a place where no batch begins, or one below it is damaged: read it all, once.
            segment.OffsetIndex.Trust(0, -1);
            segment.TimeIndex.Trust(0, -1);
            RebuildIndexes(segment, start);
        }

        if (segment.SizeBytes > 0)
        {
            ReadFirstTimestamp(segment);
        }
    }

    private static void ReadFirstTimestamp(LogSegment segment)
    {
        Span<byte> header = stackalloc byte[RecordBatch.HeaderBytes];
        segment.OpenFile().Read(header, 0);
        segment.FirstTimestampMs = BinaryPrimitives.ReadInt64BigEndian(header[RecordBatch.MaxTimestampAt..]);
    }

    /// <summary>
    /// Takes the entries of an index file that lie below the recovery point, and forgets the others. Answers the key of the last one.
    /// What lies beyond may be anything: a power cut leaves a file's length without its bytes, as zeros, or half of an entry.
    /// </summary>
    private long TrustIndex(SparseIndex index, long maxKey, long belowValue, out int lastValue)
    {
        var bytes = _device.GetLength(index.Path);
        var count = (int)(Math.Max(0, bytes) / index.EntryBytes);
        if (count == 0)
        {
            index.Trust(0, IndexEntry.None.Key);
            lastValue = IndexEntry.None.Value;
            return IndexEntry.None.Key;
        }

        // Every entry of the file is looked at through the index itself.
        index.Trust(count, long.MaxValue);
        var (low, high) = (0, count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = IsBelow(index.ReadAt(middle)) ? (middle + 1, high) : (low, middle);
        }

        while (low > 0 && !(IsBelow(index.ReadAt(low - 1)) && (low == 1 || IsBehind(index.ReadAt(low - 1), index.ReadAt(low - 2)))))
        {
            low--; // half an entry, among those that a power cut has left beyond
        }

        var last = low == 0 ? IndexEntry.None : index.ReadAt(low - 1);
        index.Trust(low, last.Key);
        lastValue = last.Value;
        return last.Key;

        bool IsBelow(in IndexEntry entry) => entry is not { Key: 0, Value: 0 } && entry.Key <= maxKey && entry.Value < belowValue;
        static bool IsBehind(in IndexEntry entry, in IndexEntry before) => entry.Key > before.Key && entry.Value > before.Value;
    }

    /// <summary>Walks from the last indexed batch to the recovery point; false if that is no way.</summary>
    private bool TryResume(LogSegment segment, in CheckpointEntry start, long indexed)
    {
        // The time index's entries are written together with the offset index's: one that names an offset beyond is not to be kept.
        if (indexed < 0)
        {
            return false;
        }

        var timestamp = TrustTimes(segment, start.RecoveryPoint - 1 - segment.BaseOffset, out var offset);
        segment.Trust(indexed, timestamp, offset);
        using var scanner = new BatchScanner(segment.OpenFile(), _leases, indexed, segment.BaseOffset);
        while (scanner.Position < start.Position)
        {
            if (!scanner.TryNext(out var info, out _))
            {
                return false;
            }

            segment.Resume(info);
        }

        return scanner.Position == start.Position && (start.Position == 0 || scanner.ExpectedOffset == start.RecoveryPoint);
    }

    private long TrustTimes(LogSegment segment, long maxRelativeOffset, out long offset)
    {
        var key = TrustIndex(segment.TimeIndex, long.MaxValue, maxRelativeOffset + 1, out var value);
        offset = key < 0 ? -1 : segment.BaseOffset + value;
        return key;
    }

    private void RebuildIndexes(LogSegment segment, in CheckpointEntry start)
    {
        segment.Trust(0, -1, -1);
        using var scanner = new BatchScanner(segment.OpenFile(), _leases, 0, segment.BaseOffset);
        while (scanner.Position < start.Position && scanner.TryNext(out var info, out _))
        {
            segment.Append(info, _config.IndexIntervalBytes);
        }

        if (scanner.Position != start.Position || (start.Position > 0 && scanner.ExpectedOffset != start.RecoveryPoint))
        {
            throw Refuse($"{segment.Path} is damaged at byte {scanner.Position}: {scanner.Problem ?? "a batch reaches beyond what was synced"}; "
                + $"that lies below offset {start.RecoveryPoint}, which was synced");
        }

        segment.FileBytes = segment.SizeBytes;
        segment.InheritedBytes = segment.SizeBytes;
        _changed = true;
    }
}
