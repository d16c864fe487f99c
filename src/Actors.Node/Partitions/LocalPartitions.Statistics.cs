using Actors.Model;
using Actors.Model.Ports;

namespace Actors.Node.Partitions;

public sealed partial class LocalPartitions
{
    private readonly Lock _retiredLock = new();
    private PartitionTraffic _retired;

    /// <inheritdoc/>
    public int OpenPartitions => _open.Count;

    /// <inheritdoc/>
    public PartitionTraffic Totals
    {
        get
        {
            lock (_retiredLock)
            {
                var totals = _retired;
                foreach (var (_, partition) in _open)
                {
                    totals += partition.Traffic;
                }

                return totals;
            }
        }
    }

    /// <inheritdoc/>
    public bool TryGetTraffic(TopicPartitionId id, out PartitionTraffic traffic)
    {
        var found = _open.TryGetValue(id, out var partition);
        traffic = found ? partition!.Traffic : default;
        return found;
    }

    /// <inheritdoc/>
    public void Examine(ICollection<HealthFinding> findings)
    {
        const string part = "storage";
        if (_directory.Fault is { } fault)
        {
            findings.Add(new HealthFinding(
                HealthLevel.Red, part, $"The log directory {fault.Directory} failed for good: {fault.Reason}. Repair the disk, then start again."));
        }
        else if (_directory.IsFull)
        {
            findings.Add(new HealthFinding(
                HealthLevel.Yellow, part, $"The disk of {_directory.Path} is full: appends are refused until space is freed."));
        }

        foreach (var (_, reason) in _halted)
        {
            findings.Add(new HealthFinding(HealthLevel.Red, part, $"A partition stopped: {reason}"));
        }

        foreach (var (_, reason) in _refused)
        {
            findings.Add(new HealthFinding(HealthLevel.Red, part, reason));
        }

        if (_directory.CommitLogCut is { } round)
        {
            findings.Add(new HealthFinding(
                HealthLevel.Yellow, part,
                $"The commit log ended with a round that is not whole ({round}). A crash in the middle of a write leaves that, with nothing "
                + "acknowledged in it; so does a damaged disk."));
        }

        ExamineCleaner(findings);
        foreach (var cut in _directory.Cuts)
        {
            findings.Add(new HealthFinding(
                HealthLevel.Yellow, part,
                $"An unfinished end of {cut.CutBytes} bytes was cut off {cut.Identity.Topic}-{cut.Identity.Id.Partition} at offset "
                + $"{cut.Offset}; it is kept in {cut.KeptIn}."));
        }
    }

    // Totals never go back: what a deleted topic's partition counted stays counted.
    private void Retire(TopicPartitionId id)
    {
        lock (_retiredLock)
        {
            if (_open.TryRemove(id, out var partition))
            {
                _retired += partition.Traffic;
            }
        }

        _halted.TryRemove(id, out _);
        _refused.TryRemove(id, out _);
    }
}
