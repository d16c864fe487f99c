using Actors.Kafka.Wire;
using Actors.Model;
using Actors.Model.Ports;

namespace Actors.Kafka.Listener;

/// <summary>
/// AlterPartitionReassignments, key 45 (KIP-455).
/// Versions: 0-1 (Kafka 4.3: 0-1). Promise: an assignment that is in force already is accepted, one that names a node that is not there or
/// none is refused; nothing is ever under way that could be cancelled. Gaps: moves between several nodes.
/// </summary>
internal static class AlterPartitionReassignmentsHandler
{
    public static void Handle(KafkaConnection connection, in KafkaRequest request)
    {
        var asked = request.Read<AlterPartitionReassignmentsRequest>();
        var allowed = connection.Services.Authorizer.IsAllowed(
            request.Context, KafkaOperation.Alter, KafkaResource.Cluster, "kafka-cluster");
        connection.Send(request, new AlterPartitionReassignmentsResponse
        {
            ThrottleTimeMs = request.Context.ThrottleMs,
            AllowReplicationFactorChange = asked.AllowReplicationFactorChange,
            ErrorCode = (short)(allowed ? ErrorCode.None : ErrorCode.ClusterAuthorizationFailed),
            Responses = !allowed ? [] :
            [
                .. asked.Topics.Select(t => new AlterPartitionReassignmentsResponseResponse
                {
                    Name = t.Name, Partitions = [.. t.Partitions.Select(p => Reassign(connection.Services.Catalog, t.Name, p))],
                }),
            ],
        });
    }

    private static AlterPartitionReassignmentsResponsePartition Reassign(
        ICatalog catalog, string name, AlterPartitionReassignmentsRequestPartition wanted)
    {
        var (error, message) = Check(catalog, name, wanted);
        return new AlterPartitionReassignmentsResponsePartition
        {
            PartitionIndex = wanted.PartitionIndex, ErrorCode = (short)error, ErrorMessage = message,
        };
    }

    private static (ErrorCode Error, string? Message) Check(
        ICatalog catalog, string name, AlterPartitionReassignmentsRequestPartition wanted)
    {
        if (!catalog.TryGetTopic(name, out var topic))
        {
            return (ErrorCode.UnknownTopicOrPartition, $"Unable to find a topic named {name}.");
        }

        if ((uint)wanted.PartitionIndex >= (uint)topic.Partitions.Count)
        {
            return (ErrorCode.UnknownTopicOrPartition, $"Unable to find partition {name}:{wanted.PartitionIndex}.");
        }

        if (wanted.Replicas is not { } replicas)
        {
            return (ErrorCode.NoReassignmentInProgress, "No partition reassignment is in progress.");
        }

        if (replicas.Length == 0)
        {
            return (ErrorCode.InvalidReplicaAssignment, "The manual partition assignment includes an empty replica list.");
        }

        foreach (var replica in replicas)
        {
            if (replicas.Count(r => r == replica) > 1)
            {
                return (ErrorCode.InvalidReplicaAssignment,
                    $"The manual partition assignment includes the broker {replica} more than once.");
            }

            if (catalog.Nodes.All(n => n.Id != replica))
            {
                return (ErrorCode.InvalidReplicaAssignment,
                    $"The manual partition assignment includes broker {replica}, but no such broker is registered.");
            }
        }

        return topic.Partitions[wanted.PartitionIndex].Replicas.SequenceEqual(replicas)
            ? (ErrorCode.None, null)
            : (ErrorCode.InvalidReplicaAssignment, "Partitions cannot be moved between nodes yet.");
    }
}
