using Actors.Model.Leases;
using Actors.Model.Producers;
using Actors.Model.Records;

namespace Actors.Model.Ports;

/// <summary>One open partition that this node leads. All members are safe to call from any thread.</summary>
public interface ILocalPartition
{
    /// <summary>Topic id and partition index.</summary>
    TopicPartitionId Id { get; }

    /// <summary>The topic's name.</summary>
    string Topic { get; }

    /// <summary>The leader epoch in which this node leads.</summary>
    int LeaderEpoch { get; }

    /// <summary>Log start, high watermark, last stable offset and log end, read together.</summary>
    PartitionOffsets Offsets { get; }

    /// <summary>The topic's settings that the door itself needs.</summary>
    PartitionLimits Limits { get; }

    /// <summary>
    /// Appends one validated batch. Takes over one reference of <see cref="AppendRequest.Batch"/>, on failure too. The batch is
    /// stamped in place. Runs the partition's machine under its lock on the caller's thread; no await, no I/O. The order of calls is
    /// the order in the log.
    /// </summary>
    /// <returns><see cref="AppendResult.IsPending"/>: the waiter will be told; else the final outcome (an error, or acks 0).</returns>
    AppendResult Append(in AppendRequest request);

    /// <summary>
    /// Reads batches from <see cref="ReadRequest.Offset"/> on. Each slice added to <paramref name="into"/> carries one reference that
    /// the caller releases. Completes synchronously from the tail in memory or the page cache. Slices hold whole batches; the
    /// first one may begin below the offset asked for, as in Kafka.
    /// </summary>
    ValueTask<ReadResult> ReadAsync(ReadRequest request, List<LeaseSlice> into, CancellationToken cancellationToken);

    /// <summary>
    /// Bytes of log between two offsets, estimated from positions at hand; decides whether a waiting fetch has its minimum.
    /// Never reads the disk.
    /// </summary>
    long EstimateBytes(long fromOffset, long toOffset);

    /// <summary>
    /// Hangs a waiting fetch on the partition. False if the high watermark (or log start or leadership) has moved past
    /// <paramref name="seenHighWatermark"/> already: read again now. Otherwise the waiter is told once, at the next move, and is
    /// then no longer parked.
    /// </summary>
    bool TryPark(IProgressWaiter waiter, long token, long seenHighWatermark);

    /// <summary>Takes a parked waiter off; no effect if it was told already.</summary>
    void Unpark(IProgressWaiter waiter, long token);

    /// <summary>The offset for a timestamp or one of the special queries.</summary>
    ValueTask<OffsetLookup> FindOffsetAsync(OffsetQuery query, CancellationToken cancellationToken);

    /// <summary>
    /// Where an epoch ends in this log (KIP-101, KIP-279): the largest epoch not above the one asked for, and its end;
    /// <see cref="EpochEnd.Unknown"/> if none is known. <see cref="ErrorCode.FencedLeaderEpoch"/> or
    /// <see cref="ErrorCode.UnknownLeaderEpoch"/> where the caller's current epoch is not ours.
    /// </summary>
    EpochEnd FindEpochEnd(int currentLeaderEpoch, int epoch);

    /// <summary>Number of idempotent producers the partition remembers.</summary>
    int ProducerCount { get; }

    /// <summary>
    /// Moves the log start up to <paramref name="beforeOffset"/> (DeleteRecords, KIP-107): nothing below can be read from now on, and
    /// whole segments below are deleted later. <see cref="DeleteRecordsOutcome.UpToHighWatermark"/> (-1) means the high watermark; an
    /// offset at or below the log start changes nothing and is no error. Completes once no crash can bring the records back.
    /// </summary>
    ValueTask<DeleteRecordsOutcome> DeleteRecordsAsync(long beforeOffset, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new DeleteRecordsOutcome(ErrorCode.UnsupportedVersion, -1));

    /// <summary>The idempotent producers the partition remembers, the one that is silent longest first (DescribeProducers).</summary>
    IReadOnlyList<ProducerState> ListProducers();
}

/// <summary>Offsets of a partition, read together.</summary>
/// <param name="LogStart">First offset that is kept.</param>
/// <param name="HighWatermark">End of what is committed: consumers read below it.</param>
/// <param name="LastStable">End of what is decided: read-committed consumers read below it; never above the high watermark.</param>
/// <param name="LogEnd">Offset the next record gets.</param>
public readonly record struct PartitionOffsets(long LogStart, long HighWatermark, long LastStable, long LogEnd);

/// <summary>Topic settings that are checked before an append.</summary>
public sealed record PartitionLimits
{
    /// <summary><c>max.message.bytes</c>: the largest batch, in bytes.</summary>
    public required int MaxBatchBytes { get; init; }
    /// <summary><c>message.timestamp.type</c> is LogAppendTime.</summary>
    public required bool LogAppendTime { get; init; }
    /// <summary><c>message.timestamp.before.max.ms</c>.</summary>
    public required long TimestampBeforeMaxMs { get; init; }
    /// <summary><c>message.timestamp.after.max.ms</c>.</summary>
    public required long TimestampAfterMaxMs { get; init; }
    /// <summary><c>cleanup.policy</c> contains compact: every record needs a key.</summary>
    public required bool RequireKeys { get; init; }
    /// <summary>Whether compressed batches are inflated and walked at the door.</summary>
    public required bool ValidateCompressed { get; init; }
    /// <summary><c>compression.type</c>: the codec to store, or null for the producer's own.</summary>
    public required CompressionCodec? StoreAs { get; init; }
}
