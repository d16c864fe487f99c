using Actors.Kafka.Wire;
using Actors.Model;
using Actors.Model.Ports;
using Actors.Model.Topics;

namespace Actors.Kafka.Listener;

/// <summary>
/// DescribeTopicPartitions, key 75 (KIP-966).
/// Versions: 0 (Kafka 4.3: 0). Promise: topics in order of name, all or those asked for, in pages of at most
/// <see cref="KafkaLimits.MaxDescribedPartitions"/> partitions, the cursor being where the next page begins. Gaps: eligible leaders (ELR)
/// are answered as none.
/// </summary>
internal static class DescribeTopicPartitionsHandler
{
    public static void Handle(KafkaConnection connection, in KafkaRequest request)
    {
        var asked = request.Read<DescribeTopicPartitionsRequest>();
        if (asked.Cursor is { PartitionIndex: < 0 })
        {
            connection.Send(request, new DescribeTopicPartitionsResponse
            {
                ThrottleTimeMs = request.Context.ThrottleMs,
                Topics = [.. asked.Topics.Select(t => Refused(t.Name, ErrorCode.InvalidRequest, AuthorizedOperations.NotAsked))],
            });
            return;
        }

        var catalog = connection.Services.Catalog;
        var all = asked.Topics.Length == 0;
        var names = all ? catalog.Topics.Select(t => t.Name) : asked.Topics.Select(t => t.Name).Distinct().Order(StringComparer.Ordinal);
        if (asked.Cursor is { } cursor)
        {
            names = names.Where(n => string.CompareOrdinal(n, cursor.TopicName) >= 0);
        }

        var left = Math.Max(1, Math.Min(asked.ResponsePartitionLimit, connection.Services.Limits.MaxDescribedPartitions));
        var response = new DescribeTopicPartitionsResponse { ThrottleTimeMs = request.Context.ThrottleMs };
        var topics = new List<DescribeTopicPartitionsResponseTopic>();
        foreach (var name in names)
        {
            if (left == 0)
            {
                response.NextCursor = new DescribeTopicPartitionsResponseCursor { TopicName = name, PartitionIndex = 0 };
                break;
            }

            var first = asked.Cursor?.TopicName == name ? asked.Cursor.PartitionIndex : 0;
            if (!catalog.TryGetTopic(name, out var topic))
            {
                if (!all)
                {
                    topics.Add(Refused(
                        name,
                        TopicName.Check(name) is null ? ErrorCode.UnknownTopicOrPartition : ErrorCode.InvalidTopicException,
                        AuthorizedOperations.Topic));
                }

                continue;
            }

            var described = Describe(topic, first, left);
            topics.Add(described);
            left -= described.Partitions.Length;
            if (first + described.Partitions.Length < topic.Partitions.Count)
            {
                response.NextCursor = new DescribeTopicPartitionsResponseCursor
                {
                    TopicName = name, PartitionIndex = first + described.Partitions.Length,
                };
                break;
            }
        }

        response.Topics = [.. topics];
        connection.Send(request, response);
    }

    private static DescribeTopicPartitionsResponseTopic Refused(string name, ErrorCode error, int operations) =>
        new() { Name = name, ErrorCode = (short)error, TopicAuthorizedOperations = operations };

    private static DescribeTopicPartitionsResponseTopic Describe(TopicDescription topic, int first, int limit)
    {
        var count = Math.Max(0, Math.Min(limit, topic.Partitions.Count - first));
        return new DescribeTopicPartitionsResponseTopic
        {
            Name = topic.Name,
            TopicId = topic.Id,
            IsInternal = topic.IsInternal,
            TopicAuthorizedOperations = AuthorizedOperations.Topic,
            Partitions = [.. Enumerable.Range(first, count).Select(i => Describe(topic.Partitions[i], i))],
        };
    }

    private static DescribeTopicPartitionsResponsePartition Describe(PartitionDescription partition, int index) => new()
    {
        ErrorCode = partition.LeaderId < 0 ? (short)ErrorCode.LeaderNotAvailable : (short)0,
        PartitionIndex = index,
        LeaderId = partition.LeaderId,
        LeaderEpoch = partition.LeaderEpoch,
        ReplicaNodes = [.. partition.Replicas],
        IsrNodes = [.. partition.InSyncReplicas],
        EligibleLeaderReplicas = [],
        LastKnownElr = [],
    };
}
