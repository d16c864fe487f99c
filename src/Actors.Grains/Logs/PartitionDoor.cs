using Actors.Abstractions;
using Actors.Model;
using Actors.Model.Ports;

namespace Actors.Grains;

/// <summary>The way from a partition's name to the partition this node leads. The catalog decides; nothing is remembered here.</summary>
internal sealed class PartitionDoor(ICatalog catalog, ILocalPartitions partitions)
{
    /// <summary>Opens the partition, if this node leads it.</summary>
    public ValueTask<DoorAnswer> OpenAsync(PartitionKey key, CancellationToken cancellationToken)
    {
        if (!catalog.TryGetTopic(key.Topic, out var topic) || key.Partition >= topic.Partitions.Count)
        {
            return new(new DoorAnswer(ErrorCode.UnknownTopicOrPartition, null, -1, -1, false));
        }

        var described = topic.Partitions[key.Partition];
        if (described.LeaderId != catalog.NodeId)
        {
            var error = described.LeaderId < 0 ? ErrorCode.LeaderNotAvailable : ErrorCode.NotLeaderOrFollower;
            return new(new DoorAnswer(error, null, described.LeaderId, described.LeaderEpoch, topic.IsInternal));
        }

        var id = new TopicPartitionId(topic.Id, key.Partition);
        return partitions.TryGetOpen(id, out var open)
            ? new(new DoorAnswer(ErrorCode.None, open, described.LeaderId, described.LeaderEpoch, topic.IsInternal))
            : OpenColdAsync(id, described, topic.IsInternal, cancellationToken);
    }

    private async ValueTask<DoorAnswer> OpenColdAsync(
        TopicPartitionId id, PartitionDescription described, bool isInternal, CancellationToken cancellationToken)
    {
        var opening = await partitions.OpenAsync(id, cancellationToken);
        return new DoorAnswer(opening.Error, opening.Partition, described.LeaderId, described.LeaderEpoch, isInternal);
    }
}

/// <summary>What stands behind the door.</summary>
/// <param name="Error">None, or why there is no partition.</param>
/// <param name="Partition">The open partition if <paramref name="Error"/> is None.</param>
/// <param name="LeaderId">Its leader by the catalog, or -1.</param>
/// <param name="LeaderEpoch">Its epoch by the catalog, or -1.</param>
/// <param name="IsInternal">Whether its topic belongs to the cluster's own parts.</param>
internal readonly record struct DoorAnswer(ErrorCode Error, ILocalPartition? Partition, int LeaderId, int LeaderEpoch, bool IsInternal)
{
    /// <summary>The refusal as a call's answer.</summary>
    public Answer<T> Refuse<T>(PartitionKey key)
        where T : class => Answer.Failed<T>(Error, Sentence(key), LeaderEpoch, LeaderId);

    private string? Sentence(PartitionKey key) => Error switch
    {
        ErrorCode.UnknownTopicOrPartition => $"There is no partition {key}.",
        ErrorCode.NotLeaderOrFollower => $"Partition {key} is led by node {LeaderId}.",
        ErrorCode.LeaderNotAvailable => $"Partition {key} has no leader at the moment.",
        ErrorCode.KafkaStorageError => $"The log of partition {key} does not open.",
        _ => null,
    };
}
