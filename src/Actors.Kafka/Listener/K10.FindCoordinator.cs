using Actors.Kafka.Wire;
using Actors.Model;

namespace Actors.Kafka.Listener;

/// <summary>
/// FindCoordinator, key 10.
/// Versions: 0-6 (Kafka 4.3: 0-6). It is listed because librdkafka enables lz4 only where version 0 is. Gaps: there are no groups yet:
/// COORDINATOR_NOT_AVAILABLE, which clients retry; and no transactions: TRANSACTIONAL_ID_AUTHORIZATION_FAILED, which ends a transactional
/// producer with a sentence instead of letting it wait.
/// </summary>
internal static class FindCoordinatorHandler
{
    private const sbyte GroupKey = 0;
    private const sbyte TransactionKey = 1;
    private const sbyte ShareKey = 2;

    public static void Handle(KafkaConnection connection, in KafkaRequest request)
    {
        var asked = request.Read<FindCoordinatorRequest>();
        var (error, message) = asked.KeyType switch
        {
            TransactionKey => (ErrorCode.TransactionalIdAuthorizationFailed, "Transactions are not supported by this node yet."),
            GroupKey or ShareKey => (ErrorCode.CoordinatorNotAvailable, "Groups are not supported by this node yet: assign partitions."),
            _ => (ErrorCode.InvalidRequest, $"Key type {asked.KeyType} is not known."),
        };
        connection.Send(request, new FindCoordinatorResponse
        {
            ThrottleTimeMs = request.Context.ThrottleMs,
            ErrorCode = (short)error,
            ErrorMessage = message,
            NodeId = -1,
            Port = -1,
            Coordinators =
            [
                .. asked.CoordinatorKeys.Select(key => new FindCoordinatorResponseCoordinator
                {
                    Key = key, NodeId = -1, Port = -1, ErrorCode = (short)error, ErrorMessage = message,
                }),
            ],
        });
    }
}
