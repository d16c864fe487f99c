using Actors.Model.Topics;

namespace Actors.Model.Ports;

/// <summary>
/// Changes to the catalog. Each is a command in the <c>__cluster</c> log: the outcome is decided when it is applied, and the task
/// completes once that has happened on this node (so a following read sees it).
/// </summary>
public interface ICatalogCommands
{
    /// <summary>Creates a topic.</summary>
    ValueTask<TopicOutcome> CreateTopicAsync(NewTopic topic, CancellationToken cancellationToken);

    /// <summary>Deletes a topic and, once applied, its data.</summary>
    ValueTask<TopicOutcome> DeleteTopicAsync(Guid topicId, CancellationToken cancellationToken);

    /// <summary>Raises the number of partitions.</summary>
    ValueTask<TopicOutcome> CreatePartitionsAsync(NewPartitions partitions, CancellationToken cancellationToken);

    /// <summary>Changes settings of a topic: all of the changes or none. They take effect in running partitions.</summary>
    ValueTask<TopicOutcome> ChangeTopicConfigsAsync(TopicConfigChanges changes, CancellationToken cancellationToken);

    /// <summary>A producer id that was never given out before, with its epoch (0).</summary>
    ValueTask<ProducerIdentity> AllocateProducerIdAsync(CancellationToken cancellationToken);
}

/// <summary>A topic to create.</summary>
public sealed record NewTopic
{
    /// <summary>The name.</summary>
    public required string Name { get; init; }
    /// <summary>Number of partitions; -1: the configured default. Ignored when <see cref="Assignments"/> is given.</summary>
    public required int PartitionCount { get; init; }
    /// <summary>Replicas per partition; -1: the configured default.</summary>
    public required int ReplicationFactor { get; init; }
    /// <summary>Replica lists per partition, or null: the controller places them.</summary>
    public IReadOnlyList<IReadOnlyList<int>>? Assignments { get; init; }
    /// <summary>Settings by Kafka's names.</summary>
    public IReadOnlyDictionary<string, string> Configs { get; init; } = new Dictionary<string, string>();
    /// <summary>Check and answer, change nothing.</summary>
    public bool ValidateOnly { get; init; }
    /// <summary>Internal topics are created by parts of the node only.</summary>
    public bool IsInternal { get; init; }
}

/// <summary>A change of a topic's number of partitions.</summary>
public sealed record NewPartitions
{
    /// <summary>The topic.</summary>
    public required string Topic { get; init; }
    /// <summary>The new total.</summary>
    public required int TotalCount { get; init; }
    /// <summary>Replica lists for the new ones, or null.</summary>
    public IReadOnlyList<IReadOnlyList<int>>? Assignments { get; init; }
    /// <summary>Check and answer, change nothing.</summary>
    public bool ValidateOnly { get; init; }
}

/// <summary>Changes of a topic's settings.</summary>
public sealed record TopicConfigChanges
{
    /// <summary>The topic.</summary>
    public required string Topic { get; init; }
    /// <summary>What is not set here goes back to its default (AlterConfigs).</summary>
    public bool ReplaceAll { get; init; }
    /// <summary>The changes, in order.</summary>
    public required IReadOnlyList<ConfigChange> Changes { get; init; }
    /// <summary>Check and answer, change nothing.</summary>
    public bool ValidateOnly { get; init; }
}

/// <summary>Outcome of a change to a topic.</summary>
/// <param name="Error">None, or why it was refused.</param>
/// <param name="Message">A sentence for the user where there is an error.</param>
/// <param name="Topic">The topic after the change (or as it would be, when only validated).</param>
public sealed record TopicOutcome(ErrorCode Error, string? Message, TopicDescription? Topic);

/// <summary>An idempotent producer's identity.</summary>
/// <param name="Error">None, or why there is none.</param>
/// <param name="ProducerId">The id, or -1.</param>
/// <param name="ProducerEpoch">The epoch, or -1.</param>
public readonly record struct ProducerIdentity(ErrorCode Error, long ProducerId, short ProducerEpoch);
