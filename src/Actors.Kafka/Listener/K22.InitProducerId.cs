using Actors.Kafka.Wire;
using Actors.Model;
using Actors.Model.Ports;

namespace Actors.Kafka.Listener;

/// <summary>
/// InitProducerId, key 22.
/// Versions: 0-5 (Kafka 4.3: 0-5). Promise: a producer id that was never given out before, epoch 0; a producer
/// that brings its old id (KIP-360) gets a new one, as Kafka gives producers without transactions. Gaps: a transactional id is refused
/// with TRANSACTIONAL_ID_AUTHORIZATION_FAILED, which ends a transactional producer at once instead of letting it retry.
/// </summary>
internal static class InitProducerIdHandler
{
    public static void Handle(KafkaConnection connection, in KafkaRequest request)
    {
        var asked = request.Read<InitProducerIdRequest>();
        if (asked.TransactionalId is { } transactionalId)
        {
            var error = transactionalId.Length == 0 ? ErrorCode.InvalidRequest : ErrorCode.TransactionalIdAuthorizationFailed;
            connection.Send(request, Answer(request, new ProducerIdentity(error, -1, -1)));
            return;
        }

        if ((asked.ProducerId >= 0) != (asked.ProducerEpoch >= 0))
        {
            connection.Send(request, Answer(request, new ProducerIdentity(ErrorCode.InvalidRequest, -1, -1)));
            return;
        }

        connection.Send(request, AllocateAsync(connection, request));
    }

    private static async ValueTask<InitProducerIdResponse> AllocateAsync(KafkaConnection connection, KafkaRequest request) =>
        Answer(request, await connection.Services.Commands.AllocateProducerIdAsync(connection.Closing).ConfigureAwait(false));

    private static InitProducerIdResponse Answer(in KafkaRequest request, in ProducerIdentity identity) => new()
    {
        ThrottleTimeMs = request.Context.ThrottleMs,
        ErrorCode = (short)identity.Error,
        ProducerId = identity.ProducerId,
        ProducerEpoch = identity.ProducerEpoch,
    };
}
