namespace Actors.Storage;

/// <summary>Is told by the log's thread what became of submitted batches. Implementations never throw and never block.</summary>
public interface ILogDirectorySink
{
    /// <summary>A log's ends moved: everything below <paramref name="writtenEnd"/> is readable, below <paramref name="syncedEnd"/> durable.</summary>
    void OnWritten(PartitionLog log, long writtenEnd, long syncedEnd);

    /// <summary>All logs of this round have been told: wake who was answered.</summary>
    void OnRoundEnd();

    /// <summary>End of what is committed, the high watermark: nothing from here on is ever deleted. Asked before a log start is moved.</summary>
    long GetCommittedEnd(PartitionLog log) => log.SyncedEnd;

    /// <summary>
    /// Settings of a log that is not open, for retention and compaction; null: leave it alone (nobody knows it, or not all that it holds is committed).
    /// </summary>
    LogConfig? FindConfig(in LogIdentity identity) => null;

    /// <summary>What is due cannot be said without opening this log, or it does not open for the cleaner: it is to be opened, some time.</summary>
    void OnOpeningDue(in LogIdentity identity)
    {
    }

    /// <summary>A log's start moved: what lies below can be read no more.</summary>
    void OnLogStartMoved(PartitionLog log, long logStart)
    {
    }

    /// <summary>The directory failed for good; told once. Batches not yet told as written never will be.</summary>
    void OnFailed(StorageFault fault);
}
