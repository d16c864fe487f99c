namespace Actors.Storage;

/// <summary>Limits of one log directory. Origins: docs/ARCHITECTURE.md section 3, unless said otherwise.</summary>
public sealed record LogDirectoryOptions
{
    /// <summary>The directory; made absolute by the caller.</summary>
    public required string Path { get; init; }

    /// <summary>Free bytes below which <see cref="LogDirectory.IsFull"/> is set, default 1 GiB.</summary>
    public long ReserveBytes { get; init; } = 1L << 30;

    /// <summary>Written but unsynced bytes of the directory above which writing waits for a sync, default 256 MiB.</summary>
    public long MaxUnsyncedBytes { get; init; } = 256L << 20;

    /// <summary>Bytes of a busy log between checkpoints, default 64 MiB.</summary>
    public long CheckpointBytes { get; init; } = 64L << 20;

    /// <summary>Time between checkpoints of a busy log, default 5 s.</summary>
    public long CheckpointMs { get; init; } = 5000;

    /// <summary>Readable tail in memory per partition, default 1 MiB.</summary>
    public int PartitionTailBytes { get; init; } = 1 << 20;

    /// <summary>Readable tail in memory of the directory, default 256 MiB, oldest out first.</summary>
    public long TailBytes { get; init; } = 256L << 20;

    /// <summary>Age at which a tail is dropped, default 30 s: who reads that far behind finds the page cache.</summary>
    public long TailIdleMs { get; init; } = 30_000;

    /// <summary>Time after which a log that is not used lets go of its handles and buffers, default 60 s.</summary>
    public long IdleMs { get; init; } = 60_000;

    /// <summary>Time between two looks at retention, default 5 min: Kafka's log.retention.check.interval.ms.</summary>
    public long RetentionCheckMs { get; init; } = 300_000;

    /// <summary>
    /// Open files from which on those that are synced are closed, default half of what the process may have open: the other half is for
    /// connections. Counted over all directories of a device.
    /// </summary>
    public int MaxOpenFiles { get; init; } = Devices.PosixStorageDevice.OpenFileLimit / 2;

    /// <summary>Bytes that one round writes at most, default 16 MiB: the limit of what a crash may leave half written.</summary>
    public int MaxRoundBytes { get; init; } = 16 << 20;

    /// <summary>Queued bytes at which <see cref="LogDirectory.IsBackedUp"/> tells receivers to stop, default 64 MiB.</summary>
    public long MaxQueuedBytes { get; init; } = 64L << 20;

    /// <summary>Work items that may be posted at once, default 1,000,000: one per partition to open, and room to spare.</summary>
    public int MaxPosted { get; init; } = 1_000_000;

    /// <summary>From so many sync calls on, one <c>syncfs</c> is made instead, default 24: it takes less time then, if nobody else dirties pages.</summary>
    public int SyncFileSystemFrom { get; init; } = 24;

    /// <summary>
    /// Size of each of the directory's two commit log files, default 32 MiB; 0 turns the commit log off, so that a round syncs every
    /// file it touches.
    /// </summary>
    public int CommitLogBytes { get; init; } = 32 << 20;

    /// <summary>
    /// Runs of one log in one round up to this size go to the commit log, default 64 KiB; larger ones are written and synced in
    /// their own file, since writing them twice costs more than a sync.
    /// </summary>
    public int CommitLogRunBytes { get; init; } = 64 << 10;

    /// <summary>Memory of the map of keys that a cleaning makes, at most; default 128 MiB: Kafka's log.cleaner.dedupe.buffer.size. 24 bytes per key.</summary>
    public long CleanerMapBytes { get; init; } = 128L << 20;

    /// <summary>Bytes that the cleaner reads and writes per second at most, default no limit: Kafka's log.cleaner.io.max.bytes.per.second.</summary>
    public long CleanerMaxBytesPerSecond { get; init; } = long.MaxValue;

    /// <summary>Pause between two looks for something to clean, default 15 s: Kafka's log.cleaner.backoff.ms.</summary>
    public long CleanerBackoffMs { get; init; } = 15_000;

    /// <summary>Fault points, null in ordinary life.</summary>
    public Faults.IFaultPoints? Faults { get; init; }
}
