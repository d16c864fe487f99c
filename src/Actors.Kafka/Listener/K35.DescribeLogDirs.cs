using Actors.Kafka.Wire;
using Actors.Model;
using Actors.Model.Ports;

namespace Actors.Kafka.Listener;

/// <summary>
/// DescribeLogDirs, key 35.
/// Versions: 1-5 (Kafka 4.3: 1-5). Promise: each log directory with its state, its file system's size and free bytes (KIP-827), and the
/// bytes of this node's partitions, all of them or those asked for. Gaps: all partitions are shown in the first healthy directory.
/// </summary>
internal static class DescribeLogDirsHandler
{
    public static void Handle(KafkaConnection connection, in KafkaRequest request)
    {
        var asked = request.Read<DescribeLogDirsRequest>();
        var directories = connection.Services.Partitions.LogDirectories;
        var results = new DescribeLogDirsResponseResult[directories.Count];
        var shown = false;
        for (var i = 0; i < results.Length; i++)
        {
            var directory = directories[i];
            var healthy = directory.Failure is null;
            results[i] = new DescribeLogDirsResponseResult
            {
                ErrorCode = (short)(healthy ? ErrorCode.None : ErrorCode.KafkaStorageError),
                LogDir = directory.Path,
                TotalBytes = directory.TotalBytes,
                UsableBytes = directory.UsableBytes,
                Topics = healthy && !shown ? Topics(connection, asked.Topics) : [],
            };
            shown |= healthy;
        }

        connection.Send(request, new DescribeLogDirsResponse { ThrottleTimeMs = request.Context.ThrottleMs, Results = results });
    }

    private static DescribeLogDirsResponseTopic[] Topics(KafkaConnection connection, DescribeLogDirsRequestTopic[]? wanted)
    {
        var catalog = connection.Services.Catalog;
        if (wanted is null)
        {
            return
            [
                .. catalog.Topics.Select(t => Show(connection, t, Enumerable.Range(0, t.Partitions.Count)))
                    .Where(t => t.Partitions.Length > 0),
            ];
        }

        var found = new List<DescribeLogDirsResponseTopic>();
        foreach (var asked in wanted)
        {
            if (catalog.TryGetTopic(asked.Topic, out var topic))
            {
                found.Add(Show(connection, topic, asked.Partitions.Distinct()));
            }
        }

        return [.. found.Where(t => t.Partitions.Length > 0)];
    }

    private static DescribeLogDirsResponseTopic Show(KafkaConnection connection, TopicDescription topic, IEnumerable<int> partitions)
    {
        var shown = new List<DescribeLogDirsResponsePartition>();
        foreach (var partition in partitions)
        {
            var sizeBytes = connection.Services.Partitions.GetSizeBytes(new TopicPartitionId(topic.Id, partition));
            if (sizeBytes >= 0)
            {
                shown.Add(new DescribeLogDirsResponsePartition { PartitionIndex = partition, PartitionSize = sizeBytes });
            }
        }

        return new DescribeLogDirsResponseTopic { Name = topic.Name, Partitions = [.. shown] };
    }
}
