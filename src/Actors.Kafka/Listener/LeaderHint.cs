using Actors.Kafka.Wire;

namespace Actors.Kafka.Listener;

/// <summary>Who leads a partition, told to a client that asked the wrong node (KIP-951).</summary>
/// <param name="LeaderId">The node, or -1.</param>
/// <param name="LeaderEpoch">Its epoch, or -1.</param>
internal readonly record struct LeaderHint(int LeaderId, int LeaderEpoch)
{
    public static LeaderHint None => new(-1, -1);

    /// <summary>The hint from the catalog; adds the leader's address to <paramref name="endpoints"/>.</summary>
    public static LeaderHint Of(KafkaConnection connection, Guid topicId, int partition, ref List<NodeEndpoint>? endpoints)
    {
        var catalog = connection.Services.Catalog;
        if (!catalog.TryGetTopic(topicId, out var topic) || (uint)partition >= (uint)topic.Partitions.Count)
        {
            return None;
        }

        var known = topic.Partitions[partition];
        foreach (var node in catalog.Nodes)
        {
            if (node.Id == known.LeaderId)
            {
                endpoints ??= [];
                if (!endpoints.Exists(e => e.NodeId == node.Id))
                {
                    endpoints.Add(new NodeEndpoint(node.Id, connection.HostOf(node), connection.PortOf(node), node.Rack));
                }

                return new LeaderHint(known.LeaderId, known.LeaderEpoch);
            }
        }

        return None;
    }
}
