using Actors.Kafka.Wire;

namespace Actors.Kafka.Listener;

/// <summary>
/// ListPartitionReassignments, key 46.
/// Versions: 0 (Kafka 4.3: 0). Promise: the empty list: nothing is ever being reassigned; kafka-topics --describe asks.
/// Gaps: reassignments.
/// </summary>
internal static class ListPartitionReassignmentsHandler
{
    public static void Handle(KafkaConnection connection, in KafkaRequest request)
    {
        request.Read<ListPartitionReassignmentsRequest>();
        connection.Send(request, new ListPartitionReassignmentsResponse { ThrottleTimeMs = request.Context.ThrottleMs });
    }
}
