using Actors.Kafka.Wire;
using Actors.Model;

namespace Actors.Kafka.Listener;

/// <summary>
/// FindCoordinator, key 10.
/// Versions: 0-6 (Kafka 4.3: 0-6). Promise: every key is answered with COORDINATOR_NOT_AVAILABLE until groups exist; an unknown kind of key with
/// INVALID_REQUEST. It is listed all the same: librdkafka offers lz4 only to a broker that lists version 0. Gaps: groups.
/// </summary>
internal static class FindCoordinatorHandler
{
    private const sbyte LastKeyType = 2;
    private const string NoGroups = "Consumer groups and transactions are not built yet: assign partitions.";

    public static void Handle(KafkaConnection connection, in KafkaRequest request)
    {
        var asked = request.Read<FindCoordinatorRequest>();
        var known = asked.KeyType is >= 0 and <= LastKeyType;
        var error = (short)(known ? ErrorCode.CoordinatorNotAvailable : ErrorCode.InvalidRequest);
        var message = known ? NoGroups : $"Key type {asked.KeyType} is not known.";
        connection.Send(request, new FindCoordinatorResponse
        {
            ThrottleTimeMs = request.Context.ThrottleMs,
            ErrorCode = error,
            ErrorMessage = message,
            NodeId = -1,
            Host = "",
            Port = -1,
            Coordinators =
            [
                .. asked.CoordinatorKeys.Select(key => new FindCoordinatorResponseCoordinator
                {
                    Key = key, NodeId = -1, Host = "", Port = -1, ErrorCode = error, ErrorMessage = message,
                }),
            ],
        });
    }
}
