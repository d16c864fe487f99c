using Actors.Kafka.Wire;
using Actors.Model;

namespace Actors.Kafka.Listener;

/// <summary>
/// ElectLeaders, key 43.
/// Versions: 0-2 (Kafka 4.3: 0-2). Promise: every partition is led by its only replica, so that an election is not needed; null topics mean
/// all. Gaps: elections between several nodes.
/// </summary>
internal static class ElectLeadersHandler
{
    public static void Handle(KafkaConnection connection, in KafkaRequest request)
    {
        var asked = request.Read<ElectLeadersRequest>();
        var allowed = connection.Services.Authorizer.IsAllowed(
            request.Context, KafkaOperation.Alter, KafkaResource.Cluster, "kafka-cluster");
        connection.Send(request, new ElectLeadersResponse
        {
            ThrottleTimeMs = request.Context.ThrottleMs,
            ErrorCode = (short)(allowed ? ErrorCode.None : ErrorCode.ClusterAuthorizationFailed),
            ReplicaElectionResults = !allowed ? [] :
            [
                .. (asked.TopicPartitions ?? All(connection)).Select(t => new ElectLeadersResponseTopic
                {
                    Topic = t.Topic, PartitionResult = [.. t.Partitions.Select(p => Elect(connection, t.Topic, p))],
                }),
            ],
        });
    }

    // Kafka tells every topic and, of its partitions, those that have another leader now: none here.
    private static ElectLeadersRequestTopic[] All(KafkaConnection connection) =>
        [.. connection.Services.Catalog.Topics.Select(t => new ElectLeadersRequestTopic { Topic = t.Name })];

    private static ElectLeadersResponsePartition Elect(KafkaConnection connection, string name, int partition)
    {
        var (error, message) =
            !connection.Services.Catalog.TryGetTopic(name, out var topic)
                ? (ErrorCode.UnknownTopicOrPartition, $"No such topic as {name}")
            : (uint)partition >= (uint)topic.Partitions.Count
                ? (ErrorCode.UnknownTopicOrPartition, $"No such partition as {name}-{partition}")
            : topic.Partitions[partition].LeaderId < 0
                ? (ErrorCode.LeaderNotAvailable, "The partition's only replica is not available.")
            : (ErrorCode.ElectionNotNeeded, "Leader election not needed for topic partition.");
        return new ElectLeadersResponsePartition { PartitionId = partition, ErrorCode = (short)error, ErrorMessage = message };
    }
}
