using Actors.Kafka.Wire;
using Actors.Model;
using Actors.Model.Ports;

namespace Actors.Kafka.Listener;

/// <summary>
/// FindCoordinator, key 10.
/// Versions: 0-6 (Kafka 4.3: 0-6). Promise: the node that coordinates a group; many keys from 4 on (KIP-699). librdkafka enables lz4 only
/// where version 0 is listed. Gaps: no transactions: TRANSACTIONAL_ID_AUTHORIZATION_FAILED, which ends a transactional producer with a
/// sentence instead of letting it wait; no share groups: COORDINATOR_NOT_AVAILABLE.
/// </summary>
internal static class FindCoordinatorHandler
{
    private const sbyte GroupKey = 0;
    private const sbyte TransactionKey = 1;
    private const sbyte ShareKey = 2;
    private const short FirstBatchedVersion = 4;

    public static void Handle(KafkaConnection connection, in KafkaRequest request) =>
        connection.Send(request, AnswerAsync(connection, request, request.Read<FindCoordinatorRequest>()));

    private static async ValueTask<FindCoordinatorResponse> AnswerAsync(
        KafkaConnection connection, KafkaRequest request, FindCoordinatorRequest asked)
    {
        var response = new FindCoordinatorResponse { ThrottleTimeMs = request.Context.ThrottleMs, NodeId = -1, Port = -1 };
        if (request.Version < FirstBatchedVersion)
        {
            var found = await FindAsync(connection, request.Context, asked.KeyType, asked.Key).ConfigureAwait(false);
            (response.ErrorCode, response.ErrorMessage) = ((short)found.Error, found.Message);
            (response.NodeId, response.Host, response.Port) = (found.NodeId, found.Host, found.Port);
            return response;
        }

        var coordinators = new List<FindCoordinatorResponseCoordinator>(asked.CoordinatorKeys.Length);
        foreach (var key in asked.CoordinatorKeys)
        {
            var found = await FindAsync(connection, request.Context, asked.KeyType, key).ConfigureAwait(false);
            coordinators.Add(new FindCoordinatorResponseCoordinator
            {
                Key = key, NodeId = found.NodeId, Host = found.Host, Port = found.Port,
                ErrorCode = (short)found.Error, ErrorMessage = found.Message,
            });
        }

        response.Coordinators = [.. coordinators];
        return response;
    }

    private static async ValueTask<Found> FindAsync(KafkaConnection connection, RequestContext context, sbyte keyType, string key)
    {
        switch (keyType)
        {
            case GroupKey when !connection.Services.Authorizer.IsAllowed(context, KafkaOperation.Describe, KafkaResource.Group, key):
                return Found.Not(ErrorCode.GroupAuthorizationFailed, null);
            case GroupKey:
                break;
            case TransactionKey:
                return Found.Not(ErrorCode.TransactionalIdAuthorizationFailed, "Transactions are not supported by this node yet.");
            case ShareKey:
                return Found.Not(ErrorCode.CoordinatorNotAvailable, "Share groups are not supported by this node yet.");
            default:
                return Found.Not(ErrorCode.InvalidRequest, $"Key type {keyType} is not known.");
        }

        var place = await connection.Services.Groups.FindCoordinatorAsync(key, connection.Closing).ConfigureAwait(false);
        var node = place.Error == ErrorCode.None ? connection.Services.Catalog.Nodes.FirstOrDefault(n => n.Id == place.NodeId) : null;
        return place.Error != ErrorCode.None ? Found.Not(place.Error, "The coordinator is not available.")
            : node is null ? Found.Not(ErrorCode.CoordinatorNotAvailable, "The coordinator's node is not registered.")
            : At(connection, node);
    }

    private static Found At(KafkaConnection connection, NodeDescription node) =>
        new(ErrorCode.None, "", node.Id, connection.HostOf(node), connection.PortOf(node));

    private readonly record struct Found(ErrorCode Error, string? Message, int NodeId, string Host, int Port)
    {
        public static Found Not(ErrorCode error, string? message) => new(error, message, -1, "", -1);
    }
}
