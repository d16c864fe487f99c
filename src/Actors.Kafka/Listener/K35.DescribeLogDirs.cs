using Actors.Kafka.Wire;
using Actors.Model;
using Actors.Model.Ports;

namespace Actors.Kafka.Listener;

/// <summary>
/// DescribeLogDirs, key 35.
/// Versions: 1-5 (Kafka 4.3: 1-5). Promise: each log directory with its volume's size and the bytes of the partitions asked for (all, where null),
/// cold ones without opening them; a failed directory is KAFKA_STORAGE_ERROR. Gaps: no partition moves between directories.
/// </summary>
internal static class DescribeLogDirsHandler
{
    public static void Handle(KafkaConnection connection, in KafkaRequest request)
    {
        var asked = request.Read<DescribeLogDirsRequest>();
        var services = connection.Services;
        var directories = services.Partitions.LogDirectories;
        var results = new DescribeLogDirsResponseResult[directories.Count];
        for (var i = 0; i < results.Length; i++)
        {
            var directory = directories[i];
            results[i] = new DescribeLogDirsResponseResult
            {
                LogDir = directory.Path,
                ErrorCode = directory.Failure is null ? (short)0 : (short)ErrorCode.KafkaStorageError,
                TotalBytes = directory.TotalBytes,
                UsableBytes = directory.UsableBytes,
                Topics = i == 0 && directory.Failure is null ? Topics(services, asked.Topics) : [],
            };
        }

        connection.Send(request, new DescribeLogDirsResponse { ThrottleTimeMs = request.Context.ThrottleMs, Results = results });
    }

    private static DescribeLogDirsResponseTopic[] Topics(KafkaServices services, DescribeLogDirsRequestTopic[]? asked)
    {
        if (asked is null)
        {
            return [.. services.Catalog.Topics.Select(t => Describe(services, t, Enumerable.Range(0, t.Partitions.Count))).Where(t => t.Partitions.Length > 0)];
        }

        var topics = new List<DescribeLogDirsResponseTopic>();
        foreach (var topic in asked)
        {
            if (services.Catalog.TryGetTopic(topic.Topic, out var known))
            {
                topics.Add(Describe(services, known, topic.Partitions));
            }
        }

        return [.. topics.Where(t => t.Partitions.Length > 0)];
    }

    private static DescribeLogDirsResponseTopic Describe(KafkaServices services, TopicDescription topic, IEnumerable<int> partitions) => new()
    {
        Name = topic.Name,
        Partitions =
        [
            .. partitions.Select(p => (Index: p, Bytes: services.Partitions.GetSizeBytes(new TopicPartitionId(topic.Id, p))))
                .Where(p => p.Bytes >= 0)
                .Select(p => new DescribeLogDirsResponsePartition { PartitionIndex = p.Index, PartitionSize = p.Bytes }),
        ],
    };
}
