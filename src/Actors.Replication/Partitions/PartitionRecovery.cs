using Actors.Model.Producers;

namespace Actors.Replication.Partitions;

/// <summary>What a log was found to hold when it was opened.</summary>
public readonly record struct PartitionRecovery
{
    /// <summary>First offset that is kept.</summary>
    public required long LogStart { get; init; }

    /// <summary>Offset the next record gets; everything below it is written.</summary>
    public required long LogEnd { get; init; }

    /// <summary>Everything below is synced; at most <see cref="LogEnd"/>.</summary>
    public required long SyncedEnd { get; init; }

    /// <summary>Epoch of the last batch, or -1 for an empty log.</summary>
    public int LastEpoch { get; init; }

    /// <summary>Greatest append time stamped so far (for LogAppendTime), ms since 1970, or 0.</summary>
    public long LastAppendTimeMs { get; init; }

    /// <summary>The producers as of <see cref="LogEnd"/>; becomes the machine's own. Null: none.</summary>
    public ProducerTable? Producers { get; init; }

    /// <summary>A log that never held anything.</summary>
    public static PartitionRecovery Empty { get; } = new() { LogStart = 0, LogEnd = 0, SyncedEnd = 0, LastEpoch = -1 };
}
