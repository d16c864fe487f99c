namespace Actors.Replication.Partitions;

/// <summary>What a partition's machine needs to know of its topic and its place in the cluster; replaced as a whole.</summary>
public sealed record PartitionSettings
{
    /// <summary>Default of <see cref="MaxPendingAppends"/>: 65,536.</summary>
    public const int DefaultMaxPendingAppends = 65_536;

    /// <summary>This node, a member of <see cref="Replicas"/>.</summary>
    public required int NodeId { get; init; }

    /// <summary>All replicas by node id.</summary>
    public required IReadOnlyList<int> Replicas { get; init; }

    /// <summary>
    /// The maximal in-sync set: the replicas in sync and those whose joining has been proposed. The high watermark waits for all of them.
    /// </summary>
    public required IReadOnlyList<int> InSyncReplicas { get; init; }

    /// <summary>
    /// <c>min.insync.replicas</c>, default 1. Counted as at most the number of replicas, as Kafka does since KIP-966, so that a topic
    /// with one replica stays writable.
    /// </summary>
    public int MinInSyncReplicas { get; init; } = 1;

    /// <summary>
    /// <c>flush.messages</c>, default 1: an append is durable once synced. Above 1 it counts as durable once written: the user's choice.
    /// </summary>
    public long FlushMessages { get; init; } = 1;

    /// <summary><c>message.timestamp.type</c> is LogAppendTime: batches are stamped with the leader's time.</summary>
    public bool LogAppendTime { get; init; }

    /// <summary>Appends that may wait for durability at once; beyond it appends are refused with a retriable error.</summary>
    public int MaxPendingAppends { get; init; } = DefaultMaxPendingAppends;

    /// <summary>How long a silent idempotent producer is remembered, in ms; Kafka's <c>producer.id.expiration.ms</c>.</summary>
    public long ProducerExpirationMs { get; init; } = Model.Producers.ProducerTable.DefaultExpirationMs;

    /// <summary>The least in-sync replicas that an append with acks=all needs.</summary>
    public int EffectiveMinInSync => Math.Min(MinInSyncReplicas, Replicas.Count);

    /// <summary>Settings of a partition whose only replica is <paramref name="nodeId"/>.</summary>
    public static PartitionSettings Alone(int nodeId) => new() { NodeId = nodeId, Replicas = [nodeId], InSyncReplicas = [nodeId] };
}
