namespace Actors.Cluster.Sessions;

/// <summary>A session of the tree: who owns it, and what goes with it.</summary>
public sealed class TreeSession
{
    internal TreeSession(long id, int timeoutMs)
    {
        Id = id;
        TimeoutMs = timeoutMs;
    }

    /// <summary>Its id; never 0.</summary>
    public long Id { get; }

    /// <summary>How long it may be silent, in ms, as agreed with the client.</summary>
    public int TimeoutMs { get; internal set; }

    /// <summary>The start of a node that serves it, by its producer id in the cluster log; -1: no owner.</summary>
    public long OwnerNode { get; internal set; } = -1;

    /// <summary>The connection there; -1: no owner.</summary>
    public long OwnerConnection { get; internal set; } = -1;

    /// <summary>Number of its ephemeral znodes.</summary>
    public int EphemeralCount => Ephemerals.Count;

    /// <summary>Slots of its ephemeral znodes; in no order that means anything.</summary>
    internal HashSet<int> Ephemerals { get; } = [];

    /// <summary>Results of its numbered operations; null while it has had none.</summary>
    internal RetainedResults? Results { get; set; }
}
