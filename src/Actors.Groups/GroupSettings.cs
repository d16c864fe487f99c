namespace Actors.Groups;

/// <summary>Settings and limits of group machines, as Kafka's <c>group.*</c> and <c>offsets.*</c>.</summary>
public sealed record GroupSettings
{
    /// <summary><c>group.initial.rebalance.delay.ms</c>, default 3,000: how long a new group waits for more members.</summary>
    public int InitialRebalanceDelayMs { get; init; } = 3000;

    /// <summary><c>group.min.session.timeout.ms</c>, default 6,000.</summary>
    public int MinSessionTimeoutMs { get; init; } = 6000;

    /// <summary><c>group.max.session.timeout.ms</c>, default 1,800,000.</summary>
    public int MaxSessionTimeoutMs { get; init; } = 1_800_000;

    /// <summary><c>group.max.size</c>, default no limit: most members of one group.</summary>
    public int MaxMembers { get; init; } = int.MaxValue;

    /// <summary>Most clients of one group that were given an id and have not joined with it, default 10,000.</summary>
    public int MaxPendingMembers { get; init; } = 10_000;

    /// <summary>Most groups of one machine, default 100,000; beyond it a new one is refused with COORDINATOR_NOT_AVAILABLE.</summary>
    public int MaxGroups { get; init; } = 100_000;

    /// <summary><c>offset.metadata.max.bytes</c>, default 4,096: longest note beside an offset, in characters as Kafka counts it.</summary>
    public int MaxOffsetMetadataChars { get; init; } = 4096;

    /// <summary><c>offsets.retention.minutes</c>, default 7 days, in ms: how long offsets stay once their group is empty.</summary>
    public long OffsetRetentionMs { get; init; } = 7L * 24 * 60 * 60 * 1000;

    /// <summary><c>offsets.retention.check.interval.ms</c>, default 600,000.</summary>
    public long OffsetCheckIntervalMs { get; init; } = 600_000;

    /// <summary>How long the parked join of a new member is kept, default 300,000 ms as in Kafka: a client that waits longer has gone.</summary>
    public int NewMemberJoinTimeoutMs { get; init; } = 300_000;

    /// <summary>
    /// The most that one tick moves the machine's clock, default 1,000 ms: what a pause takes beyond it is credited to every member, so
    /// that a node that stood still expires nobody. Also the least by which a session may outlive its timeout.
    /// </summary>
    public int MaxTickMs { get; init; } = 1000;

    /// <summary>Most bytes of the records of one operation, default 1,048,000: they go into one batch, all or none.</summary>
    public int MaxRecordsBytes { get; init; } = 1_048_000;

    /// <summary>
    /// Most requests that may wait for one machine's log, default 100,000; beyond it requests are refused with
    /// COORDINATOR_NOT_AVAILABLE, which clients retry.
    /// </summary>
    public int MaxPendingWrites { get; init; } = 100_000;

    /// <summary>Most records that one tick or one deletion of a topic removes, default 10,000; the rest follows at the next tick.</summary>
    public int MaxExpiredPerTick { get; init; } = 10_000;
}
