using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Actors.Model;
using Actors.Model.Leases;
using Actors.Model.Ports;
using Actors.Model.Topics;

namespace Actors.Tests.KafkaListener;

/// <summary>The ports of a node, all in memory: catalog, commands, partitions.</summary>
internal sealed class FakeNode(LeasePool pool) : ICatalog, ICatalogCommands, ILocalPartitions
{
    private const int MaxPartitions = 10_000;
    private readonly SortedDictionary<string, TopicDescription> _topics = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<TopicPartitionId, FakePartition> _open = new();
    private long _producerIds = 1000;

    public string ClusterId => "AAAAAAAAAAAAAAAAAAAAAA";
    public int NodeId => 1;
    public int ControllerId => 1;
    public IReadOnlyList<NodeDescription> Nodes { get; set; } = [new(1, "", 0, null), new(2, "other", 9093, "r2")];
    public IReadOnlyList<TopicDescription> Topics => [.. _topics.Values];
    public int TopicCount => _topics.Count;
    public long Version => 0;
    public IReadOnlyList<LogDirectoryStatus> LogDirectories { get; set; } = [new("/data/logs", 1000, 400, null)];

    /// <summary>Opening a partition waits for this.</summary>
    public TaskCompletionSource? OpenGate { get; set; }

    /// <summary>Creating a topic waits for this.</summary>
    public TaskCompletionSource? CommandGate { get; set; }

    public bool CommandsCancel { get; set; }
    public int CommandCount { get; private set; }

    public FakePartition this[string topic, int partition] => Open(_topics[topic], partition);

    public FakeNode With(
        string name, int partitions = 1, int leader = 1, bool open = true, IReadOnlyDictionary<string, string>? configs = null)
    {
        var topic = Describe(name, partitions, leader, configs);
        _topics[name] = topic;
        for (var i = 0; open && leader == NodeId && i < partitions; i++)
        {
            Open(topic, i);
        }

        return this;
    }

    public bool TryGetTopic(string name, [NotNullWhen(true)] out TopicDescription? topic)
    {
        lock (_topics)
        {
            return _topics.TryGetValue(name, out topic);
        }
    }

    public bool TryGetTopic(ReadOnlySpan<byte> utf8Name, [NotNullWhen(true)] out TopicDescription? topic) =>
        TryGetTopic(Encoding.UTF8.GetString(utf8Name), out topic);

    public bool TryGetTopic(Guid topicId, [NotNullWhen(true)] out TopicDescription? topic)
    {
        lock (_topics)
        {
            topic = _topics.Values.FirstOrDefault(t => t.Id == topicId);
            return topic is not null;
        }
    }

    public async ValueTask<TopicOutcome> CreateTopicAsync(NewTopic topic, CancellationToken cancellationToken)
    {
        CommandCount++;
        if (CommandGate is { } gate)
        {
            await (CommandsCancel ? gate.Task.WaitAsync(cancellationToken) : gate.Task);
        }

        if (TryGetTopic(topic.Name, out _))
        {
            return new TopicOutcome(ErrorCode.TopicAlreadyExists, $"Topic '{topic.Name}' already exists.", null);
        }

        if (topic.PartitionCount is 0 or < -1 or > MaxPartitions)
        {
            return new TopicOutcome(ErrorCode.InvalidPartitions, "too few or too many", null);
        }

        if (TopicConfigs.Check(topic.Configs) is { } wrong)
        {
            return new TopicOutcome(ErrorCode.InvalidConfig, wrong, null);
        }

        var partitions = topic.Assignments?.Count ?? (topic.PartitionCount < 0 ? 1 : topic.PartitionCount);
        var description = Describe(topic.Name, partitions, NodeId, topic.Configs);
        if (!topic.ValidateOnly)
        {
            lock (_topics)
            {
                _topics[topic.Name] = description;
            }
        }

        return new TopicOutcome(ErrorCode.None, null, description);
    }

    public ValueTask<TopicOutcome> DeleteTopicAsync(Guid topicId, CancellationToken cancellationToken)
    {
        lock (_topics)
        {
            var topic = _topics.Values.FirstOrDefault(t => t.Id == topicId);
            return topic is null || !_topics.Remove(topic.Name)
                ? ValueTask.FromResult(new TopicOutcome(ErrorCode.UnknownTopicId, "gone", null))
                : ValueTask.FromResult(new TopicOutcome(ErrorCode.None, null, topic));
        }
    }

    public ValueTask<TopicOutcome> CreatePartitionsAsync(NewPartitions partitions, CancellationToken cancellationToken)
    {
        lock (_topics)
        {
            if (!_topics.TryGetValue(partitions.Topic, out var topic))
            {
                return ValueTask.FromResult(new TopicOutcome(ErrorCode.UnknownTopicOrPartition, "no such topic", null));
            }

            if (partitions.TotalCount <= topic.Partitions.Count || partitions.TotalCount > MaxPartitions)
            {
                return ValueTask.FromResult(new TopicOutcome(ErrorCode.InvalidPartitions, "not more than now", null));
            }

            var more = topic with { Partitions = [.. Enumerable.Range(0, partitions.TotalCount).Select(_ => topic.Partitions[0])] };
            if (!partitions.ValidateOnly)
            {
                _topics[partitions.Topic] = more;
            }

            return ValueTask.FromResult(new TopicOutcome(ErrorCode.None, null, more));
        }
    }

    public ValueTask<TopicOutcome> ChangeTopicConfigsAsync(TopicConfigChanges changes, CancellationToken cancellationToken)
    {
        lock (_topics)
        {
            if (!_topics.TryGetValue(changes.Topic, out var topic))
            {
                return ValueTask.FromResult(new TopicOutcome(ErrorCode.UnknownTopicOrPartition, "no such topic", null));
            }

            var configs = changes.ReplaceAll ? [] : topic.Configs.ToDictionary(c => c.Key, c => c.Value, StringComparer.Ordinal);
            foreach (var change in changes.Changes)
            {
                configs.Remove(change.Name);
                if (change.Operation == ConfigOperation.Set)
                {
                    configs[change.Name] = change.Value!;
                }
            }

            var wrong = TopicConfigs.Check(configs);
            var after = topic with { Configs = configs };
            if (wrong is null && !changes.ValidateOnly)
            {
                _topics[changes.Topic] = after;
            }

            return ValueTask.FromResult(wrong is null
                ? new TopicOutcome(ErrorCode.None, null, after) : new TopicOutcome(ErrorCode.InvalidConfig, wrong, null));
        }
    }

    public ValueTask<ProducerIdentity> AllocateProducerIdAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(new ProducerIdentity(ErrorCode.None, Interlocked.Increment(ref _producerIds), 0));

    public bool TryGetOpen(TopicPartitionId id, [NotNullWhen(true)] out ILocalPartition? partition)
    {
        partition = _open.GetValueOrDefault(id);
        return partition is not null;
    }

    public async ValueTask<PartitionOpening> OpenAsync(TopicPartitionId id, CancellationToken cancellationToken)
    {
        if (OpenGate is { } gate)
        {
            await gate.Task;
        }

        if (!TryGetTopic(id.TopicId, out var topic))
        {
            return new PartitionOpening(ErrorCode.UnknownTopicId, null);
        }

        return topic.Partitions[id.Partition].LeaderId != NodeId
            ? new PartitionOpening(ErrorCode.NotLeaderOrFollower, null)
            : new PartitionOpening(ErrorCode.None, Open(topic, id.Partition));
    }

    public long GetSizeBytes(TopicPartitionId id) => _open.TryGetValue(id, out var open) ? open.Batches.Sum(b => b.Length) : -1;

    private FakePartition Open(TopicDescription topic, int index)
    {
        var id = new TopicPartitionId(topic.Id, index);
        return _open.GetOrAdd(id, i => new FakePartition(i, topic.Name, pool));
    }

    private static TopicDescription Describe(string name, int partitions, int leader, IReadOnlyDictionary<string, string>? configs) => new()
    {
        Name = name,
        Id = Guid.NewGuid(),
        IsInternal = name.StartsWith("__", StringComparison.Ordinal),
        Partitions = [.. Enumerable.Range(0, partitions).Select(_ => new PartitionDescription(leader, 5, [leader], [leader]))],
        Configs = configs ?? new Dictionary<string, string>(),
    };
}
