using Actors.Kafka.Wire;
using Actors.Model;
using Actors.Model.Ports;

namespace Actors.Kafka.Listener;

/// <summary>
/// ListOffsets, key 2.
/// Versions: 1-11 (Kafka 4.3: 1-11). Promise: earliest, latest (high watermark or last stable offset), greatest timestamp, and the first
/// record not older than a timestamp; OFFSET_NOT_AVAILABLE while a new leader does not know its high watermark (before version 5
/// LEADER_NOT_AVAILABLE, as Kafka). Gaps: nothing is tiered, so -4 is the log start and -5 is unknown.
/// </summary>
internal static class ListOffsetsHandler
{
    public static void Handle(KafkaConnection connection, in KafkaRequest request) =>
        connection.Send(request, AnswerAsync(connection, request, request.Read<ListOffsetsRequest>()));

    private static async ValueTask<ListOffsetsResponse> AnswerAsync(KafkaConnection connection, KafkaRequest request, ListOffsetsRequest asked)
    {
        var topics = new ListOffsetsResponseTopic[asked.Topics.Length];
        for (var t = 0; t < topics.Length; t++)
        {
            var topic = asked.Topics[t];
            var partitions = new ListOffsetsResponsePartition[topic.Partitions.Length];
            for (var p = 0; p < partitions.Length; p++)
            {
                var found = await FindAsync(connection, topic.Name, topic.Partitions[p], asked.IsolationLevel).ConfigureAwait(false);
                partitions[p] = Describe(topic.Partitions[p].PartitionIndex, found, request.Version);
            }

            topics[t] = new ListOffsetsResponseTopic { Name = topic.Name, Partitions = partitions };
        }

        return new ListOffsetsResponse { ThrottleTimeMs = request.Context.ThrottleMs, Topics = topics };
    }

    private static async ValueTask<OffsetLookup> FindAsync(
        KafkaConnection connection, string topic, ListOffsetsRequestPartition asked, sbyte isolation)
    {
        var opening = await connection.OpenAsync(topic, asked.PartitionIndex).ConfigureAwait(false);
        if (opening.Partition is not { } partition)
        {
            return new OffsetLookup(opening.Error, -1, -1, -1);
        }

        if (asked.Timestamp < OffsetQuery.LatestTiered)
        {
            return new OffsetLookup(ErrorCode.UnsupportedVersion, -1, -1, -1);
        }

        var query = new OffsetQuery(asked.Timestamp, (ReadIsolation)isolation, asked.CurrentLeaderEpoch);
        return await partition.FindOffsetAsync(query, connection.Closing).ConfigureAwait(false);
    }

    private static ListOffsetsResponsePartition Describe(int index, in OffsetLookup found, short version)
    {
        var error = found.Error == ErrorCode.OffsetNotAvailable && version < 5 ? ErrorCode.LeaderNotAvailable : found.Error;
        return new ListOffsetsResponsePartition
        {
            PartitionIndex = index, ErrorCode = (short)error, Offset = found.Offset, Timestamp = found.TimestampMs, LeaderEpoch = found.LeaderEpoch,
        };
    }
}
