using Actors.Cluster.Catalog;
using Actors.Cluster.Snapshots;
using Actors.Cluster.Znodes;

namespace Actors.Cluster;

/// <summary>Into a snapshot and out of one.</summary>
public sealed partial class ClusterMachine
{
    /// <summary>An empty state: nothing was ever applied.</summary>
    public ClusterMachine()
    {
    }

    internal ClusterMachine(ClusterPosition position, CatalogState catalog, TreeMachine tree)
    {
        Catalog = catalog;
        Tree = tree;
        AppliedEnd = position.AppliedEnd;
        LastZxid = position.LastZxid;
        LastTimeMs = position.LastTimeMs;
        LeaderId = position.LeaderId;
        _zxidEpoch = position.ZxidEpoch;
        _zxidEpochStart = position.ZxidEpochStart;
    }

    /// <summary>The state as it is now, whole: costs a walk over everything.</summary>
    public ClusterSnapshot TakeSnapshot() => BeginSnapshot().Complete();

    /// <summary>
    /// Begins a snapshot of the state as it is now: costs one walk over nodes, topics and sessions. <see cref="ClusterSnapshot.TakeSlice"/>
    /// takes the tree in slices, between commands. One at a time: another one gives the unfinished one up.
    /// </summary>
    public ClusterSnapshot BeginSnapshot() =>
        new(new ClusterPosition(AppliedEnd, LastZxid, LastTimeMs, _zxidEpoch, _zxidEpochStart, LeaderId), Catalog, Tree);
}
