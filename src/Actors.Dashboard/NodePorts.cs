using Actors.Model.Ports;

namespace Actors.Dashboard;

/// <summary>Where the figures come from: the ports of an open node.</summary>
/// <param name="Catalog">Topics, partitions, nodes.</param>
/// <param name="Partitions">Partitions led here, log directories.</param>
/// <param name="Traffic">What went through the partitions.</param>
/// <param name="Listeners">The protocol listeners.</param>
public sealed record NodePorts(
    ICatalog Catalog, ILocalPartitions Partitions, IPartitionStatistics Traffic, IReadOnlyList<IListenerStatistics> Listeners);
