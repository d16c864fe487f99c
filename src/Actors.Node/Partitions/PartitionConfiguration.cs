using Actors.Model.Ports;
using Actors.Model.Records;
using Actors.Model.Topics;
using Actors.Replication.Partitions;
using Actors.Storage;

namespace Actors.Node.Partitions;

/// <summary>A topic's settings, read once into what the machine, the door and the log each need.</summary>
/// <param name="Machine">For the partition's machine.</param>
/// <param name="Limits">For whoever appends.</param>
/// <param name="Log">For the log.</param>
internal sealed record PartitionConfiguration(PartitionSettings Machine, PartitionLimits Limits, LogConfig Log)
{
    /// <summary>The settings of <paramref name="topic"/>; what it does not set has Kafka's default.</summary>
    public static PartitionConfiguration From(TopicDescription topic, int partition, int nodeId)
    {
        var replicas = topic.Partitions[partition];
        var configs = topic.Configs;
        var appendTime = TopicConfigs.MessageTimestampType.Get(configs) == "LogAppendTime";
        var flushMessages = TopicConfigs.FlushMessages.GetInt64(configs);
        var compacted = TopicConfigs.CleanupPolicy.GetList(configs).Contains("compact", StringComparer.Ordinal);
        return new PartitionConfiguration(
            new PartitionSettings
            {
                NodeId = nodeId,
                Replicas = replicas.Replicas,
                InSyncReplicas = replicas.InSyncReplicas,
                FlushMessages = flushMessages,
                MinInSyncReplicas = TopicConfigs.MinInsyncReplicas.GetInt32(configs),
                LogAppendTime = appendTime,
            },
            new PartitionLimits
            {
                MaxBatchBytes = TopicConfigs.MaxMessageBytes.GetInt32(configs),
                LogAppendTime = appendTime,
                TimestampBeforeMaxMs = TopicConfigs.MessageTimestampBeforeMaxMs.GetInt64(configs),
                TimestampAfterMaxMs = TopicConfigs.MessageTimestampAfterMaxMs.GetInt64(configs),
                RequireKeys = compacted,
                ValidateCompressed = true,
                StoreAs = CodecOf(TopicConfigs.CompressionType.Get(configs)),
            },
            LogConfig.From(configs));
    }

    private static CompressionCodec? CodecOf(string compressionType) => compressionType switch
    {
        "producer" => null,
        "uncompressed" => CompressionCodec.None,
        "gzip" => CompressionCodec.Gzip,
        "snappy" => CompressionCodec.Snappy,
        "lz4" => CompressionCodec.Lz4,
        "zstd" => CompressionCodec.Zstd,
        _ => throw new ArgumentException($"compression.type '{compressionType}' passed validation but is not known here.", nameof(compressionType)),
    };
}
