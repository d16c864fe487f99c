using Orleans.CodeGeneration;
using Orleans.Concurrency;

namespace Actors.Abstractions;

/// <summary>
/// One partition of a topic; the grain's key is a <see cref="PartitionKey"/> such as <c>orders/3</c>. It is placed on the silo of the
/// node that leads the partition, and enters the log by the same door as a Kafka producer. All calls interleave: none waits for
/// another one's disk or long poll.
/// </summary>
[Alias("actors.partition"), GrainInterfaceType("actors.partition"), Version(1)]
public interface IPartitionGrain : IGrainWithStringKey
{
    /// <summary>
    /// Appends one batch. Done: it is synced on every in-sync replica (unless the topic's <c>flush.messages</c> says otherwise).
    /// Calls that are not awaited one after the other may arrive in another order, by Orleans' rules.
    /// </summary>
    /// <param name="leaderEpoch">The epoch the caller knows, or -1 for any; another one is answered Fenced.</param>
    /// <param name="batch">The records.</param>
    /// <param name="cancellationToken">Ends the wait, not the append.</param>
    [Alias("append"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    ValueTask<Answer<AppendedBatch>> AppendAsync(int leaderEpoch, RecordBatchBytes batch, CancellationToken cancellationToken = default);

    /// <summary>
    /// Reads committed records from an offset on. With nothing there it waits up to <see cref="ReadQuery.MaxWaitMs"/>, then answers
    /// an empty read. An offset outside the log is refused with <c>OffsetOutOfRange</c>.
    /// </summary>
    [Alias("read"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    ValueTask<Answer<PartitionRead>> ReadAsync(ReadQuery query, CancellationToken cancellationToken = default);

    /// <summary>Where the log starts and ends.</summary>
    [Alias("offsets"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    ValueTask<Answer<LogOffsets>> GetOffsetsAsync(CancellationToken cancellationToken = default);

    /// <summary>The offset of the first record at or after a time (ms since 1970); the log's end if there is none.</summary>
    [Alias("find-offset"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    ValueTask<Answer<FoundOffset>> FindOffsetAsync(long timestampMs, CancellationToken cancellationToken = default);

    /// <summary>
    /// Follows the log from <see cref="ReadQuery.Offset"/> on until cancelled: one read after the other, each as
    /// <see cref="ReadAsync"/> answers it; an empty one about every <see cref="ReadQuery.MaxWaitMs"/> says that there is nothing new. The
    /// first answer that is not Done is the last one. The SDK's tail is built on <see cref="ReadAsync"/> instead, since an
    /// enumeration dies with its activation, and a read that is called again does not.
    /// </summary>
    [Alias("tail"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    IAsyncEnumerable<Answer<PartitionRead>> TailAsync(ReadQuery query, CancellationToken cancellationToken = default);
}
