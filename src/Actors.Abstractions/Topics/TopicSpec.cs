namespace Actors.Abstractions;

/// <summary>A topic to create.</summary>
[GenerateSerializer, Immutable, Alias("actors.topic-spec")]
public sealed record TopicSpec
{
    /// <summary>Number of partitions; -1: the node's default.</summary>
    [Id(0)] public int PartitionCount { get; init; } = -1;
    /// <summary>Replicas per partition; -1: the node's default.</summary>
    [Id(1)] public int ReplicationFactor { get; init; } = -1;
    /// <summary>Settings by Kafka's names (<c>retention.ms</c>, <c>flush.messages</c>...); what is not here has its default.</summary>
    [Id(2)] public Dictionary<string, string> Configs { get; init; } = [];
}
