using Actors.Groups;

namespace Actors.Node.Groups;

/// <summary>Settings and limits of the groups on this node.</summary>
public sealed record GroupHostOptions
{
    /// <summary>Most bytes of one batch of records of <c>__consumer_offsets</c>, default 1 MiB: its topic's <c>max.message.bytes</c>.</summary>
    public const int MaxBatchBytes = 1_048_588;

    /// <summary>Segment size of <c>__consumer_offsets</c>, Kafka's <c>offsets.topic.segment.bytes</c>: 100 MiB.</summary>
    public const int SegmentBytes = 104_857_600;

    /// <summary>Bytes read at once while a partition is replayed, default 1 MiB.</summary>
    public const int LoadChunkBytes = 1 << 20;

    /// <summary>Settings of the machines.</summary>
    public GroupSettings Groups { get; init; } = new();

    /// <summary>How often the machines see the clock, default 100 ms: how exactly timeouts are kept.</summary>
    public TimeSpan TickPeriod { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>After a failed load or append a partition is replayed again no sooner than this, default 1 s.</summary>
    public TimeSpan RetryPeriod { get; init; } = TimeSpan.FromSeconds(1);
}
