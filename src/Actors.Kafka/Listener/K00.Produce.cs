using Actors.Kafka.Wire;

namespace Actors.Kafka.Listener;

/// <summary>
/// Produce, key 0.
/// Versions: 3-13; 0-2 are listed but refused (KAFKA-18659). Promise: acks 0, 1 and all; each batch is validated whole before it is
/// appended; requests of a connection are appended in their order, also while a cold partition is opened; one partition's error does not
/// touch another; internal topics are refused (their records are trusted where they are read back); record errors from 8 on;
/// the leader is named from 10 on where another node leads (KIP-951); topic ids from 13 on; what is not done within the request's timeout
/// is answered with REQUEST_TIMED_OUT, its outcome open. With acks 0 nothing is answered, and an error closes the connection, as in Kafka.
/// Gaps: transactions (a transactional id or batch is refused).
/// </summary>
internal static class ProduceHandler
{
    public static void Handle(KafkaConnection connection, in KafkaRequest request)
    {
        // The whole body first: half of a broken request is never appended.
        var partitionCount = ProduceRequestReader.Check(request.Frame.Span, request.BodyStart, request.Version);
        if (!connection.Replies.TryTake(out var reply))
        {
            reply = new ProduceReply();
        }

        reply.Begin(connection, request, partitionCount);
        connection.Queue(reply);
        reply.Advance();
    }
}
