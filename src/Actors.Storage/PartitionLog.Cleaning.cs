using System.Diagnostics;
using Actors.Storage.Cleaning;
using Actors.Storage.Directories;
using Actors.Storage.Partitions;

namespace Actors.Storage;

/// <summary>What compaction asks of a log: how dirty it is, what may be cleaned, and new segments in the place of old ones. Log thread.</summary>
public sealed partial class PartitionLog
{
    /// <summary>Whether segments are being cleaned: until that is over none leaves the log.</summary>
    internal bool IsCleaning { get; private set; }

    /// <summary>Whether a swap's note lies in the folder: while it does, what it names is to be there.</summary>
    internal SwapNote SwapNote { get; set; }

    /// <summary>
    /// How much of the log is dirty. Only full segments count that a checkpoint has behind it, wholly committed, and older than
    /// min.compaction.lag.ms (Kafka's LogCleanerManager.cleanableOffsets).
    /// </summary>
    internal LogDirt MeasureDirt(long nowMs, long committedEnd)
    {
        var firstDirty = Math.Max(Entry.CleanedEnd, _logStartOffset);
        var segments = _segments;
        var dirt = new LogDirt { FirstDirtyOffset = firstDirty, EndOffset = firstDirty };
        var limit = Math.Min(Entry.Checkpoint?.SegmentBase ?? 0, Active?.BaseOffset ?? 0);
        for (var i = 0; i + 1 < segments.Length; i++)
        {
            var segment = segments[i];
            var end = segments[i + 1].BaseOffset;
            var newestMs = segment.MaxTimestampMs < 0 ? segment.AppendedMs : segment.MaxTimestampMs;
            if (end > committedEnd || (end > firstDirty && newestMs > nowMs - Config.MinCompactionLagMs))
            {
                break;
            }

            if (segment.BaseOffset >= limit || segment.IsDirty || segment.IndexesDirty)
            {
                dirt = dirt with { WaitsForCheckpoint = true };
                break;
            }

            if (end <= firstDirty)
            {
                dirt = dirt with { CleanBytes = dirt.CleanBytes + segment.SizeBytes, Segments = i + 1 };
                continue;
            }

            var firstMs = segment.FirstTimestampMs >= 0 ? segment.FirstTimestampMs : newestMs;
            dirt = dirt with
            {
                DirtyBytes = dirt.DirtyBytes + segment.SizeBytes, Segments = i + 1, EndOffset = end,
                OldestDirtyMs = dirt.DirtyBytes == 0 ? firstMs : Math.Min(dirt.OldestDirtyMs, firstMs),
            };
        }

        return dirt;
    }

    /// <summary>Begins a new segment where the active one holds records older than max.compaction.lag.ms, so that they can be cleaned.</summary>
    internal void RollIfLagging(long nowMs, WriteBuffer buffer)
    {
        if (Config.MaxCompactionLagMs == long.MaxValue || Active is not { SizeBytes: > 0 } active || IsClosed)
        {
            return;
        }

        var firstMs = active.FirstTimestampMs >= 0 ? Math.Min(active.FirstTimestampMs, nowMs) : active.CreatedMs;
        if (nowMs - firstMs > Config.MaxCompactionLagMs)
        {
            // With its file: the checkpoint that follows names the segment, and a start counts on what it names.
            Roll(NextOffset, buffer);
            EnsureFile(Active!);
            NamesDirty = true;
            _directory.NoteDirty(this, 0);
        }
    }

    /// <summary>What a cleaning of the first segments is to do; from here on none of them leaves the log.</summary>
    internal CleaningPlan BeginCleaning(in LogDirt dirt, long nowMs, long mapBytes)
    {
        Debug.Assert(dirt.Segments > 0 && dirt.Segments < _segments.Length, "the active segment is never cleaned");
        IsCleaning = true;
        var sources = new SegmentSource[dirt.Segments];
        for (var i = 0; i < sources.Length; i++)
        {
            var s = _segments[i];
            sources[i] = new SegmentSource(
                s.BaseOffset, _segments[i + 1].BaseOffset, s.SizeBytes, s.OffsetIndex.SizeBytes, s.TimeIndex.SizeBytes, s.AppendedMs, s.Path);
        }

        var producers = new Dictionary<long, LastBatch>(Producers.Count);
        foreach (ref readonly var state in Producers)
        {
            producers[state.ProducerId] = new LastBatch(state.LastOffset, state.Epoch);
        }

        var config = Config;
        return new CleaningPlan(
            Folder, sources, dirt.FirstDirtyOffset, new CleaningRules(nowMs, config.DeleteRetentionMs, producers), config.SegmentBytes,
            config.SegmentIndexBytes, config.IndexIntervalBytes, mapBytes);
    }

    /// <summary>Readers find the new segments from here on. Answers those they replace, whose files are to go.</summary>
    internal List<LogSegment> Replace(SegmentSwap swap)
    {
        Debug.Assert(IsCleaning, "segments are replaced without a cleaning");
        var segments = new List<LogSegment>(_segments);
        var replaced = new List<LogSegment>();
        var bytes = 0L;
        foreach (var (old, made) in swap.Groups)
        {
            var at = segments.FindIndex(s => s.BaseOffset == old[0]);
            if (at < 0 || at + old.Count >= segments.Count || segments[at + old.Count - 1].BaseOffset != old[^1])
            {
                throw new InvalidOperationException($"{this}: a segment that was cleaned has left the log.");
            }

            replaced.AddRange(segments.GetRange(at, old.Count));
            bytes += made.Sum(s => s.SizeBytes) - segments.GetRange(at, old.Count).Sum(s => s.SizeBytes);
            segments.RemoveRange(at, old.Count);
            segments.InsertRange(at, made);
        }

        Debug.Assert(!replaced.Exists(s => s.IsDirty || s.IndexesDirty), "a segment that was cleaned was not synced");
        Volatile.Write(ref _segments, [.. segments]);
        Volatile.Write(ref _sizeBytes, _sizeBytes + bytes);
        return replaced;
    }

    /// <summary>Segments that were left behind meanwhile leave the log now.</summary>
    internal void EndCleaning()
    {
        IsCleaning = false;
        DropLeftBehind();
    }

    /// <summary>The note is gone from the folder.</summary>
    internal void EndSwap()
    {
        SwapNote = SwapNote.None;
        DropLeftBehind();
    }

    /// <summary>Segments that lie wholly below the log's start leave it, unless a cleaning still counts on them.</summary>
    private void DropLeftBehind()
    {
        if (!IsClosed && !IsCleaning && SwapNote == SwapNote.None && CountBelow(_logStartOffset) is > 0 and var count)
        {
            Drop(count);
            _directory.NoteDirty(this, 0);
        }
    }

    /// <summary>
    /// Bytes of segments that a cleaning keeps in the log although its start has passed them: no checkpoint counts them, since an opening
    /// leaves them behind. The active one it names, and an opening keeps it.
    /// </summary>
    private long BytesLeftBehind()
    {
        var bytes = 0L;
        for (var i = Math.Min(CountBelow(_logStartOffset), _segments.Length - 1) - 1; i >= 0; i--)
        {
            bytes += _segments[i].SizeBytes;
        }

        return bytes;
    }
}

/// <summary>What is known of a swap's note.</summary>
internal enum SwapNote
{
    /// <summary>There is none.</summary>
    None,
    /// <summary>The segments are in place; it goes once a checkpoint that is captured from now on is published.</summary>
    Placed,
    /// <summary>It is being taken away.</summary>
    Ending,
}

/// <summary>How much of a log is dirty.</summary>
internal readonly record struct LogDirt
{
    /// <summary>Where the dirty part begins.</summary>
    public long FirstDirtyOffset { get; init; }
    /// <summary>End of what may be cleaned.</summary>
    public long EndOffset { get; init; }
    /// <summary>Whether more could be cleaned after a checkpoint.</summary>
    public bool WaitsForCheckpoint { get; init; }
    /// <summary>Segments from the first one on that may be cleaned.</summary>
    public int Segments { get; init; }
    /// <summary>Bytes that were cleaned before.</summary>
    public long CleanBytes { get; init; }
    /// <summary>Bytes that were not, and may be.</summary>
    public long DirtyBytes { get; init; }
    /// <summary>Time of the oldest dirty record, ms since 1970.</summary>
    public long OldestDirtyMs { get; init; }
    /// <summary>Dirty part of what may be cleaned, 0 to 1.</summary>
    public double Ratio => DirtyBytes == 0 ? 0 : (double)DirtyBytes / (DirtyBytes + CleanBytes);

    /// <summary>Whether it is time to clean it (Kafka's grabFilthiestCompactedLog).</summary>
    public bool IsDue(LogConfig config, long nowMs) =>
        DirtyBytes > 0 && (Ratio > config.MinCleanableDirtyRatio
            || (config.MaxCompactionLagMs != long.MaxValue && nowMs - OldestDirtyMs > config.MaxCompactionLagMs));
}
