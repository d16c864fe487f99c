using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Actors.Model.Ports;

namespace Actors.Node.Cluster;

/// <summary>
/// What this node knows of the cluster, for everybody on it: written by the apply thread, read by any thread without waiting. A
/// change costs its own size; the ordered list of all topics is made when somebody asks for it.
/// </summary>
internal sealed class CatalogView : ICatalog
{
    private readonly ConcurrentDictionary<string, TopicDescription> _byName = new(Utf8NameComparer.Instance);
    private readonly ConcurrentDictionary<string, TopicDescription>.AlternateLookup<ReadOnlySpan<byte>> _byUtf8Name;
    private readonly ConcurrentDictionary<Guid, TopicDescription> _byId = new();
    private NodeDescription[] _nodes = [];
    private OrderedTopics _ordered = new(-1, []);
    private long _version;
    private int _controllerId = -1;
    private int _topicCount;

    public CatalogView(int nodeId, string clusterId)
    {
        NodeId = nodeId;
        ClusterId = clusterId;
        _byUtf8Name = _byName.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public string ClusterId { get; }

    public int NodeId { get; }

    public int ControllerId => Volatile.Read(ref _controllerId);

    public IReadOnlyList<NodeDescription> Nodes => Volatile.Read(ref _nodes);

    public int TopicCount => Volatile.Read(ref _topicCount);

    public long Version => Volatile.Read(ref _version);

    public IReadOnlyList<TopicDescription> Topics
    {
        get
        {
            var ordered = Volatile.Read(ref _ordered);
            var version = Version;
            if (ordered.Version != version)
            {
                // Version first, topics second: a list may be newer than its version says, never older.
                var topics = _byName.ToArray().Select(t => t.Value).ToArray();
                Array.Sort(topics, static (left, right) => string.CompareOrdinal(left.Name, right.Name));
                ordered = new OrderedTopics(version, topics);
                Volatile.Write(ref _ordered, ordered);
            }

            return ordered.Topics;
        }
    }

    public bool TryGetTopic(string name, [NotNullWhen(true)] out TopicDescription? topic) => _byName.TryGetValue(name, out topic);

    public bool TryGetTopic(ReadOnlySpan<byte> utf8Name, [NotNullWhen(true)] out TopicDescription? topic) =>
        _byUtf8Name.TryGetValue(utf8Name, out topic);

    public bool TryGetTopic(Guid topicId, [NotNullWhen(true)] out TopicDescription? topic) => _byId.TryGetValue(topicId, out topic);

    /// <summary>Takes over a changed topic. Apply thread.</summary>
    public void Change(TopicDescription? before, TopicDescription? after)
    {
        if (after is not null)
        {
            _byId[after.Id] = after;
            _byName[after.Name] = after;
        }
        else if (before is not null)
        {
            _byName.TryRemove(before.Name, out _);
            _byId.TryRemove(before.Id, out _);
        }

        Volatile.Write(ref _topicCount, _topicCount + (before is null ? 1 : 0) - (after is null ? 1 : 0));
        Interlocked.Increment(ref _version);
    }

    /// <summary>Takes over a node. Apply thread.</summary>
    public void Change(NodeDescription node)
    {
        Volatile.Write(ref _nodes, [.. _nodes.Where(n => n.Id != node.Id).Append(node).OrderBy(n => n.Id)]);
        Interlocked.Increment(ref _version);
    }

    /// <summary>Takes over the leader of the cluster log. Apply thread.</summary>
    public void ChangeController(int nodeId)
    {
        Volatile.Write(ref _controllerId, nodeId);
        Interlocked.Increment(ref _version);
    }

    private sealed record OrderedTopics(long Version, TopicDescription[] Topics);
}
