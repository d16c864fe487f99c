using System.Diagnostics.CodeAnalysis;
using System.Text;
using Actors.Model;
using Actors.Model.Ports;

namespace Actors.Tests.Grains.Fakes;

/// <summary>One node's ports over a <see cref="FakeWorld"/>.</summary>
internal sealed class FakeNode(FakeWorld world, int nodeId) : ICatalog, ICatalogCommands, ILocalPartitions
{
    private readonly Dictionary<(TopicPartitionId, int), FakePartition> _open = [];

    public string ClusterId => "fake-cluster-of-tests--";
    public int NodeId => nodeId;
    public int ControllerId => 1;
    public IReadOnlyList<NodeDescription> Nodes => [new(nodeId, "", 9092, null)];
    public IReadOnlyList<TopicDescription> Topics => [.. world.Topics];
    public int TopicCount => Topics.Count;
    public long Version => 0;
    public IReadOnlyList<LogDirectoryStatus> LogDirectories => [];

    public bool TryGetTopic(string name, [NotNullWhen(true)] out TopicDescription? topic) => world.TryGetTopic(name, out topic);

    public bool TryGetTopic(ReadOnlySpan<byte> utf8Name, [NotNullWhen(true)] out TopicDescription? topic) =>
        world.TryGetTopic(Encoding.UTF8.GetString(utf8Name), out topic);

    public bool TryGetTopic(Guid topicId, [NotNullWhen(true)] out TopicDescription? topic) =>
        (topic = world.Topics.FirstOrDefault(t => t.Id == topicId)) is not null;

    public ValueTask<TopicOutcome> CreateTopicAsync(NewTopic topic, CancellationToken cancellationToken) => new(world.Create(topic, nodeId));

    public ValueTask<TopicOutcome> DeleteTopicAsync(Guid topicId, CancellationToken cancellationToken) => new(world.Delete(topicId));

    public ValueTask<TopicOutcome> CreatePartitionsAsync(NewPartitions partitions, CancellationToken cancellationToken) =>
        new(world.Grow(partitions));

    public ValueTask<TopicOutcome> ChangeTopicConfigsAsync(TopicConfigChanges changes, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<ProducerIdentity> AllocateProducerIdAsync(CancellationToken cancellationToken) =>
        new(new ProducerIdentity(ErrorCode.None, world.NextProducerId(), 0));

    public bool TryGetOpen(TopicPartitionId id, [NotNullWhen(true)] out ILocalPartition? partition)
    {
        partition = null;
        if (world.Describe(id) is not { } described || described.LeaderId != nodeId)
        {
            return false;
        }

        lock (_open)
        {
            if (_open.TryGetValue((id, described.LeaderEpoch), out var open))
            {
                partition = open;
            }
        }

        return partition is not null;
    }

    public ValueTask<PartitionOpening> OpenAsync(TopicPartitionId id, CancellationToken cancellationToken)
    {
        if (world.Describe(id) is not { } described)
        {
            return new(new PartitionOpening(ErrorCode.UnknownTopicOrPartition, null));
        }

        if (described.LeaderId != nodeId)
        {
            return new(new PartitionOpening(ErrorCode.NotLeaderOrFollower, null));
        }

        lock (_open)
        {
            var key = (id, described.LeaderEpoch);
            if (!_open.TryGetValue(key, out var open))
            {
                var name = world.Topics.First(t => t.Id == id.TopicId).Name;
                _open.Add(key, open = new FakePartition(id, name, described.LeaderEpoch, world.Log(id)));
            }

            return new(new PartitionOpening(ErrorCode.None, open));
        }
    }

    public long GetSizeBytes(TopicPartitionId id) => -1;
}
