using System.Collections.Immutable;
using Actors.Cluster.Catalog;
using Actors.Cluster.Commands;
using Actors.Model;
using Actors.Model.Machines;
using Actors.Model.Topics;

namespace Actors.Cluster;

/// <summary>Topics and partitions; errors and their sentences are those of Kafka's ReplicationControlManager.</summary>
public sealed partial class ClusterMachine
{
    private CommandOutcome Create(CreateTopic create, Zxid zxid, bool commit, ref Effects<ClusterEvent> events)
    {
        if (CheckName(create) is { } wrongName)
        {
            return wrongName;
        }

        if (create.Assignments is null && create.PartitionCount <= 0)
        {
            return CommandOutcome.Refused(
                ErrorCode.InvalidPartitions, "Number of partitions was set to an invalid non-positive value.");
        }

        if (create.Assignments is null && create.ReplicationFactor <= 0)
        {
            return CommandOutcome.Refused(
                ErrorCode.InvalidReplicationFactor, "Replication factor was set to an invalid non-positive value.");
        }

        if (TopicConfigs.Check(create.Configs) is { } wrongConfig)
        {
            return CommandOutcome.Refused(ErrorCode.InvalidConfig, wrongConfig);
        }

        if (create.Assignments is { Count: 0 })
        {
            return CommandOutcome.Refused(ErrorCode.InvalidReplicaAssignment, "No partition is assigned.");
        }

        var refusal = PlacePartitions(
            create.Assignments?.Count ?? create.PartitionCount, create.Assignments?[0].Count ?? create.ReplicationFactor,
            create.Assignments, out var placed);
        if (refusal is not null)
        {
            return refusal.Value;
        }

        var topic = new TopicState(create.Name, create.TopicId, create.IsInternal, zxid, create.Configs, [.. placed.Select(PartitionState.Create)]);
        if (commit)
        {
            Catalog.Add(topic);
            events.Add(ClusterEvent.TopicChanged(null, topic));
        }

        return CommandOutcome.Changed(topic);
    }

    private CommandOutcome? CheckName(CreateTopic create)
    {
        if (TopicName.Check(create.Name) is { } wrong)
        {
            return CommandOutcome.Refused(ErrorCode.InvalidTopicException, wrong);
        }

        if (Catalog.TryGetTopic(create.Name, out _))
        {
            return CommandOutcome.Refused(ErrorCode.TopicAlreadyExists, $"Topic '{create.Name}' already exists.");
        }

        if (Catalog.FindCollision(create.Name) is { } other)
        {
            return CommandOutcome.Refused(
                ErrorCode.InvalidTopicException, $"Topic '{create.Name}' collides with existing topic: {other}");
        }

        return create.TopicId == Guid.Empty || Catalog.TryGetTopic(create.TopicId, out _)
            ? CommandOutcome.Refused(ErrorCode.InvalidRequest, $"The topic id {create.TopicId} is empty or taken.")
            : null;
    }

    private CommandOutcome Delete(DeleteTopic delete, bool commit, ref Effects<ClusterEvent> events)
    {
        if (!Catalog.TryGetTopic(delete.TopicId, out var topic))
        {
            return CommandOutcome.Refused(ErrorCode.UnknownTopicId, "This server does not host this topic ID.");
        }

        if (commit)
        {
            Catalog.Remove(topic);
            events.Add(ClusterEvent.TopicChanged(topic, null));
        }

        return CommandOutcome.Changed(topic);
    }

    private CommandOutcome Extend(CreatePartitions create, bool commit, ref Effects<ClusterEvent> events)
    {
        if (!Catalog.TryGetTopic(create.Topic, out var topic))
        {
            return CommandOutcome.Refused(ErrorCode.UnknownTopicOrPartition, "This server does not host this topic-partition.");
        }

        var count = topic.Partitions.Length;
        if (create.TotalCount <= count)
        {
            return CommandOutcome.Refused(ErrorCode.InvalidPartitions, create.TotalCount == count
                ? $"Topic already has {count} partition(s)."
                : $"The topic {create.Topic} currently has {count} partition(s); {create.TotalCount} would not be an increase.");
        }

        var additional = create.TotalCount - count;
        if (create.Assignments is not null && create.Assignments.Count != additional)
        {
            return CommandOutcome.Refused(
                ErrorCode.InvalidReplicaAssignment,
                $"Attempted to add {additional} additional partition(s), but only {create.Assignments.Count} assignment(s) were specified.");
        }

        var refusal = PlacePartitions(additional, topic.Partitions[0].Replicas.Length, create.Assignments, out var placed);
        if (refusal is not null)
        {
            return refusal.Value;
        }

        var after = topic.With(topic.Partitions.AddRange(placed.Select(PartitionState.Create)));
        if (commit)
        {
            Catalog.Replace(topic, after);
            events.Add(ClusterEvent.TopicChanged(topic, after));
        }

        return CommandOutcome.Changed(after);
    }

    private CommandOutcome? PlacePartitions(
        int count, int replicationFactor, IReadOnlyList<IReadOnlyList<int>>? assignments, out ImmutableArray<int>[] placed)
    {
        placed = [];
        if (count > CatalogLimits.MaxPartitionsPerCommand)
        {
            return CommandOutcome.Refused(
                ErrorCode.PolicyViolation, $"Excessively large number of partitions per request: {count} exceeds {CatalogLimits.MaxPartitionsPerCommand}.");
        }

        if (Catalog.PartitionCount + count > CatalogLimits.MaxPartitions)
        {
            return CommandOutcome.Refused(
                ErrorCode.PolicyViolation, $"The cluster would have more than {CatalogLimits.MaxPartitions} partitions.");
        }

        if (assignments is not null)
        {
            placed = [.. assignments.Select(replicas => replicas.ToImmutableArray())];
            return CheckAssignments(placed, replicationFactor) is { } wrong
                ? CommandOutcome.Refused(ErrorCode.InvalidReplicaAssignment, wrong)
                : null;
        }

        var nodes = Catalog.Nodes.Count;
        if (replicationFactor > nodes || replicationFactor > CatalogLimits.MaxReplicas)
        {
            return CommandOutcome.Refused(
                ErrorCode.InvalidReplicationFactor,
                $"Unable to replicate the partition {replicationFactor} time(s): The target replication factor of {replicationFactor} "
                + $"cannot be reached because only {Math.Min(nodes, CatalogLimits.MaxReplicas)} broker(s) are registered.");
        }

        placed = Placement.Place(Catalog, count, replicationFactor);
        return null;
    }

    private string? CheckAssignments(ImmutableArray<int>[] assignments, int replicationFactor)
    {
        foreach (var replicas in assignments)
        {
            if (replicas.IsEmpty)
            {
                return "The manual partition assignment includes an empty replica list.";
            }

            foreach (var replica in replicas.Order())
            {
                if (!Catalog.TryGetNode(replica, out _))
                {
                    return $"The manual partition assignment includes broker {replica}, but no such broker is registered.";
                }

                if (replicas.IndexOf(replica) != replicas.LastIndexOf(replica))
                {
                    return $"The manual partition assignment includes the broker {replica} more than once.";
                }
            }

            if (replicas.Length != replicationFactor)
            {
                return $"The manual partition assignment includes a partition with {replicas.Length} replica(s), but this is not "
                    + $"consistent with previous partitions, which have {replicationFactor} replica(s).";
            }
        }

        return null;
    }
}
