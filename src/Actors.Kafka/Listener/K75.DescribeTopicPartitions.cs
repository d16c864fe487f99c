using Actors.Kafka.Wire;
using Actors.Model;
using Actors.Model.Ports;

namespace Actors.Kafka.Listener;

/// <summary>
/// DescribeTopicPartitions, key 75.
/// Versions: 0 (Kafka 4.3: 0). Promise: topics in order of name (all, where none is named), at most the asked number of partitions and never more
/// than the limit, with a cursor to go on from (KIP-966). Gaps: no eligible leader replicas until there are replicas.
/// </summary>
internal static class DescribeTopicPartitionsHandler
{
    public static void Handle(KafkaConnection connection, in KafkaRequest request)
    {
        var asked = request.Read<DescribeTopicPartitionsRequest>();
        var services = connection.Services;
        var left = Math.Clamp(asked.ResponsePartitionLimit, 1, services.Limits.MaxDescribedPartitions);
        var names = asked.Topics.Length == 0
            ? services.Catalog.Topics.Select(t => t.Name)
            : asked.Topics.Select(t => t.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        var response = new DescribeTopicPartitionsResponse { ThrottleTimeMs = request.Context.ThrottleMs };
        var topics = new List<DescribeTopicPartitionsResponseTopic>();
        foreach (var name in names)
        {
            var order = asked.Cursor is { } cursor ? string.CompareOrdinal(name, cursor.TopicName) : 1;
            if (order < 0)
            {
                continue; // told in an answer before
            }

            var from = order == 0 ? Math.Max(0, asked.Cursor!.PartitionIndex) : 0;
            if (left == 0)
            {
                response.NextCursor = new DescribeTopicPartitionsResponseCursor { TopicName = name, PartitionIndex = from };
                break;
            }

            if (!services.Catalog.TryGetTopic(name, out var topic))
            {
                topics.Add(new DescribeTopicPartitionsResponseTopic { Name = name, ErrorCode = (short)ErrorCode.UnknownTopicOrPartition });
                continue;
            }

            var count = Math.Min(left, Math.Max(0, topic.Partitions.Count - from));
            topics.Add(Describe(topic, from, count));
            left -= count;
            if (from + count < topic.Partitions.Count)
            {
                response.NextCursor = new DescribeTopicPartitionsResponseCursor { TopicName = name, PartitionIndex = from + count };
                break;
            }
        }

        response.Topics = [.. topics];
        connection.Send(request, response);
    }

    private static DescribeTopicPartitionsResponseTopic Describe(TopicDescription topic, int from, int count) => new()
    {
        Name = topic.Name,
        TopicId = topic.Id,
        IsInternal = topic.IsInternal,
        Partitions =
        [
            .. Enumerable.Range(from, count).Select(i => (Index: i, Partition: topic.Partitions[i])).Select(p => new DescribeTopicPartitionsResponsePartition
            {
                ErrorCode = p.Partition.LeaderId < 0 ? (short)ErrorCode.LeaderNotAvailable : (short)0,
                PartitionIndex = p.Index,
                LeaderId = p.Partition.LeaderId,
                LeaderEpoch = p.Partition.LeaderEpoch,
                ReplicaNodes = [.. p.Partition.Replicas],
                IsrNodes = [.. p.Partition.InSyncReplicas],
                EligibleLeaderReplicas = [],
                LastKnownElr = [],
            }),
        ],
    };
}
