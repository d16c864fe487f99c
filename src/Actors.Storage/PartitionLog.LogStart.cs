using Actors.Storage.Formats;
using Actors.Storage.Partitions;

namespace Actors.Storage;

/// <summary>The log's beginning: moved by retention and by request, whole segments below it are left behind. Log thread.</summary>
public sealed partial class PartitionLog
{
    /// <summary>Out of the log; their files go once a checkpoint that does not count on them is published.</summary>
    private readonly List<LogSegment> _dropped = [];

    /// <summary>
    /// Moves the log start: nothing below it is read any more, whole segments below leave the log. Durable with the next checkpoint; a
    /// crash before brings the old one back. False if it lies there already.
    /// </summary>
    internal bool MoveLogStart(long offset)
    {
        offset = Math.Min(offset, NextOffset);
        if (offset <= _logStartOffset || IsClosed)
        {
            return false;
        }

        Volatile.Write(ref _logStartOffset, offset);
        DropLeftBehind();
        _directory.NoteDirty(this, 0);
        return true;
    }

    /// <summary>
    /// Where retention moves the log start to: behind the segments that are too old or too many, as far as they are committed; the
    /// active one too, if it is too old (Kafka's deleteRetentionMsBreachedSegments and deleteRetentionSizeBreachedSegments). A segment's
    /// age counts from its greatest timestamp, or from its last append if that was earlier: a timestamp in the future keeps nothing.
    /// </summary>
    internal long FindRetained(long nowMs, long committedEnd)
    {
        var config = Config;
        var segments = _segments;
        var retained = _logStartOffset;
        if (!config.Deletes)
        {
            return retained;
        }

        var excess = config.RetentionBytes < 0 ? 0 : SizeBytes - config.RetentionBytes;
        for (var i = 0; i < segments.Length; i++)
        {
            var segment = segments[i];
            var end = i + 1 < segments.Length ? segments[i + 1].BaseOffset : NextOffset;
            var isTooOld = config.RetentionMs >= 0 && nowMs - AgesFromMs(segment) > config.RetentionMs;
            excess -= segment.SizeBytes;
            if (end > committedEnd || segment.SizeBytes == 0 || (!isTooOld && (config.RetentionBytes < 0 || excess < 0)))
            {
                break;
            }

            retained = Math.Max(retained, end);
        }

        return retained;
    }

    /// <summary>What a checkpoint tells of the log's age, so that retention knows when a cold log is due.</summary>
    private LogAge FindAge()
    {
        var segments = _segments;
        if (segments is not [{ SizeBytes: > 0 } oldest, ..])
        {
            return LogAge.Unknown;
        }

        var newestMs = AgesFromMs(oldest);
        foreach (var segment in segments)
        {
            newestMs = segment.SizeBytes > 0 ? Math.Max(newestMs, AgesFromMs(segment)) : newestMs;
        }

        return new LogAge(AgesFromMs(oldest), newestMs, oldest.SizeBytes);
    }

    private static long AgesFromMs(LogSegment segment) =>
        segment.MaxTimestampMs < 0 ? segment.AppendedMs : Math.Min(segment.MaxTimestampMs, segment.AppendedMs);

    /// <summary>
    /// Segments wholly below. An active one without records stays: the next batch would begin another of its name, whose file would go with
    /// it when it is deleted.
    /// </summary>
    private int CountBelow(long offset)
    {
        var count = 0;
        while (count < _segments.Length && (count + 1 < _segments.Length ? _segments[count + 1].BaseOffset : NextOffset) <= offset
            && (_segments[count].SizeBytes > 0 || count + 1 < _segments.Length))
        {
            count++;
        }

        return count;
    }

    /// <summary>
    /// Until a checkpoint says that it is left behind, a crash may bring it back: whatever is synced behind it counts on its bytes, so they
    /// are synced too.
    /// </summary>
    private void LeaveBehind(LogSegment segment)
    {
        segment.IndexesDirty = false; // made again from the batches, if a crash brings it back
        if (!segment.IsDirty)
        {
            _dirtySegments.Remove(segment);
            if (Syncing == 0)
            {
                segment.Close(); // else a checkpoint on its way counts on the handles of its indexes
            }
        }
        else if (!_dirtySegments.Contains(segment))
        {
            _dirtySegments.Add(segment);
        }

        _dropped.Add(segment);
    }

    private void Drop(int count)
    {
        if (count == 0)
        {
            return;
        }

        var segments = _segments;
        if (count == segments.Length)
        {
            // The active one too: the next batch begins a new segment, and nothing waits for being written to this one.
            _tail.MarkWritten();
            _tail.Trim(0);
        }

        var bytes = 0L;
        for (var i = 0; i < count; i++)
        {
            bytes += segments[i].SizeBytes;
            LeaveBehind(segments[i]);
        }

        Volatile.Write(ref _segments, segments[count..]);
        Volatile.Write(ref _sizeBytes, _sizeBytes - bytes);
    }
}
