using Actors.Model.Records;
using Actors.Net;

namespace Actors.Kafka.Listener;

/// <summary>Limits of the Kafka listener, with unit, default and origin.</summary>
public sealed record KafkaLimits
{
    /// <summary>
    /// Limits of connections and frames. Defaults there; MaxFrameBytes is socket.request.max.bytes, IdleMs is connections.max.idle.ms.
    /// </summary>
    public NetLimits Net { get; init; } = new();

    /// <summary>Most bytes of one fetch answer, its first batch apart. Default 57671680. Origin: the broker's fetch.max.bytes.</summary>
    public int MaxFetchBytes { get; init; } = 57_671_680;

    /// <summary>
    /// Bytes of records from one file from which on they are sent from there (<c>sendfile</c>), instead of through memory. Default 384 KiB;
    /// <see cref="int.MaxValue"/>: never. Origin: measured, decisions/0005.
    /// </summary>
    public int MinRegionBytes { get; init; } = 384 << 10;

    /// <summary>Longest wait of a fetch, in ms. Default 300000. Origin: ours; consumers ask for 500.</summary>
    public int MaxFetchWaitMs { get; init; } = 300_000;

    /// <summary>
    /// Fetch sessions kept. Default 1000; 0: none, all fetches are full. Origin: max.incremental.fetch.session.cache.slots.
    /// </summary>
    public int FetchSessionSlots { get; init; } = 1_000;

    /// <summary>
    /// Time for which a fetch session is safe from eviction after its last use, in ms. Default 120000. Origin:
    /// min.incremental.fetch.session.eviction.ms.
    /// </summary>
    public int FetchSessionEvictionMs { get; init; } = 120_000;

    /// <summary>Most bytes the records of one compressed batch may inflate to. Default 64 MiB. Origin: ours, against bombs.</summary>
    public long MaxInflatedBatchBytes { get; init; } = BatchRules.DefaultMaxInflatedBytes;

    /// <summary>
    /// Longest wait for a change of settings, in ms; the request brings no time of its own. Default 30000. Origin: the client's
    /// request.timeout.ms.
    /// </summary>
    public int ConfigChangeTimeoutMs { get; init; } = 30_000;

    /// <summary>Most partitions of one DescribeTopicPartitions answer. Default 2000. Origin: max.request.partition.size.limit.</summary>
    public int MaxDescribedPartitions { get; init; } = 2_000;

    /// <summary>
    /// Most topics that one Metadata request creates. Default 100. Origin: ours; creating is a command in the cluster log.
    /// </summary>
    public int MaxAutoCreatedTopics { get; init; } = 100;
}
