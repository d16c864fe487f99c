using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Actors.Cluster.Commands;

namespace Actors.Cluster.Catalog;

/// <summary>
/// The catalog itself: nodes, topics, counters, and the digest over all of it. Whatever is walked is walked in an order that follows
/// from the commands alone: nodes by id, topics by name.
/// </summary>
public sealed class CatalogState
{
    private readonly SortedDictionary<int, NodeState> _nodes = [];
    private readonly SortedDictionary<string, TopicState> _topics = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, TopicState> _topicsById = [];
    private readonly Dictionary<string, SortedSet<string>> _collisions = new(StringComparer.Ordinal);
    private readonly Dictionary<int, NodeLoad> _loads = [];
    private readonly CommandWriter _scratch = new();
    private ulong _digest;

    /// <summary>The cluster's id, or null before the first registration.</summary>
    public string? ClusterId { get; internal set; }

    /// <summary>The finalized feature level (KIP-584's metadata version): what may be written.</summary>
    public short FeatureLevel { get; internal set; } = 1;

    /// <summary>The first Kafka producer id that was never handed out.</summary>
    public long NextProducerId { get; internal set; }

    /// <summary>The nodes by id.</summary>
    public IReadOnlyCollection<NodeState> Nodes => _nodes.Values;

    /// <summary>The topics in ordinal order of name.</summary>
    public IReadOnlyCollection<TopicState> Topics => _topics.Values;

    /// <summary>Number of topics.</summary>
    public int TopicCount => _topics.Count;

    /// <summary>Partitions of all topics.</summary>
    public int PartitionCount { get; private set; }

    /// <summary>Digest of everything here: equal on two nodes that applied the same commands.</summary>
    public ulong Digest
    {
        get
        {
            _scratch.Clear();
            EncodeCounters(_scratch);
            return _digest + Digest64.Compute(_scratch.Written);
        }
    }

    /// <summary>The node of this id.</summary>
    public bool TryGetNode(int id, [NotNullWhen(true)] out NodeState? node) => _nodes.TryGetValue(id, out node);

    /// <summary>The topic of this name.</summary>
    public bool TryGetTopic(string name, [NotNullWhen(true)] out TopicState? topic) => _topics.TryGetValue(name, out topic);

    /// <summary>The topic of this id.</summary>
    public bool TryGetTopic(Guid id, [NotNullWhen(true)] out TopicState? topic) => _topicsById.TryGetValue(id, out topic);

    /// <summary>The first other topic whose name differs in '.' and '_' only, or null.</summary>
    public string? FindCollision(string name) =>
        HasCollisionChars(name) && _collisions.TryGetValue(Normalize(name), out var names) ? names.Min : null;

    /// <summary>What a node carries.</summary>
    internal NodeLoad GetLoad(int nodeId) => _loads.GetValueOrDefault(nodeId);

    internal void Put(NodeState node)
    {
        if (_nodes.TryGetValue(node.Id, out var before))
        {
            _digest -= DigestOf(before);
        }

        _nodes[node.Id] = node;
        _digest += DigestOf(node);
    }

    internal void Add(TopicState topic)
    {
        _topics.Add(topic.Name, topic);
        _topicsById.Add(topic.Id, topic);
        if (HasCollisionChars(topic.Name))
        {
            var normalized = Normalize(topic.Name);
            if (!_collisions.TryGetValue(normalized, out var names))
            {
                _collisions.Add(normalized, names = new SortedSet<string>(StringComparer.Ordinal));
            }

            names.Add(topic.Name);
        }

        Count(topic, 1);
    }

    internal void Replace(TopicState before, TopicState after)
    {
        Debug.Assert(before.Id == after.Id && before.Name == after.Name, "a topic was replaced by another one");
        Count(before, -1);
        _topics[after.Name] = after;
        _topicsById[after.Id] = after;
        Count(after, 1);
    }

    internal void Remove(TopicState topic)
    {
        _topics.Remove(topic.Name);
        _topicsById.Remove(topic.Id);
        if (HasCollisionChars(topic.Name))
        {
            var normalized = Normalize(topic.Name);
            var names = _collisions[normalized];
            names.Remove(topic.Name);
            if (names.Count == 0)
            {
                _collisions.Remove(normalized);
            }
        }

        Count(topic, -1);
    }

    /// <summary>
    /// <code>
    /// clusterId string or null | featureLevel int16 | nextProducerId int64
    /// </code>
    /// </summary>
    internal void EncodeCounters(CommandWriter writer)
    {
        writer.WriteString(ClusterId);
        writer.WriteInt16(FeatureLevel);
        writer.WriteInt64(NextProducerId);
    }

    internal void DecodeCounters(ref CommandReader reader)
    {
        ClusterId = reader.ReadNullableString();
        FeatureLevel = reader.ReadInt16();
        NextProducerId = reader.ReadInt64();
    }

    private static bool HasCollisionChars(string name) => name.AsSpan().ContainsAny('.', '_');

    private static string Normalize(string name) => name.Replace('.', '_');

    private void Count(TopicState topic, int sign)
    {
        PartitionCount += sign * topic.Partitions.Length;
        foreach (var partition in topic.Partitions)
        {
            foreach (var replica in partition.Replicas)
            {
                var load = _loads.GetValueOrDefault(replica);
                _loads[replica] = load with
                {
                    Replicas = load.Replicas + sign,
                    Leaders = load.Leaders + (partition.LeaderId == replica ? sign : 0),
                };
            }
        }

        var digest = DigestOf(topic);
        _digest += sign > 0 ? digest : 0 - digest;
    }

    private ulong DigestOf(NodeState node)
    {
        _scratch.Clear();
        node.Encode(_scratch);
        return Digest64.Compute(_scratch.Written);
    }

    private ulong DigestOf(TopicState topic)
    {
        _scratch.Clear();
        topic.Encode(_scratch);
        return Digest64.Compute(_scratch.Written);
    }
}

/// <summary>What a node carries.</summary>
/// <param name="Replicas">Replicas on it.</param>
/// <param name="Leaders">Partitions it leads.</param>
internal readonly record struct NodeLoad(int Replicas, int Leaders);
