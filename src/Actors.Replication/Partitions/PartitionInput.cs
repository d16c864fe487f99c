using Actors.Model.Ports;
using Actors.Model.Records;

namespace Actors.Replication.Partitions;

/// <summary>What can happen to a partition.</summary>
public enum PartitionInputKind : byte
{
    /// <summary>Not an input.</summary>
    None = 0,
    /// <summary>The catalog made this node the leader.</summary>
    Lead = 1,
    /// <summary>Somebody wants to append a batch.</summary>
    Proposed = 2,
    /// <summary>The log has written or synced further.</summary>
    Flushed = 3,
    /// <summary>The log failed for good.</summary>
    Failed = 4,
    /// <summary>This node leads no longer.</summary>
    Resign = 5,
    /// <summary>Time passed.</summary>
    Tick = 6,
    /// <summary>The topic's settings or the replica sets changed.</summary>
    SettingsChanged = 7,
    /// <summary>The log's beginning was cut.</summary>
    LogStartMoved = 8,
    /// <summary>A follower says how far it has flushed.</summary>
    FollowerFlushed = 9,
}

/// <summary>One input of a <see cref="PartitionMachine"/>; made by the factories here.</summary>
public readonly struct PartitionInput
{
    private PartitionInput(PartitionInputKind kind) => Kind = kind;

    /// <summary>What happened.</summary>
    public PartitionInputKind Kind { get; }

    /// <summary>The batch's header (Proposed).</summary>
    public RecordBatchInfo Info { get; private init; }

    /// <summary>The leader epoch: the new one (Lead), or the one expected, -1 for any (Proposed).</summary>
    public int LeaderEpoch { get; private init; }

    /// <summary>When to answer (Proposed).</summary>
    public AckMode Acks { get; private init; }

    /// <summary>Who appends (Proposed).</summary>
    public AppendOrigin Origin { get; private init; }

    /// <summary>Who is told (Proposed).</summary>
    public IAppendWaiter? Waiter { get; private init; }

    /// <summary>Handed back to the waiter (Proposed).</summary>
    public long Token { get; private init; }

    /// <summary>Milliseconds since 1970 (Proposed, Tick).</summary>
    public long NowMs { get; private init; }

    /// <summary>End of what is written (Flushed); of what a follower has flushed (FollowerFlushed); the log start (LogStartMoved).</summary>
    public long WrittenEnd { get; private init; }

    /// <summary>End of what is synced (Flushed).</summary>
    public long SyncedEnd { get; private init; }

    /// <summary>The follower (FollowerFlushed).</summary>
    public int NodeId { get; private init; }

    /// <summary>The new settings (SettingsChanged).</summary>
    public PartitionSettings? Settings { get; private init; }

    /// <summary>This node leads in <paramref name="leaderEpoch"/>, which the catalog never gave before.</summary>
    public static PartitionInput Lead(int leaderEpoch) => new(PartitionInputKind.Lead) { LeaderEpoch = leaderEpoch };

    /// <summary>A validated batch to append; the machine decides, the interpreter stamps and writes it.</summary>
    public static PartitionInput Proposed(
        in RecordBatchInfo info, int expectedLeaderEpoch, AckMode acks, AppendOrigin origin, IAppendWaiter? waiter, long token, long nowMs) =>
        new(PartitionInputKind.Proposed)
        {
            Info = info,
            LeaderEpoch = expectedLeaderEpoch,
            Acks = acks,
            Origin = origin,
            Waiter = waiter,
            Token = token,
            NowMs = nowMs,
        };

    /// <summary>Everything below <paramref name="writtenEnd"/> is written, below <paramref name="syncedEnd"/> synced.</summary>
    public static PartitionInput Flushed(long writtenEnd, long syncedEnd) =>
        new(PartitionInputKind.Flushed) { WrittenEnd = writtenEnd, SyncedEnd = syncedEnd };

    /// <summary>The log failed: nothing unfinished will ever finish.</summary>
    public static PartitionInput Failed() => new(PartitionInputKind.Failed);

    /// <summary>This node leads no longer.</summary>
    public static PartitionInput Resign() => new(PartitionInputKind.Resign);

    /// <summary>The time is <paramref name="nowMs"/>; once a minute or so is enough.</summary>
    public static PartitionInput Tick(long nowMs) => new(PartitionInputKind.Tick) { NowMs = nowMs };

    /// <summary>Settings or replica sets changed.</summary>
    public static PartitionInput SettingsChanged(PartitionSettings settings) => new(PartitionInputKind.SettingsChanged) { Settings = settings };

    /// <summary>Records below <paramref name="logStart"/> are gone.</summary>
    public static PartitionInput LogStartMoved(long logStart) => new(PartitionInputKind.LogStartMoved) { WrittenEnd = logStart };

    /// <summary>A follower has flushed everything below <paramref name="flushedEnd"/>, in the current epoch.</summary>
    public static PartitionInput FollowerFlushed(int nodeId, long flushedEnd) =>
        new(PartitionInputKind.FollowerFlushed) { NodeId = nodeId, WrittenEnd = flushedEnd };
}
