using Actors.Model.Ports;

namespace Actors.Dashboard;

/// <summary>Where the figures come from: the ports of an open node.</summary>
/// <param name="Catalog">Topics, partitions, nodes.</param>
/// <param name="Partitions">Partitions led here, log directories.</param>
/// <param name="Traffic">What went through the partitions.</param>
/// <param name="Tree">The znode tree, its sessions and watches.</param>
/// <param name="Groups">The consumer groups coordinated here.</param>
/// <param name="Listeners">The protocol listeners.</param>
public sealed record NodePorts(
    ICatalog Catalog, ILocalPartitions Partitions, IPartitionStatistics Traffic, ILocalTree Tree, ILocalGroups Groups,
    IReadOnlyList<IListenerStatistics> Listeners)
{
    /// <summary>The listener of ZooKeeper's protocol, or null if it is off.</summary>
    public IListenerStatistics? ZooKeeper => Listeners.FirstOrDefault(l => l.Protocol == "zookeeper");
}
