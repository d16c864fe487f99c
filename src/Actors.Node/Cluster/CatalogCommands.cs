using Actors.Cluster;
using Actors.Cluster.Commands;
using Actors.Model;
using Actors.Model.Ports;
using Actors.Model.Topics;

namespace Actors.Node.Cluster;

/// <summary>Turns what callers want into commands, with this node's defaults filled in, and waits for their outcome.</summary>
internal sealed class CatalogCommands(ClusterHost host, ClusterHostOptions options, int nodeId, TimeProvider time) : ICatalogCommands
{
    private readonly Lock _idsGate = new();
    private long _nextProducerId;
    private long _producerIdsEnd;
    private Task<ErrorCode>? _refill;

    public async ValueTask<TopicOutcome> CreateTopicAsync(NewTopic topic, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(topic);
        if (!topic.IsInternal && ReservedTopics.Contains(topic.Name))
        {
            return new TopicOutcome(ErrorCode.InvalidTopicException, $"The name '{topic.Name}' is kept for an internal topic.", null);
        }

        var factor = topic.ReplicationFactor == -1 ? options.DefaultReplicationFactor : topic.ReplicationFactor;
        if (factor > short.MaxValue)
        {
            return new TopicOutcome(ErrorCode.InvalidReplicationFactor, $"Replication factor {factor} is out of range.", null);
        }

        var command = new CreateTopic
        {
            TopicId = CreateTopicId(),
            Name = topic.Name,
            IsInternal = topic.IsInternal,
            PartitionCount = topic.PartitionCount == -1 ? options.DefaultPartitions : topic.PartitionCount,
            ReplicationFactor = (short)factor,
            Assignments = topic.Assignments,
            Configs = topic.Configs,
        };
        return await RunAsync(command, topic.ValidateOnly, grows: true, cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<TopicOutcome> DeleteTopicAsync(Guid topicId, CancellationToken cancellationToken) =>
        RunAsync(new DeleteTopic(topicId), validateOnly: false, grows: false, cancellationToken);

    public ValueTask<TopicOutcome> CreatePartitionsAsync(NewPartitions partitions, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(partitions);
        var command = new CreatePartitions
        {
            Topic = partitions.Topic, TotalCount = partitions.TotalCount, Assignments = partitions.Assignments,
        };
        return RunAsync(command, partitions.ValidateOnly, grows: true, cancellationToken);
    }

    public ValueTask<TopicOutcome> ChangeTopicConfigsAsync(TopicConfigChanges changes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(changes);
        var command = new ChangeTopicConfigs { Topic = changes.Topic, ReplaceAll = changes.ReplaceAll, Changes = changes.Changes };
        return RunAsync(command, changes.ValidateOnly, grows: false, cancellationToken);
    }

    public async ValueTask<ProducerIdentity> AllocateProducerIdAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task<ErrorCode> refill;
            lock (_idsGate)
            {
                if (_nextProducerId < _producerIdsEnd)
                {
                    return new ProducerIdentity(ErrorCode.None, _nextProducerId++, 0);
                }

                // One block for all who wait; whoever finds it used up asks for the next.
                refill = _refill ??= RefillAsync();
            }

            var error = await refill.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (error != ErrorCode.None)
            {
                return new ProducerIdentity(error, -1, -1);
            }
        }
    }

    private async Task<ErrorCode> RefillAsync()
    {
        await Task.Yield();
        var outcome = await ProposeAsync(new AllocateProducerIds(nodeId, AllocateProducerIds.BlockCount), CancellationToken.None).ConfigureAwait(false);
        lock (_idsGate)
        {
            _refill = null;
            if (outcome.Error == ErrorCode.None)
            {
                _nextProducerId = outcome.FirstProducerId;
                _producerIdsEnd = outcome.FirstProducerId + AllocateProducerIds.BlockCount;
            }
        }

        // Clients try again on this one; it is what a Kafka broker without a block answers.
        return outcome.Error == ErrorCode.None ? ErrorCode.None : ErrorCode.CoordinatorLoadInProgress;
    }

    private async ValueTask<TopicOutcome> RunAsync(ClusterCommand command, bool validateOnly, bool grows, CancellationToken cancellationToken)
    {
        if (grows && host.IsFull)
        {
            return new TopicOutcome(ErrorCode.KafkaStorageError, "The disk is full: nothing is created until there is room again.", null);
        }

        var outcome = validateOnly ? host.Check(command) : await ProposeAsync(command, cancellationToken).ConfigureAwait(false);
        return new TopicOutcome(outcome.Error, outcome.Message, outcome.Topic?.Description);
    }

    private async Task<CommandOutcome> ProposeAsync(ClusterCommand command, CancellationToken cancellationToken)
    {
        try
        {
            return await host.ProposeAsync(command).WaitAsync(options.CommandTimeout, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return new CommandOutcome(
                ErrorCode.RequestTimedOut, "The command was not applied in time; whether it will be is not known.", null, -1);
        }
    }

    private static Guid CreateTopicId()
    {
        Span<byte> bytes = stackalloc byte[16];
        Guid id;
        do
        {
            id = Guid.NewGuid();
            id.TryWriteBytes(bytes, bigEndian: true, out _);
        }
        while (bytes[0] >> 2 == 62); // its base64 would begin with '-', which Kafka's tools take for an option

        return id;
    }
}
