using Actors.Cluster.Catalog;
using Actors.Cluster.Snapshots;

namespace Actors.Cluster;

/// <summary>Into a snapshot and out of one.</summary>
public sealed partial class ClusterMachine
{
    /// <summary>An empty state: nothing was ever applied.</summary>
    public ClusterMachine()
    {
    }

    internal ClusterMachine(ClusterPosition position, CatalogState catalog)
    {
        Catalog = catalog;
        AppliedEnd = position.AppliedEnd;
        LastZxid = position.LastZxid;
        LastTimeMs = position.LastTimeMs;
        LeaderId = position.LeaderId;
        _zxidEpoch = position.ZxidEpoch;
        _zxidEpochStart = position.ZxidEpochStart;
    }

    /// <summary>The state as it is now; costs one walk over nodes and topics, no encoding.</summary>
    public ClusterSnapshot TakeSnapshot() =>
        new(new ClusterPosition(AppliedEnd, LastZxid, LastTimeMs, _zxidEpoch, _zxidEpochStart, LeaderId), Catalog);
}
