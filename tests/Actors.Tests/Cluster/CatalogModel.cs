using System.Text;
using Actors.Cluster;
using Actors.Cluster.Commands;
using Actors.Model;

namespace Actors.Tests.Cluster;

/// <summary>The catalog once more, as simple as can be: lists, searched from front to back, and the outcome of every command.</summary>
internal sealed class CatalogModel
{
    private readonly List<Topic> _topics = [];
    private readonly SortedDictionary<int, long> _incarnations = [];
    private long _nextProducerId;

    public string Apply(ClusterCommand command)
    {
        switch (command)
        {
            case NodeRegistered node:
                if (_incarnations.TryGetValue(node.NodeId, out var known) && node.Incarnation <= known)
                {
                    return nameof(ErrorCode.StaleBrokerEpoch);
                }

                _incarnations[node.NodeId] = node.Incarnation;
                foreach (var partition in _topics.SelectMany(t => t.Partitions).Where(p => p.InSync.Contains(node.NodeId)))
                {
                    var alone = partition.InSync.Count == 1;
                    var led = partition.Leader == node.NodeId;
                    partition.InSync.RemoveAll(id => id == node.NodeId && !alone);
                    partition.Leader = led ? partition.InSync[0] : partition.Leader;
                    partition.Epoch += led ? 1 : 0;
                }

                return "None";
            case CreateTopic create:
                return Create(create);
            case DeleteTopic delete:
                return _topics.RemoveAll(t => t.Id == delete.TopicId) > 0 ? "None" : nameof(ErrorCode.UnknownTopicId);
            case CreatePartitions extend:
                var found = _topics.Find(t => t.Name == extend.Topic);
                if (found is null || extend.TotalCount <= found.Partitions.Count)
                {
                    return found is null ? nameof(ErrorCode.UnknownTopicOrPartition) : nameof(ErrorCode.InvalidPartitions);
                }

                var factor = found.Partitions[0].Replicas.Count;
                return Place(extend.TotalCount - found.Partitions.Count, factor, found.Partitions);
            case AllocateProducerIds allocate:
                _nextProducerId += allocate.Count;
                return "None";
            default:
                return "None";
        }
    }

    public string Describe()
    {
        var text = new StringBuilder();
        foreach (var topic in _topics.OrderBy(t => t.Name, StringComparer.Ordinal))
        {
            text.Append(topic.Name).Append(' ').Append(topic.Id);
            foreach (var p in topic.Partitions)
            {
                Describe(text, p.Leader, p.Epoch, p.Replicas, p.InSync);
            }
        }

        return text.Append('\n').Append(_nextProducerId).ToString();
    }

    public static string Describe(ClusterMachine machine)
    {
        var text = new StringBuilder();
        foreach (var topic in machine.Catalog.Topics)
        {
            text.Append(topic.Name).Append(' ').Append(topic.Id);
            foreach (var p in topic.Partitions)
            {
                Describe(text, p.LeaderId, p.LeaderEpoch, p.Replicas, p.InSync);
            }
        }

        return text.Append('\n').Append(machine.Catalog.NextProducerId).ToString();
    }

    private static void Describe(StringBuilder text, int leader, int epoch, IEnumerable<int> replicas, IEnumerable<int> inSync) =>
        text.Append(' ').Append(leader).Append('/').Append(epoch).Append('[').AppendJoin(',', replicas).Append('|').AppendJoin(',', inSync).Append(']');

    private string Create(CreateTopic create)
    {
        if (_topics.Exists(t => t.Name == create.Name))
        {
            return nameof(ErrorCode.TopicAlreadyExists);
        }

        if (_topics.Exists(t => t.Name.Replace('.', '_') == create.Name.Replace('.', '_')))
        {
            return nameof(ErrorCode.InvalidTopicException);
        }

        if (_topics.Exists(t => t.Id == create.TopicId))
        {
            return nameof(ErrorCode.InvalidRequest);
        }

        var topic = new Topic(create.Name, create.TopicId, []);
        var outcome = Place(create.PartitionCount, create.ReplicationFactor, topic.Partitions);
        if (outcome == "None")
        {
            _topics.Add(topic);
        }

        return outcome;
    }

    private string Place(int count, int factor, List<Partition> into)
    {
        if (factor > _incarnations.Count)
        {
            return nameof(ErrorCode.InvalidReplicationFactor);
        }

        var all = _topics.SelectMany(t => t.Partitions).ToList();
        for (; count > 0; count--)
        {
            var chosen = _incarnations.Keys.OrderBy(n => all.Count(p => p.Replicas.Contains(n))).ThenBy(n => n).Take(factor)
                .OrderBy(n => all.Count(p => p.Leader == n)).ThenBy(n => n).ToList();
            var partition = new Partition { Leader = chosen[0], Replicas = chosen, InSync = [.. chosen] };
            all.Add(partition);
            into.Add(partition);
        }

        return "None";
    }

    private sealed record Topic(string Name, Guid Id, List<Partition> Partitions);

    private sealed class Partition
    {
        public int Leader { get; set; }
        public int Epoch { get; set; }
        public required List<int> Replicas { get; init; }
        public required List<int> InSync { get; init; }
    }
}
