using Actors.Kafka.Wire;
using Actors.Model.Ports;

namespace Actors.Kafka.Listener;

/// <summary>
/// OffsetForLeaderEpoch, key 23.
/// Versions: 2-4 (Kafka 4.3: 2-4). Promise: the largest epoch not above the one asked for and where it ends (KIP-101, KIP-279, KIP-320);
/// -1 and -1 where none is known; the caller's current epoch is fenced. Gaps: none known.
/// </summary>
internal static class OffsetForLeaderEpochHandler
{
    public static void Handle(KafkaConnection connection, in KafkaRequest request) =>
        connection.Send(request, AnswerAsync(connection, request, request.Read<OffsetForLeaderEpochRequest>()));

    private static async ValueTask<OffsetForLeaderEpochResponse> AnswerAsync(
        KafkaConnection connection, KafkaRequest request, OffsetForLeaderEpochRequest asked)
    {
        var topics = new OffsetForLeaderEpochResponseTopic[asked.Topics.Length];
        for (var t = 0; t < topics.Length; t++)
        {
            var topic = asked.Topics[t];
            var partitions = new OffsetForLeaderEpochResponsePartition[topic.Partitions.Length];
            for (var p = 0; p < partitions.Length; p++)
            {
                var wanted = topic.Partitions[p];
                var (error, partition) = await connection.OpenAsync(request.Context, topic.Topic, wanted.Partition, KafkaOperation.Describe)
                    .ConfigureAwait(false);
                var end = partition?.FindEpochEnd(wanted.CurrentLeaderEpoch, wanted.LeaderEpoch) ?? new EpochEnd(error, -1, -1);
                partitions[p] = new OffsetForLeaderEpochResponsePartition
                {
                    Partition = wanted.Partition,
                    ErrorCode = (short)end.Error,
                    LeaderEpoch = end.Epoch,
                    EndOffset = end.EndOffset,
                };
            }

            topics[t] = new OffsetForLeaderEpochResponseTopic { Topic = topic.Topic, Partitions = partitions };
        }

        return new OffsetForLeaderEpochResponse { ThrottleTimeMs = request.Context.ThrottleMs, Topics = topics };
    }
}
