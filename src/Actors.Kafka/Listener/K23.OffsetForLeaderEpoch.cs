using Actors.Kafka.Wire;
using Actors.Model;

namespace Actors.Kafka.Listener;

/// <summary>
/// OffsetForLeaderEpoch, key 23.
/// Versions: 2-4 (Kafka 4.3: 2-4). Promise: the largest epoch not above the one asked for and its end (KIP-279); FENCED_LEADER_EPOCH and
/// UNKNOWN_LEADER_EPOCH where the caller's current epoch differs (KIP-320). Gaps: none.
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
                partitions[p] = await FindAsync(connection, topic.Topic, topic.Partitions[p]).ConfigureAwait(false);
            }

            topics[t] = new OffsetForLeaderEpochResponseTopic { Topic = topic.Topic, Partitions = partitions };
        }

        return new OffsetForLeaderEpochResponse { ThrottleTimeMs = request.Context.ThrottleMs, Topics = topics };
    }

    private static async ValueTask<OffsetForLeaderEpochResponsePartition> FindAsync(
        KafkaConnection connection, string topic, OffsetForLeaderEpochRequestPartition asked)
    {
        var opening = await connection.OpenAsync(topic, asked.Partition).ConfigureAwait(false);
        var answer = new OffsetForLeaderEpochResponsePartition { Partition = asked.Partition, ErrorCode = (short)opening.Error };
        if (opening.Partition is { } partition)
        {
            var end = partition.FindEpochEnd(asked.CurrentLeaderEpoch, asked.LeaderEpoch);
            answer.ErrorCode = (short)end.Error;
            answer.LeaderEpoch = end.Error == ErrorCode.None ? end.Epoch : -1;
            answer.EndOffset = end.Error == ErrorCode.None ? end.EndOffset : -1;
        }

        return answer;
    }
}
