using System.Collections.Immutable;

namespace Actors.Abstractions;

/// <summary>One topic as the catalog has it.</summary>
[GenerateSerializer, Immutable, Alias("actors.topic-info")]
public sealed record TopicInfo
{
    /// <summary>The name.</summary>
    [Id(0)] public required string Name { get; init; }
    /// <summary>The id (KIP-516); a topic created again under its name has another one.</summary>
    [Id(1)] public required Guid TopicId { get; init; }
    /// <summary>Whether it belongs to the cluster's own parts.</summary>
    [Id(2)] public required bool IsInternal { get; init; }
    /// <summary>The partitions; index = partition.</summary>
    [Id(3)] public required ImmutableArray<PartitionInfo> Partitions { get; init; }
    /// <summary>Settings given for the topic, by Kafka's names.</summary>
    [Id(4)] public required ImmutableDictionary<string, string> Configs { get; init; }
}

/// <summary>One partition as the catalog has it.</summary>
/// <param name="LeaderId">Leading node, or -1.</param>
/// <param name="LeaderEpoch">Its epoch.</param>
/// <param name="Replicas">All replicas, the preferred leader first.</param>
/// <param name="InSyncReplicas">The replicas in sync.</param>
[GenerateSerializer, Immutable, Alias("actors.partition-info")]
public sealed record PartitionInfo(
    [property: Id(0)] int LeaderId,
    [property: Id(1)] int LeaderEpoch,
    [property: Id(2)] ImmutableArray<int> Replicas,
    [property: Id(3)] ImmutableArray<int> InSyncReplicas);

/// <summary>An idempotent producer's identity.</summary>
/// <param name="ProducerId">The id, never given out before.</param>
/// <param name="ProducerEpoch">Its epoch.</param>
[GenerateSerializer, Immutable, Alias("actors.producer-info")]
public sealed record ProducerInfo([property: Id(0)] long ProducerId, [property: Id(1)] short ProducerEpoch);
