using System.Collections.Frozen;
using Kind = Actors.Model.Topics.TopicConfigType;

namespace Actors.Model.Topics;

public static partial class TopicConfigs
{
    private const string Forever = "9223372036854775807";
    private const string WeekMs = "604800000";

    /// <summary>delete, compact, both or neither.</summary>
    public static TopicConfigDefinition CleanupPolicy { get; } = new("cleanup.policy", Kind.List, "delete", "log.cleanup.policy",
        "How old data goes: delete drops whole segments by retention time and size, compact keeps the last value of "
        + "each key; both may be given; an empty list keeps everything.",
        ItemsOf("compact", "delete"));
    /// <summary>Level of gzip where the broker compresses.</summary>
    public static TopicConfigDefinition CompressionGzipLevel { get; } = new("compression.gzip.level", Kind.Int32, "-1",
        "compression.gzip.level",
        "Compression level where compression.type is gzip.", GzipLevel);
    /// <summary>Level of lz4 where the broker compresses.</summary>
    public static TopicConfigDefinition CompressionLz4Level { get; } = new("compression.lz4.level", Kind.Int32, "9",
        "compression.lz4.level",
        "Compression level where compression.type is lz4.", Between(1, 17));
    /// <summary>The codec records are stored in.</summary>
    public static TopicConfigDefinition CompressionType { get; } = new("compression.type", Kind.Text, "producer", "compression.type",
        "The codec batches are stored in: gzip, snappy, lz4, zstd, uncompressed, or producer for whatever the producer chose.",
        OneOf("uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"));
    /// <summary>Level of zstd where the broker compresses.</summary>
    public static TopicConfigDefinition CompressionZstdLevel { get; } = new("compression.zstd.level", Kind.Int32, "3",
        "compression.zstd.level",
        "Compression level where compression.type is zstd.", Between(-131072, 22));
    /// <summary>How long tombstones stay.</summary>
    public static TopicConfigDefinition DeleteRetentionMs { get; } = new("delete.retention.ms", Kind.Int64, "86400000",
        "log.cleaner.delete.retention.ms",
        "How long a compacted topic keeps tombstones: the time a consumer has to read the log from its start.",
        AtLeast(0));
    /// <summary>Delay before files go.</summary>
    public static TopicConfigDefinition FileDeleteDelayMs { get; } = new("file.delete.delay.ms", Kind.Int64, "60000",
        "log.segment.delete.delay.ms",
        "Time between the removal of a segment from the log and the deletion of its files.", AtLeast(0));
    /// <summary>Messages between syncs; 1: every acknowledged batch is synced.</summary>
    public static TopicConfigDefinition FlushMessages { get; } = new("flush.messages", Kind.Int64, "1", "log.flush.interval.messages",
        "Messages after which the log is synced to disk. The default, 1, syncs before a batch is acknowledged; the "
        + "maximum leaves syncing to the operating system.",
        AtLeast(1));
    /// <summary>Time between syncs.</summary>
    public static TopicConfigDefinition FlushMs { get; } = new("flush.ms", Kind.Int64, Forever, "log.flush.interval.ms",
        "Time after which written records are synced to disk.", AtLeast(0));
    /// <summary>Throttled followers.</summary>
    public static TopicConfigDefinition FollowerThrottledReplicas { get; } = new("follower.replication.throttled.replicas", Kind.List,
        "", null,
        "Replicas whose copying is throttled on the follower's side: partition:broker pairs, or * for all.", ThrottledReplicas);
    /// <summary>Bytes between index entries.</summary>
    public static TopicConfigDefinition IndexIntervalBytes { get; } = new("index.interval.bytes", Kind.Int32, "4096",
        "log.index.interval.bytes",
        "Bytes of log between two entries of the offset index.", AtLeast(0));
    /// <summary>Throttled leaders.</summary>
    public static TopicConfigDefinition LeaderThrottledReplicas { get; } = new("leader.replication.throttled.replicas", Kind.List, "", null,
        "Replicas whose copying is throttled on the leader's side: partition:broker pairs, or * for all.", ThrottledReplicas);
    /// <summary>Local part of retention.bytes; nothing is tiered here.</summary>
    public static TopicConfigDefinition LocalRetentionBytes { get; } = new("local.retention.bytes", Kind.Int64, "-2",
        "log.local.retention.bytes",
        "Bytes kept locally where a topic is tiered; -2 means retention.bytes. Nothing is tiered here.", AtLeast(-2));
    /// <summary>Local part of retention.ms; nothing is tiered here.</summary>
    public static TopicConfigDefinition LocalRetentionMs { get; } = new("local.retention.ms", Kind.Int64, "-2", "log.local.retention.ms",
        "Time kept locally where a topic is tiered; -2 means retention.ms. Nothing is tiered here.", AtLeast(-2));
    /// <summary>Longest time a record stays uncompacted.</summary>
    public static TopicConfigDefinition MaxCompactionLagMs { get; } = new("max.compaction.lag.ms", Kind.Int64, Forever,
        "log.cleaner.max.compaction.lag.ms", "Longest time a record may stay outside compaction.", AtLeast(1));
    /// <summary>Largest batch.</summary>
    public static TopicConfigDefinition MaxMessageBytes { get; } = new("max.message.bytes", Kind.Int32, "1048588", "message.max.bytes",
        "Largest record batch that is accepted, as it travels (compressed).", AtLeast(0));
    /// <summary>How far in the future a timestamp may lie.</summary>
    public static TopicConfigDefinition MessageTimestampAfterMaxMs { get; } = new("message.timestamp.after.max.ms", Kind.Int64, "3600000",
        "log.message.timestamp.after.max.ms",
        "How far a record's timestamp may be ahead of the broker's clock, for CreateTime.", AtLeast(0));
    /// <summary>How far in the past a timestamp may lie.</summary>
    public static TopicConfigDefinition MessageTimestampBeforeMaxMs { get; } = new("message.timestamp.before.max.ms", Kind.Int64, Forever,
        "log.message.timestamp.before.max.ms",
        "How far a record's timestamp may be behind the broker's clock, for CreateTime.", AtLeast(0));
    /// <summary>Whose timestamps records carry.</summary>
    public static TopicConfigDefinition MessageTimestampType { get; } = new("message.timestamp.type", Kind.Text, "CreateTime",
        "log.message.timestamp.type",
        "Whether a record's timestamp is the producer's (CreateTime) or the time of the append (LogAppendTime).",
        OneOf("CreateTime", "LogAppendTime"));
    /// <summary>Dirty part at which compaction starts.</summary>
    public static TopicConfigDefinition MinCleanableDirtyRatio { get; } = new("min.cleanable.dirty.ratio", Kind.Double, "0.5",
        "log.cleaner.min.cleanable.ratio", "Part of the log that must be uncompacted before it is compacted again.", BetweenDouble(0, 1));
    /// <summary>Shortest time a record stays uncompacted.</summary>
    public static TopicConfigDefinition MinCompactionLagMs { get; } = new("min.compaction.lag.ms", Kind.Int64, "0",
        "log.cleaner.min.compaction.lag.ms", "Shortest time a record stays outside compaction.", AtLeast(0));
    /// <summary>In-sync replicas an acks=all append needs.</summary>
    public static TopicConfigDefinition MinInsyncReplicas { get; } = new("min.insync.replicas", Kind.Int32, "1", "min.insync.replicas",
        "Replicas, leader included, that must be in sync for an append with acks=all; below it such appends are refused.", AtLeast(1));
    /// <summary>Whether segments are preallocated.</summary>
    public static TopicConfigDefinition Preallocate { get; } = new("preallocate", Kind.Boolean, "false", "log.preallocate",
        "Whether a new segment's file is allocated in full at once.");
    /// <summary>Tiering: stop copying.</summary>
    public static TopicConfigDefinition RemoteLogCopyDisable { get; } = new("remote.log.copy.disable", Kind.Boolean,
        "false", null,
        "Whether a tiered topic stops copying. Nothing is tiered here.");
    /// <summary>Tiering: delete when switched off.</summary>
    public static TopicConfigDefinition RemoteLogDeleteOnDisable { get; } = new("remote.log.delete.on.disable", Kind.Boolean,
        "false", null, "Whether tiered data goes when tiering is switched off. Nothing is tiered here.");
    /// <summary>Tiering; refused here.</summary>
    public static TopicConfigDefinition RemoteStorageEnable { get; } = new("remote.storage.enable", Kind.Boolean,
        "false", null,
        "Whether the topic is tiered. Only false is accepted here.");
    /// <summary>Bytes kept per partition.</summary>
    public static TopicConfigDefinition RetentionBytes { get; } = new("retention.bytes", Kind.Int64, "-1", "log.retention.bytes",
        "Bytes a partition may grow to before old segments are deleted; -1: no limit.");
    /// <summary>Time records are kept.</summary>
    public static TopicConfigDefinition RetentionMs { get; } = new("retention.ms", Kind.Int64, WeekMs, "log.retention.ms",
        "Time records are kept before old segments are deleted; -1: for ever.", AtLeast(-1));
    /// <summary>Size at which a segment is rolled.</summary>
    public static TopicConfigDefinition SegmentBytes { get; } = new("segment.bytes", Kind.Int32, "1073741824", "log.segment.bytes",
        "Size of a segment file at which a new one is begun.", AtLeast(1024 * 1024));
    /// <summary>Largest index file.</summary>
    public static TopicConfigDefinition SegmentIndexBytes { get; } = new("segment.index.bytes", Kind.Int32, "10485760",
        "log.index.size.max.bytes",
        "Largest size of a segment's index files.", AtLeast(4));
    /// <summary>Spread of roll times.</summary>
    public static TopicConfigDefinition SegmentJitterMs { get; } = new("segment.jitter.ms", Kind.Int64, "0", "log.roll.jitter.ms",
        "Longest time taken off segment.ms at random, so that segments do not all roll at once.", AtLeast(0));
    /// <summary>Age at which a segment is rolled.</summary>
    public static TopicConfigDefinition SegmentMs { get; } = new("segment.ms", Kind.Int64, WeekMs, "log.roll.ms",
        "Age of a segment at which a new one is begun even if it is not full.", AtLeast(1));
    /// <summary>Whether replicas outside the ISR may lead.</summary>
    public static TopicConfigDefinition UncleanLeaderElectionEnable { get; } = new("unclean.leader.election.enable",
        TopicConfigType.Boolean,
        "false", "unclean.leader.election.enable",
        "Whether a replica that is not in sync may become leader as a last resort, at the price of records.");

    /// <summary>All settings, in ordinal order of name.</summary>
    public static IReadOnlyList<TopicConfigDefinition> All { get; } =
    [
        CleanupPolicy, CompressionGzipLevel, CompressionLz4Level, CompressionType, CompressionZstdLevel, DeleteRetentionMs,
        FileDeleteDelayMs, FlushMessages, FlushMs, FollowerThrottledReplicas, IndexIntervalBytes, LeaderThrottledReplicas,
        LocalRetentionBytes, LocalRetentionMs, MaxCompactionLagMs, MaxMessageBytes, MessageTimestampAfterMaxMs,
        MessageTimestampBeforeMaxMs, MessageTimestampType, MinCleanableDirtyRatio, MinCompactionLagMs, MinInsyncReplicas, Preallocate,
        RemoteLogCopyDisable, RemoteLogDeleteOnDisable, RemoteStorageEnable, RetentionBytes, RetentionMs, SegmentBytes,
        SegmentIndexBytes, SegmentJitterMs, SegmentMs, UncleanLeaderElectionEnable,
    ];

    private static readonly FrozenDictionary<string, TopicConfigDefinition> s_byName =
        All.ToFrozenDictionary(d => d.Name, StringComparer.Ordinal);
}
