using Actors.Model.Ports;

namespace Actors.Node.Partitions;

public sealed partial class LocalPartitions
{
    private CleanerStatus CleanerStatus
    {
        get
        {
            var done = _directory.CleanerStatistics;
            return new CleanerStatus(
                done.Cleanings, done.DirtyBytes, done.BytesBefore, done.BytesAfter, done.LastEndedMs, done.LastElapsedMs, done.MaxDirtyRatio,
                _directory.Uncleanable.Count);
        }
    }

    private void ExamineCleaner(ICollection<HealthFinding> findings)
    {
        foreach (var log in _directory.Uncleanable)
        {
            findings.Add(new HealthFinding(
                HealthLevel.Yellow, "storage",
                $"{log.Identity.Topic}-{log.Identity.Id.Partition} is compacted no more until the next start: {log.Reason}"));
        }
    }
}
