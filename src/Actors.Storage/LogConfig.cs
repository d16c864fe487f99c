using Actors.Model.Topics;

namespace Actors.Storage;

/// <summary>What a log needs to know of its topic's settings. Names and defaults are Kafka's, but for flush.messages.</summary>
public sealed record LogConfig
{
    /// <summary><c>segment.bytes</c>, default 1 GiB.</summary>
    public int SegmentBytes { get; init; } = 1 << 30;

    /// <summary><c>segment.ms</c>, default 7 days, less a share of the jitter that the caller has drawn.</summary>
    public long SegmentMs { get; init; } = 7L * 24 * 60 * 60 * 1000;

    /// <summary><c>segment.index.bytes</c>, default 10 MiB: a segment is rolled before its index outgrows it.</summary>
    public int SegmentIndexBytes { get; init; } = 10 * 1024 * 1024;

    /// <summary><c>index.interval.bytes</c>, default 4096.</summary>
    public int IndexIntervalBytes { get; init; } = 4096;

    /// <summary><c>flush.messages</c>: 1 (default here) syncs before a batch counts as durable; maximum leaves it to the OS.</summary>
    public long FlushMessages { get; init; } = 1;

    /// <summary><c>flush.ms</c>, default never: unsynced records are synced after this time.</summary>
    public long FlushMs { get; init; } = long.MaxValue;

    /// <summary>
    /// Bytes of zeros written ahead of the log's end, 0 for none. Overwriting written blocks makes a sync about twice as fast as
    /// appending; costs the space. Not for topics: Kafka's tools take the zeros behind the end for damage.
    /// </summary>
    public int PrewriteBytes { get; init; }

    /// <summary><c>cleanup.policy</c> contains delete (the default): old segments go by retention, records by request.</summary>
    public bool Deletes { get; init; } = true;

    /// <summary><c>cleanup.policy</c> contains compact: the last record of each key stays.</summary>
    public bool Compacts { get; init; }

    /// <summary><c>retention.ms</c>, -1 for ever; the default here, unlike a topic's (7 days), is for ever.</summary>
    public long RetentionMs { get; init; } = -1;

    /// <summary><c>retention.bytes</c>, default -1: no limit.</summary>
    public long RetentionBytes { get; init; } = -1;

    /// <summary><c>delete.retention.ms</c>, default 1 day: how long a compacted log keeps tombstones.</summary>
    public long DeleteRetentionMs { get; init; } = 24L * 60 * 60 * 1000;

    /// <summary><c>min.cleanable.dirty.ratio</c>, default 0.5: the part of the log that must be dirty before it is compacted.</summary>
    public double MinCleanableDirtyRatio { get; init; } = 0.5;

    /// <summary><c>min.compaction.lag.ms</c>, default 0: younger records are not compacted.</summary>
    public long MinCompactionLagMs { get; init; }

    /// <summary><c>max.compaction.lag.ms</c>, default never: older dirty records are compacted whatever the ratio is.</summary>
    public long MaxCompactionLagMs { get; init; } = long.MaxValue;

    /// <summary>Whether every round is synced before its batches count as durable.</summary>
    public bool SyncsEveryRound => FlushMessages <= 1;

    /// <summary>The settings of a topic.</summary>
    public static LogConfig From(IReadOnlyDictionary<string, string> configs) => new()
    {
        Deletes = TopicConfigs.CleanupPolicy.GetList(configs).Contains("delete", StringComparer.Ordinal),
        Compacts = TopicConfigs.CleanupPolicy.GetList(configs).Contains("compact", StringComparer.Ordinal),
        RetentionMs = TopicConfigs.RetentionMs.GetInt64(configs),
        RetentionBytes = TopicConfigs.RetentionBytes.GetInt64(configs),
        DeleteRetentionMs = TopicConfigs.DeleteRetentionMs.GetInt64(configs),
        MinCleanableDirtyRatio = TopicConfigs.MinCleanableDirtyRatio.GetDouble(configs),
        MinCompactionLagMs = TopicConfigs.MinCompactionLagMs.GetInt64(configs),
        MaxCompactionLagMs = TopicConfigs.MaxCompactionLagMs.GetInt64(configs),
        SegmentBytes = TopicConfigs.SegmentBytes.GetInt32(configs),
        SegmentMs = TopicConfigs.SegmentMs.GetInt64(configs),
        SegmentIndexBytes = TopicConfigs.SegmentIndexBytes.GetInt32(configs),
        IndexIntervalBytes = TopicConfigs.IndexIntervalBytes.GetInt32(configs),
        FlushMessages = TopicConfigs.FlushMessages.GetInt64(configs),
        FlushMs = TopicConfigs.FlushMs.GetInt64(configs),
    };
}
