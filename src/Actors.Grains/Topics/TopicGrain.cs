using System.Collections.Immutable;
using Actors.Abstractions;
using Actors.Model.Ports;

namespace Actors.Grains;

/// <summary>The address of one topic: reads this node's catalog, and turns changes into commands of the cluster log.</summary>
[GrainType("actors.topic")]
public sealed class TopicGrain(ICatalog catalog, ICatalogCommands commands) : Grain, ITopicGrain
{
    private string Name => this.GetPrimaryKeyString();

    /// <inheritdoc/>
    public async ValueTask<Answer<TopicInfo>> CreateAsync(TopicSpec spec, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var outcome = await commands.CreateTopicAsync(
            new NewTopic
            {
                Name = Name,
                PartitionCount = spec.PartitionCount,
                ReplicationFactor = spec.ReplicationFactor,
                Configs = spec.Configs,
            },
            cancellationToken);
        return ToAnswer(outcome);
    }

    /// <inheritdoc/>
    public ValueTask<Answer<TopicInfo>> DescribeAsync(CancellationToken cancellationToken = default) =>
        new(catalog.TryGetTopic(Name, out var topic) ? Answer.Done(ToContract(topic)) : Unknown());

    /// <inheritdoc/>
    public async ValueTask<Answer<TopicInfo>> DeleteAsync(CancellationToken cancellationToken = default)
    {
        if (!catalog.TryGetTopic(Name, out var topic))
        {
            return Unknown();
        }

        if (topic.IsInternal)
        {
            return Answer.Failed<TopicInfo>(ErrorCode.InvalidTopicException, $"Topic '{Name}' belongs to the cluster itself.");
        }

        var outcome = await commands.DeleteTopicAsync(topic.Id, cancellationToken);
        return outcome.Error == ErrorCode.None ? Answer.Done(ToContract(topic)) : ToAnswer(outcome);
    }

    /// <inheritdoc/>
    public async ValueTask<Answer<TopicInfo>> AddPartitionsAsync(int totalCount, CancellationToken cancellationToken = default) =>
        ToAnswer(await commands.CreatePartitionsAsync(new NewPartitions { Topic = Name, TotalCount = totalCount }, cancellationToken));

    /// <inheritdoc/>
    public async ValueTask<Answer<ProducerInfo>> OpenProducerAsync(CancellationToken cancellationToken = default)
    {
        var identity = await commands.AllocateProducerIdAsync(cancellationToken);
        return identity.Error == ErrorCode.None
            ? Answer.Done(new ProducerInfo(identity.ProducerId, identity.ProducerEpoch))
            : Answer.Failed<ProducerInfo>(identity.Error);
    }

    private static TopicInfo ToContract(TopicDescription topic) => new()
    {
        Name = topic.Name,
        TopicId = topic.Id,
        IsInternal = topic.IsInternal,
        Partitions = [.. topic.Partitions.Select(p => new PartitionInfo(p.LeaderId, p.LeaderEpoch, [.. p.Replicas], [.. p.InSyncReplicas]))],
        Configs = topic.Configs.ToImmutableDictionary(),
    };

    private Answer<TopicInfo> ToAnswer(TopicOutcome outcome)
    {
        if (outcome.Error != ErrorCode.None)
        {
            return Answer.Failed<TopicInfo>(outcome.Error, outcome.Message);
        }

        return (outcome.Topic ?? (catalog.TryGetTopic(Name, out var topic) ? topic : null)) is { } now
            ? Answer.Done(ToContract(now))
            : Unknown(); // deleted again before we could look
    }

    private Answer<TopicInfo> Unknown() =>
        Answer.Failed<TopicInfo>(ErrorCode.UnknownTopicOrPartition, $"There is no topic '{Name}'.");
}
