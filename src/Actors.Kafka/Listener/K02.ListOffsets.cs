using Actors.Kafka.Wire;
using Actors.Model;
using Actors.Model.Ports;
using Actors.Net;

namespace Actors.Kafka.Listener;

/// <summary>
/// ListOffsets, key 2.
/// Versions: 1-11 (Kafka 4.3: 1-11). Promise: earliest, latest (high watermark, or last stable offset for read_committed), by timestamp,
/// the greatest timestamp (-3, KIP-734), earliest local (-4: the log start), and what is tiered (-5, -6: nothing); leader epochs; an offset
/// not known yet is OFFSET_NOT_AVAILABLE, before version 5 LEADER_NOT_AVAILABLE. Gaps: followers are refused.
/// </summary>
internal static class ListOffsetsHandler
{
    private const long EarliestPendingUpload = -6;

    public static void Handle(KafkaConnection connection, in KafkaRequest request)
    {
        var asked = request.Read<ListOffsetsRequest>();
        if (asked.ReplicaId >= 0)
        {
            throw new ConnectionFault($"replica id {asked.ReplicaId} asks for offsets on a listener for clients");
        }

        connection.Send(request, AnswerAsync(connection, request, asked));
    }

    private static async ValueTask<ListOffsetsResponse> AnswerAsync(
        KafkaConnection connection, KafkaRequest request, ListOffsetsRequest asked)
    {
        var topics = new ListOffsetsResponseTopic[asked.Topics.Length];
        var isolation = asked.IsolationLevel == 1 ? ReadIsolation.ReadCommitted : ReadIsolation.ReadUncommitted;
        for (var t = 0; t < topics.Length; t++)
        {
            var topic = asked.Topics[t];
            var partitions = new ListOffsetsResponsePartition[topic.Partitions.Length];
            var seen = new HashSet<int>();
            for (var p = 0; p < partitions.Length; p++)
            {
                var wanted = topic.Partitions[p];
                var lookup = !seen.Add(wanted.PartitionIndex) ? new OffsetLookup(ErrorCode.InvalidRequest, -1, -1, -1)
                    : !Knows(wanted.Timestamp, request.Version) ? new OffsetLookup(ErrorCode.UnsupportedVersion, -1, -1, -1)
                    : await FindAsync(connection, request, topic.Name, wanted, isolation).ConfigureAwait(false);
                partitions[p] = new ListOffsetsResponsePartition
                {
                    PartitionIndex = wanted.PartitionIndex,
                    ErrorCode = (short)ErrorFor(lookup.Error, request.Version),
                    Offset = lookup.Offset,
                    Timestamp = lookup.TimestampMs,
                    LeaderEpoch = lookup.LeaderEpoch,
                };
            }

            topics[t] = new ListOffsetsResponseTopic { Name = topic.Name, Partitions = partitions };
        }

        return new ListOffsetsResponse { ThrottleTimeMs = request.Context.ThrottleMs, Topics = topics };
    }

    private static async ValueTask<OffsetLookup> FindAsync(
        KafkaConnection connection, KafkaRequest request, string topic, ListOffsetsRequestPartition wanted, ReadIsolation isolation)
    {
        var (error, partition) = await connection.OpenAsync(request.Context, topic, wanted.PartitionIndex, KafkaOperation.Describe)
            .ConfigureAwait(false);
        if (partition is null)
        {
            return new OffsetLookup(error, -1, -1, -1);
        }

        return wanted.Timestamp switch
        {
            EarliestPendingUpload => new OffsetLookup(ErrorCode.None, -1, -1, -1),
            < EarliestPendingUpload => new OffsetLookup(ErrorCode.UnsupportedVersion, -1, -1, -1), // as Kafka: a newer client's word
            _ => await partition.FindOffsetAsync(
                new OffsetQuery(wanted.Timestamp, isolation, wanted.CurrentLeaderEpoch), connection.Closing).ConfigureAwait(false),
        };
    }

    // Special values came one by one: KIP-734, KIP-405, KIP-1005, KIP-1023.
    private static bool Knows(long timestamp, short version) => timestamp switch
    {
        >= OffsetQuery.Earliest => true,
        OffsetQuery.MaxTimestamp => version >= 7,
        OffsetQuery.EarliestLocal => version >= 8,
        OffsetQuery.LatestTiered => version >= 9,
        EarliestPendingUpload => version >= 11,
        _ => false,
    };

    private static ErrorCode ErrorFor(ErrorCode error, short version) =>
        error == ErrorCode.OffsetNotAvailable && version < 5 ? ErrorCode.LeaderNotAvailable : error;
}
