using System.Globalization;
using Actors.Groups;
using Actors.Hosting.Configuration;
using Actors.Kafka.Listener;
using Actors.Model.Groups;
using Actors.Model.Topics;

namespace Actors.Hosting.Silo;

/// <summary>The node's settings of groups, retention and compaction under Kafka's names, for DescribeConfigs.</summary>
internal static class KafkaNodeSettings
{
    /// <summary>All of them. Defaults are Kafka 4.3's.</summary>
    public static IReadOnlyList<NodeSetting> From(ActorsOptions options)
    {
        var (groups, cleaner) = (options.Groups, options.Cleaner);
        return
        [
            Int32("group.initial.rebalance.delay.ms", groups.InitialRebalanceDelayMs, 3000, "How long a new group waits for more members."),
            Int32("group.max.session.timeout.ms", groups.MaxSessionTimeoutMs, 1_800_000, "Longest session timeout."),
            Int32("group.max.size", groups.MaxSize, int.MaxValue, "Most members of one group."),
            Int32("group.min.session.timeout.ms", groups.MinSessionTimeoutMs, 6000, "Shortest session timeout."),
            Int64("log.cleaner.backoff.ms", cleaner.BackoffMs, 15_000, "Pause between two looks for something to compact."),
            Int64("log.cleaner.dedupe.buffer.size", cleaner.DedupeBufferBytes, 134_217_728, "Memory for the keys of one compaction."),
            new("log.cleaner.enable", "true", "true", TopicConfigType.Boolean, "Compaction is always on."),
            new("log.cleaner.io.max.bytes.per.second", Rate(cleaner.IoMaxBytesPerSecond), NoLimit, TopicConfigType.Double,
                "Bytes that compaction reads and writes per second at most."),
            Int32("log.cleaner.threads", 1, 1, "Threads that compact."),
            Int64("log.retention.check.interval.ms", options.Topics.RetentionCheckIntervalMs, 300_000, "Time between two looks at retention."),
            Int32("offset.metadata.max.bytes", new GroupSettings().MaxOffsetMetadataChars, 4096, "Longest note beside an offset."),
            Int64("offsets.retention.check.interval.ms", groups.OffsetsRetentionCheckIntervalMs, 600_000,
                "Time between two looks for offsets that have expired."),
            Int32("offsets.retention.minutes", groups.OffsetsRetentionMinutes, 10_080, "How long offsets stay once their group is empty."),
            Int32("offsets.topic.num.partitions", GroupPlacement.PartitionCount, 50, "Partitions of __consumer_offsets."),
            Int32("offsets.topic.replication.factor", 1, 3, "Replicas of __consumer_offsets."),
        ];
    }

    /// <summary>Java's text of the greatest double: Kafka's default.</summary>
    private const string NoLimit = "1.7976931348623157E308";

    private static string Rate(int bytesPerSecond) =>
        bytesPerSecond == 0 ? NoLimit : string.Create(CultureInfo.InvariantCulture, $"{bytesPerSecond}.0");

    private static NodeSetting Int32(string name, int value, int defaultValue, string documentation) =>
        new(name, Text(value), Text(defaultValue), TopicConfigType.Int32, documentation);

    private static NodeSetting Int64(string name, long value, long defaultValue, string documentation) =>
        new(name, Text(value), Text(defaultValue), TopicConfigType.Int64, documentation);

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
