using System.Diagnostics.CodeAnalysis;

namespace Actors.Model.Ports;

/// <summary>What this node knows of the cluster: topics, partitions, nodes. Reads are local, never block, and may lag the log.</summary>
public interface ICatalog
{
    /// <summary>The cluster's id: 22 characters of base64 as Kafka's.</summary>
    string ClusterId { get; }

    /// <summary>This node's id.</summary>
    int NodeId { get; }

    /// <summary>The node that answers controller requests, or -1.</summary>
    int ControllerId { get; }

    /// <summary>The registered nodes, by id.</summary>
    IReadOnlyList<NodeDescription> Nodes { get; }

    /// <summary>All topics, in ordinal order of name, as of one moment.</summary>
    IReadOnlyList<TopicDescription> Topics { get; }

    /// <summary>Number of topics.</summary>
    int TopicCount { get; }

    /// <summary>Rises with every change of what this port shows.</summary>
    long Version { get; }

    /// <summary>The topic of this name.</summary>
    bool TryGetTopic(string name, [NotNullWhen(true)] out TopicDescription? topic);

    /// <summary>The topic of this name, given as UTF-8; allocates nothing.</summary>
    bool TryGetTopic(ReadOnlySpan<byte> utf8Name, [NotNullWhen(true)] out TopicDescription? topic);

    /// <summary>The topic of this id.</summary>
    bool TryGetTopic(Guid topicId, [NotNullWhen(true)] out TopicDescription? topic);
}

/// <summary>One node and what it tells clients.</summary>
/// <param name="Id">Node id, Kafka's broker id.</param>
/// <param name="Host">Advertised host; empty: the address on which the client's connection arrived.</param>
/// <param name="KafkaPort">Advertised Kafka port.</param>
/// <param name="Rack">Rack, or null.</param>
public sealed record NodeDescription(int Id, string Host, int KafkaPort, string? Rack);

/// <summary>One topic; immutable, replaced on every change.</summary>
public sealed record TopicDescription
{
    /// <summary>The name.</summary>
    public required string Name { get; init; }
    /// <summary>The id (KIP-516).</summary>
    public required Guid Id { get; init; }
    /// <summary>An internal topic, such as <c>__consumer_offsets</c>.</summary>
    public required bool IsInternal { get; init; }
    /// <summary>The partitions; index = partition.</summary>
    public required IReadOnlyList<PartitionDescription> Partitions { get; init; }
    /// <summary>Settings given for the topic, by Kafka's names; what is not here has its default.</summary>
    public required IReadOnlyDictionary<string, string> Configs { get; init; }
}

/// <summary>One partition as the catalog has it.</summary>
/// <param name="LeaderId">Leading node, or -1.</param>
/// <param name="LeaderEpoch">Its epoch.</param>
/// <param name="Replicas">All replicas, the preferred leader first.</param>
/// <param name="InSyncReplicas">The replicas in sync.</param>
public sealed record PartitionDescription(int LeaderId, int LeaderEpoch, IReadOnlyList<int> Replicas, IReadOnlyList<int> InSyncReplicas);
