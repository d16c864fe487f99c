using Actors.Model;
using Actors.Model.Ports;

namespace Actors.Dashboard.Api;

/// <summary>Where partitions end, for one request: cold ones are opened up to a bound, the rest is not known.</summary>
internal sealed class PartitionEnds(NodePorts ports, int maxOpened)
{
    private readonly Dictionary<TopicPartitionId, PartitionOffsets?> _known = [];
    private int _left = maxOpened;

    /// <summary>The offsets of a partition led here, or null.</summary>
    public async ValueTask<PartitionOffsets?> FindAsync(string topic, int partition, CancellationToken cancellationToken)
    {
        if (!ports.Catalog.TryGetTopic(topic, out var described) || partition < 0 || partition >= described.Partitions.Count
            || described.Partitions[partition].LeaderId != ports.Catalog.NodeId)
        {
            return null;
        }

        var id = new TopicPartitionId(described.Id, partition);
        if (_known.TryGetValue(id, out var known))
        {
            return known;
        }

        if (!ports.Partitions.TryGetOpen(id, out var open) && _left > 0)
        {
            _left--;
            open = (await ports.Partitions.OpenAsync(id, cancellationToken).ConfigureAwait(false)).Partition;
        }

        return _known[id] = open?.Offsets;
    }
}
