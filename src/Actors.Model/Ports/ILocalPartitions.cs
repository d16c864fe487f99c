using System.Diagnostics.CodeAnalysis;

namespace Actors.Model.Ports;

/// <summary>
/// The door to the partitions whose leader is this node: listeners and grains enter here, and nothing else appends.
/// </summary>
public interface ILocalPartitions
{
    /// <summary>The partition if it is led here and open: the hot path, never blocks, allocates nothing.</summary>
    bool TryGetOpen(TopicPartitionId id, [NotNullWhen(true)] out ILocalPartition? partition);

    /// <summary>
    /// The partition, opened if it is cold (its tail is recovered on the log thread). The outcome is <see cref="ErrorCode.None"/>;
    /// <see cref="ErrorCode.UnknownTopicOrPartition"/> or <see cref="ErrorCode.UnknownTopicId"/> when the catalog has no such
    /// partition; <see cref="ErrorCode.NotLeaderOrFollower"/> when another node leads it; or
    /// <see cref="ErrorCode.KafkaStorageError"/> when its log refuses to open.
    /// </summary>
    ValueTask<PartitionOpening> OpenAsync(TopicPartitionId id, CancellationToken cancellationToken);

    /// <summary>Bytes on disk of a partition led here, open or cold; -1 if there is none.</summary>
    long GetSizeBytes(TopicPartitionId id);

    /// <summary>The log directories of this node, for DescribeLogDirs and health.</summary>
    IReadOnlyList<LogDirectoryStatus> LogDirectories { get; }
}

/// <summary>Outcome of <see cref="ILocalPartitions.OpenAsync"/>.</summary>
/// <param name="Error">None, or why there is no partition.</param>
/// <param name="Partition">The open partition if <paramref name="Error"/> is None.</param>
public readonly record struct PartitionOpening(ErrorCode Error, ILocalPartition? Partition);

/// <summary>State of one log directory.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="TotalBytes">Size of its file system.</param>
/// <param name="UsableBytes">Free bytes of its file system.</param>
/// <param name="Failure">Why the directory failed for good (a failed sync, say), or null.</param>
public readonly record struct LogDirectoryStatus(string Path, long TotalBytes, long UsableBytes, string? Failure)
{
    /// <summary>What compaction has done in it.</summary>
    public CleanerStatus Cleaner { get; init; }
}

/// <summary>What compaction has done in a log directory since the process started.</summary>
/// <param name="Cleanings">Cleanings of one log that were finished.</param>
/// <param name="DirtyBytes">Bytes of the dirty parts that were cleaned.</param>
/// <param name="BytesBefore">Bytes of all segments that were written anew.</param>
/// <param name="BytesAfter">Bytes of those that took their place.</param>
/// <param name="LastEndedMs">When the last one ended, ms since 1970; 0: never.</param>
/// <param name="LastElapsedMs">How long it took, ms.</param>
/// <param name="MaxDirtyRatio">Greatest dirty part of a log at the last look, 0 to 1.</param>
/// <param name="Uncleanable">Logs that are cleaned no more until the next start.</param>
public readonly record struct CleanerStatus(
    long Cleanings, long DirtyBytes, long BytesBefore, long BytesAfter, long LastEndedMs, long LastElapsedMs, double MaxDirtyRatio,
    int Uncleanable);
