using System.Globalization;
using Actors.Storage;
using Simulation.Runs;

namespace Simulation.Histories;

/// <summary>
/// The truth about one partition, kept outside the node: what was appended, in order, and how much of it has to survive what. Every
/// start, read and acknowledgement is held against it.
/// </summary>
internal sealed partial class PartitionHistory
{
    private readonly List<LogEntry> _entries = [];
    private readonly Dictionary<(long Producer, short Epoch, int Sequence), LogEntry> _idempotent = [];

    public PartitionHistory(LogIdentity identity, LogConfig config, bool logAppendTime, IEnumerable<PartitionClient> clients)
    {
        Identity = identity;
        Config = config;
        LogAppendTime = logAppendTime;
        Clients = [.. clients];
    }

    public LogIdentity Identity { get; }
    public LogConfig Config
    {
        get;
        set
        {
            field = value;
            WasEverWeak |= value.FlushMessages != 1;
        }
    }

    /// <summary>Whether its topic ever left syncing to the system.</summary>
    public bool WasEverWeak { get; private set; }

    public bool LogAppendTime { get; }
    public IReadOnlyList<PartitionClient> Clients { get; }
    public string Name => string.Create(CultureInfo.InvariantCulture, $"{Identity.Topic}-{Identity.Id.Partition}");

    /// <summary>Batches of the log, in order.</summary>
    public IReadOnlyList<LogEntry> Entries => _entries;

    /// <summary>Offset that the next batch gets.</summary>
    public long End => _entries.Count == 0 ? 0 : _entries[^1].NextOffset;

    /// <summary>What the log said it had written: a dead process takes none of it along.</summary>
    public long WrittenEnd { get; private set; }

    /// <summary>What the log said it had synced: no power cut takes any of it along.</summary>
    public long SyncedEnd { get; private set; }

    /// <summary>Where the log begins, as it told last.</summary>
    public long LogStart { get; private set; }

    /// <summary>The furthest that the log start was ever moved: a crash may take it back, never beyond.</summary>
    public long FurthestLogStart { get; private set; }

    /// <summary>Retention may have moved the start while the log was cold, as far as records were written.</summary>
    public bool IsRetainedCold { get; set; }

    /// <summary>Records below are gone for good: that was acknowledged.</summary>
    public long DeletedEnd { get; private set; }

    /// <summary>The leader epoch in force; every start raises it.</summary>
    public int LeaderEpoch { get; set; }

    /// <summary>The log has lost, as it may, batches that idempotent producers were told are there: they may find a gap.</summary>
    public bool HasLost { get; private set; }

    /// <summary>Bit rot in a time index: what it finds is not held against the log.</summary>
    public bool TimesAreRotten { get; set; }

    /// <summary>A batch was given to the log.</summary>
    public void Append(LogEntry entry)
    {
        Require(entry.BaseOffset == End, $"a batch was appended at {entry.BaseOffset}, the log ends at {End}");
        Require(_entries.Count == 0 || _entries[^1].Info.LeaderEpoch <= entry.Info.LeaderEpoch, $"the epoch went back to {entry.Info.LeaderEpoch}");
        if (entry.Batch.IsIdempotent)
        {
            var key = (entry.Batch.ProducerId, entry.Batch.ProducerEpoch, entry.Batch.Sequence);
            Require(_idempotent.TryAdd(key, entry), $"{entry.Batch} is in the log twice, at {entry.BaseOffset} and before");
        }

        _entries.Add(entry);
        NoteKeys(entry);
    }

    /// <summary>The log reports its ends.</summary>
    public void Report(long writtenEnd, long syncedEnd)
    {
        Require(syncedEnd <= writtenEnd && writtenEnd <= End, $"written up to {writtenEnd}, synced up to {syncedEnd}, appended up to {End}");
        WrittenEnd = Math.Max(WrittenEnd, writtenEnd);
        SyncedEnd = Math.Max(SyncedEnd, syncedEnd);
    }

    /// <summary>The log start moved.</summary>
    public void MoveLogStart(long logStart)
    {
        Require(logStart > LogStart && logStart <= WrittenEnd, $"the log start moved from {LogStart} to {logStart}, {WrittenEnd} is the end");
        LogStart = logStart;
        FurthestLogStart = Math.Max(FurthestLogStart, logStart);
    }

    /// <summary>A deletion was acknowledged.</summary>
    public void AcknowledgeDeletion(long before)
    {
        Require(LogStart >= before, $"a deletion up to {before} was acknowledged, the log starts at {LogStart}");
        DeletedEnd = Math.Max(DeletedEnd, before);
    }

    /// <summary>A log was opened, and begins somewhere.</summary>
    public void RecoverStart(long logStart)
    {
        Require(
            logStart >= DeletedEnd && logStart <= (IsRetainedCold ? Math.Max(FurthestLogStart, WrittenEnd) : FurthestLogStart),
            $"the log begins at {logStart}, after {DeletedEnd} was acknowledged as deleted and {FurthestLogStart} was the furthest start");
        LogStart = logStart;
        FurthestLogStart = Math.Max(FurthestLogStart, logStart);
    }

    /// <summary>Power was cut: what was only in the page cache may be gone.</summary>
    public void LosePageCache() => WrittenEnd = SyncedEnd;

    /// <summary>
    /// A log was opened and ends at <paramref name="end"/>. It may have lost nothing that has to survive, unless it says so and bit rot
    /// gives it the right to; it may have more than that, up to what was appended.
    /// </summary>
    public void Recover(long end, bool mayLose)
    {
        Require(end >= WrittenEnd || mayLose, $"the log ends at {end}, but {WrittenEnd} has to survive");
        Require(end <= End, $"the log ends at {end}, though nothing was appended beyond {End}");
        Require(end == End || Find(end)?.BaseOffset == end, $"the log ends at {end}, within a batch");
        for (var i = _entries.Count - 1; i >= 0 && _entries[i].BaseOffset >= end; i--)
        {
            var gone = _entries[i].Batch;
            HasLost |= gone.IsIdempotent && gone.AcknowledgedAt >= 0;
            if (gone.IsIdempotent)
            {
                _idempotent.Remove((gone.ProducerId, gone.ProducerEpoch, gone.Sequence));
            }

            _entries.RemoveAt(i);
        }

        WrittenEnd = end;
        SyncedEnd = end;
        RecoverKeys(end);
    }

    /// <summary>The batch that holds an offset, or null.</summary>
    public LogEntry? Find(long offset)
    {
        var at = IndexOf(offset);
        return at < 0 ? null : _entries[at];
    }

    /// <summary>Index of the batch that holds an offset, or -1.</summary>
    public int IndexOf(long offset)
    {
        var (low, high) = (0, _entries.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _entries[middle].NextOffset <= offset ? (middle + 1, high) : (low, middle);
        }

        return low < _entries.Count && _entries[low].BaseOffset <= offset ? low : -1;
    }

    /// <summary>The first record below <paramref name="end"/> that is not older than a time; (-1, -1) if there is none.</summary>
    public (long Offset, long TimestampMs) FindByTimestamp(long timestampMs, long end)
    {
        foreach (var entry in _entries)
        {
            for (var i = (int)Math.Max(0, LogStart - entry.BaseOffset); entry.NextOffset <= end && i < entry.Batch.Timestamps.Length; i++)
            {
                if (entry.TimestampOf(i) >= timestampMs)
                {
                    return (entry.BaseOffset + i, entry.TimestampOf(i));
                }
            }
        }

        return (-1, -1);
    }

    /// <summary>An acknowledgement.</summary>
    public void Acknowledge(ClientBatch batch, long baseOffset, bool isSynced)
    {
        var entry = Find(baseOffset);
        Require(
            entry is not null && entry.Batch == batch && entry.BaseOffset == baseOffset,
            $"{batch} was acknowledged at {baseOffset}, where {entry?.Batch.ToString() ?? "nothing"} is");
        Require(batch.AcknowledgedAt < 0 || batch.AcknowledgedAt == baseOffset, $"{batch} was acknowledged at {batch.AcknowledgedAt} and at {baseOffset}");
        var end = isSynced ? SyncedEnd : WrittenEnd;
        Require(entry!.NextOffset <= end, $"{batch} was acknowledged at {baseOffset}, but only what lies below {end} is {(isSynced ? "synced" : "written")}");
        batch.AcknowledgedAt = baseOffset;
    }

    public void Require([System.Diagnostics.CodeAnalysis.DoesNotReturnIf(false)] bool holds, string message)
    {
        if (!holds)
        {
            throw new SimulationException($"{Name}: {message}");
        }
    }
}
