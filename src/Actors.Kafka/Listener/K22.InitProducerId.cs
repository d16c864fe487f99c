using Actors.Kafka.Wire;
using Actors.Model;

namespace Actors.Kafka.Listener;

/// <summary>
/// InitProducerId, key 22.
/// Versions: 0-5 (Kafka 4.3: 0-5). Promise: an id that was never given out before, epoch 0; a producer that brings its old id (KIP-360) gets a
/// new one, as Kafka gives producers without transactions. Gaps: transactions; a transactional id is refused with
/// TRANSACTIONAL_ID_AUTHORIZATION_FAILED, which every client reports at once instead of retrying.
/// </summary>
internal static class InitProducerIdHandler
{
    public static void Handle(KafkaConnection connection, in KafkaRequest request) =>
        connection.Send(request, AnswerAsync(connection, request, request.Read<InitProducerIdRequest>()));

    private static async ValueTask<InitProducerIdResponse> AnswerAsync(
        KafkaConnection connection, KafkaRequest request, InitProducerIdRequest asked)
    {
        if (asked.TransactionalId is not null)
        {
            var error = asked.TransactionalId.Length == 0 ? ErrorCode.InvalidRequest : ErrorCode.TransactionalIdAuthorizationFailed;
            return Refused(request, error);
        }

        if ((asked.ProducerId >= 0) != (asked.ProducerEpoch >= 0))
        {
            return Refused(request, ErrorCode.InvalidRequest);
        }

        var identity = await connection.Services.Commands.AllocateProducerIdAsync(connection.Closing).ConfigureAwait(false);
        return identity.Error != ErrorCode.None ? Refused(request, identity.Error) : new InitProducerIdResponse
        {
            ThrottleTimeMs = request.Context.ThrottleMs, ProducerId = identity.ProducerId, ProducerEpoch = identity.ProducerEpoch,
        };
    }

    private static InitProducerIdResponse Refused(in KafkaRequest request, ErrorCode error) => new()
    {
        ThrottleTimeMs = request.Context.ThrottleMs, ErrorCode = (short)error, ProducerId = -1, ProducerEpoch = -1,
    };
}
