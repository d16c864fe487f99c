using Actors.Cluster.Catalog;

namespace Actors.Cluster;

/// <summary>What changed.</summary>
public enum ClusterEventKind : byte
{
    /// <summary>Nothing.</summary>
    None = 0,
    /// <summary>A topic was created, changed or deleted.</summary>
    Topic = 1,
    /// <summary>A node registered.</summary>
    Node = 2,
    /// <summary>A leader of the cluster log began.</summary>
    Leader = 3,
}

/// <summary>One change that a command made, for whoever watches.</summary>
public readonly struct ClusterEvent
{
    private ClusterEvent(ClusterEventKind kind) => Kind = kind;

    /// <summary>What changed.</summary>
    public ClusterEventKind Kind { get; }

    /// <summary>The topic before; null: it was created.</summary>
    public TopicState? Before { get; private init; }

    /// <summary>The topic after; null: it was deleted.</summary>
    public TopicState? After { get; private init; }

    /// <summary>The node that registered.</summary>
    public NodeState? Node { get; private init; }

    /// <summary>The leader of the cluster log.</summary>
    public int LeaderId { get; private init; }

    internal static ClusterEvent TopicChanged(TopicState? before, TopicState? after) =>
        new(ClusterEventKind.Topic) { Before = before, After = after };

    internal static ClusterEvent NodeChanged(NodeState node) => new(ClusterEventKind.Node) { Node = node };

    internal static ClusterEvent LeaderChanged(int leaderId) => new(ClusterEventKind.Leader) { LeaderId = leaderId };
}
