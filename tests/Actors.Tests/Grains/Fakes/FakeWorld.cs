using System.Collections.Concurrent;
using Actors.Model;
using Actors.Model.Ports;
using Actors.Model.Topics;

namespace Actors.Tests.Grains.Fakes;

/// <summary>Topics and logs that several nodes share, as if replicated; only leadership differs from node to node.</summary>
internal sealed class FakeWorld
{
    private readonly ConcurrentDictionary<string, TopicDescription> _topics = new();
    private readonly ConcurrentDictionary<TopicPartitionId, FakeLog> _logs = new();
    private long _nextProducerId = 1000;

    public int TopicsCreated { get; private set; }

    public IEnumerable<TopicDescription> Topics => _topics.Values.OrderBy(t => t.Name, StringComparer.Ordinal);

    public bool TryGetTopic(string name, out TopicDescription? topic) => _topics.TryGetValue(name, out topic);

    public TopicOutcome Create(NewTopic topic, int leaderId)
    {
        if (TopicName.Check(topic.Name) is { } sentence)
        {
            return new TopicOutcome(ErrorCode.InvalidTopicException, sentence, null);
        }

        var count = topic.PartitionCount < 0 ? 1 : topic.PartitionCount;
        if (count == 0)
        {
            return new TopicOutcome(ErrorCode.InvalidPartitions, "Number of partitions must be larger than 0.", null);
        }

        var described = new TopicDescription
        {
            Name = topic.Name, Id = Guid.NewGuid(), IsInternal = topic.IsInternal, Configs = topic.Configs,
            Partitions = [.. Enumerable.Range(0, count).Select(_ => new PartitionDescription(leaderId, 0, [leaderId], [leaderId]))],
        };
        if (!_topics.TryAdd(topic.Name, described))
        {
            return new TopicOutcome(ErrorCode.TopicAlreadyExists, $"Topic '{topic.Name}' already exists.", null);
        }

        TopicsCreated++;
        return new TopicOutcome(ErrorCode.None, null, described);
    }

    public TopicOutcome Delete(Guid id)
    {
        var topic = _topics.Values.FirstOrDefault(t => t.Id == id);
        return topic is not null && _topics.TryRemove(topic.Name, out _)
            ? new TopicOutcome(ErrorCode.None, null, null)
            : new TopicOutcome(ErrorCode.UnknownTopicId, null, null);
    }

    public TopicOutcome Grow(NewPartitions change)
    {
        if (!_topics.TryGetValue(change.Topic, out var topic))
        {
            return new TopicOutcome(ErrorCode.UnknownTopicOrPartition, null, null);
        }

        if (change.TotalCount <= topic.Partitions.Count)
        {
            return new TopicOutcome(ErrorCode.InvalidPartitions, "Topic already has that many.", null);
        }

        var more = Enumerable.Repeat(topic.Partitions[0], change.TotalCount - topic.Partitions.Count);
        var grown = topic with { Partitions = [.. topic.Partitions, .. more] };
        _topics[topic.Name] = grown;
        return new TopicOutcome(ErrorCode.None, null, grown);
    }

    /// <summary>Another node leads from now on, in the next epoch.</summary>
    public void Lead(string topicName, int partition, int leaderId)
    {
        var topic = _topics[topicName];
        var partitions = topic.Partitions.ToArray();
        partitions[partition] = partitions[partition] with { LeaderId = leaderId, LeaderEpoch = partitions[partition].LeaderEpoch + 1 };
        _topics[topicName] = topic with { Partitions = partitions };
    }

    public PartitionDescription? Describe(TopicPartitionId id) =>
        _topics.Values.FirstOrDefault(t => t.Id == id.TopicId) is { } topic && id.Partition < topic.Partitions.Count
            ? topic.Partitions[id.Partition]
            : null;

    public FakeLog Log(TopicPartitionId id) => _logs.GetOrAdd(id, _ => new FakeLog());

    public FakeLog Log(string topicName, int partition = 0) => Log(new TopicPartitionId(_topics[topicName].Id, partition));

    public long NextProducerId() => Interlocked.Increment(ref _nextProducerId);
}
