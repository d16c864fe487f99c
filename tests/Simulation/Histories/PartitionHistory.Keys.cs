namespace Simulation.Histories;

/// <summary>What a compacted log must still have of its keys, and what it must have no more.</summary>
internal sealed partial class PartitionHistory
{
    private readonly Dictionary<long, long> _newest = [];
    private readonly HashSet<long> _gone = [];
    private readonly HashSet<long> _goneForGood = [];

    /// <summary>Whether its topic is compacted; that never changes.</summary>
    public bool IsCompacted => Config.Compacts;

    /// <summary>The latest wall time that a cleaning can have gone by, ms since 1970.</summary>
    public Func<long> LatestMs { get; init; } = () => long.MaxValue / 2;

    /// <summary>
    /// Bit rot in a snapshot of producers: they are read from the log, which has the last batch of each and perhaps no more.
    /// </summary>
    public bool ProducersAreRotten { get; set; }

    /// <summary>By how much the wall clock was set back so far, ms: what was measured by it may be that much off.</summary>
    public Func<long> WallBackMs { get; init; } = () => 0;

    /// <summary>Keys that its clients use again and again, if it is compacted; 0: every record has one of its own.</summary>
    public int KeyCount { get; init; }

    /// <summary>Records that compaction was seen to have removed.</summary>
    public int GoneCount => _gone.Count;

    /// <summary>The newest record of a key.</summary>
    public long NewestOf(long key) => _newest[key];

    /// <summary>
    /// A reader finds nothing of a record: a newer one of its key is in the log, or it is a tombstone that was kept for its time.
    /// It never comes back from there.
    /// </summary>
    public void NoteGone(LogEntry entry, int record)
    {
        var offset = entry.BaseOffset + record;
        var key = entry.Batch.Keys[record];
        if (_newest[key] == offset)
        {
            Require(entry.Batch.Values[record] is null, $"the newest record of key {key}, at {offset}, is gone: {entry.Batch}");
            Require(
                LatestMs() + WallBackMs() >= entry.AppendedAtMs + Config.DeleteRetentionMs,
                $"the tombstone of key {key} at {offset} went before its {Config.DeleteRetentionMs} ms were over");
        }

        _gone.Add(offset);
    }

    /// <summary>Whether nothing is left of a batch.</summary>
    public bool IsGone(LogEntry entry) => Enumerable.Range(0, entry.Batch.Keys.Length).All(i => _gone.Contains(entry.BaseOffset + i));

    /// <summary>
    /// A process ends, or a log is opened: what was gone from the files is gone for good. Before, the tail in memory may still have it.
    /// </summary>
    public void LoseTail() => _goneForGood.UnionWith(_gone);

    /// <summary>A reader finds a record.</summary>
    public void NoteFound(LogEntry entry, int record) => Require(
        !_goneForGood.Contains(entry.BaseOffset + record),
        $"the record of key {entry.Batch.Keys[record]} at {entry.BaseOffset + record} came back, compaction had removed it");

    private void NoteKeys(LogEntry entry)
    {
        for (var i = 0; i < entry.Batch.Keys.Length; i++)
        {
            _newest[entry.Batch.Keys[i]] = entry.BaseOffset + i;
        }
    }

    /// <summary>The log ends earlier: what was newest there is no more.</summary>
    private void RecoverKeys(long end)
    {
        Require(_gone.All(o => o < end), $"the log ends at {end}, below what was cleaned");
        _newest.Clear();
        _entries.ForEach(NoteKeys);
    }
}
