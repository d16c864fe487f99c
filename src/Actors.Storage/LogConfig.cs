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

    /// <summary>Whether every round is synced before its batches count as durable.</summary>
    public bool SyncsEveryRound => FlushMessages <= 1;

    /// <summary>The settings of a topic.</summary>
    public static LogConfig From(IReadOnlyDictionary<string, string> configs) => new()
    {
        SegmentBytes = TopicConfigs.SegmentBytes.GetInt32(configs),
        SegmentMs = TopicConfigs.SegmentMs.GetInt64(configs),
        SegmentIndexBytes = TopicConfigs.SegmentIndexBytes.GetInt32(configs),
        IndexIntervalBytes = TopicConfigs.IndexIntervalBytes.GetInt32(configs),
        FlushMessages = TopicConfigs.FlushMessages.GetInt64(configs),
        FlushMs = TopicConfigs.FlushMs.GetInt64(configs),
    };
}
