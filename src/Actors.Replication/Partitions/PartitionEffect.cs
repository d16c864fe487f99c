using Actors.Model.Ports;

namespace Actors.Replication.Partitions;

/// <summary>What a partition's machine can ask for.</summary>
public enum PartitionEffectKind : byte
{
    /// <summary>Not an effect.</summary>
    None = 0,
    /// <summary>Stamp the proposed batch and give it to the log.</summary>
    Append = 1,
    /// <summary>Tell an append's outcome.</summary>
    Reply = 2,
    /// <summary>High watermark, last stable offset, log start or leadership moved: wake fetches.</summary>
    Advanced = 3,
    /// <summary>An invariant does not hold: this replica stops, health turns red.</summary>
    Halted = 4,
    /// <summary>Reserved: cut the log to an end.</summary>
    Truncate = 5,
    /// <summary>Reserved: sync now.</summary>
    Flush = 6,
    /// <summary>Reserved: send a message to another node.</summary>
    Send = 7,
    /// <summary>Reserved: store state beside the log before anything else.</summary>
    Persist = 8,
}

/// <summary>One effect of a <see cref="PartitionMachine"/>.</summary>
public readonly struct PartitionEffect
{
    private PartitionEffect(PartitionEffectKind kind) => Kind = kind;

    /// <summary>What to do.</summary>
    public PartitionEffectKind Kind { get; }

    /// <summary>Offset of the batch's first record (Append).</summary>
    public long BaseOffset { get; private init; }

    /// <summary>Epoch to stamp (Append).</summary>
    public int LeaderEpoch { get; private init; }

    /// <summary>Time to stamp, or -1 to leave the producer's (Append).</summary>
    public long LogAppendTimeMs { get; private init; }

    /// <summary>Who is told (Reply); null for acks=0, where an error is still worth knowing.</summary>
    public IAppendWaiter? Waiter { get; private init; }

    /// <summary>Handed back to the waiter (Reply).</summary>
    public long Token { get; private init; }

    /// <summary>The outcome (Reply).</summary>
    public AppendOutcome Outcome { get; private init; }

    /// <summary>The offsets after the step (Advanced).</summary>
    public PartitionOffsets Offsets { get; private init; }

    /// <summary>Which invariant (Halted).</summary>
    public string? Reason { get; private init; }

    internal static PartitionEffect Append(long baseOffset, int leaderEpoch, long logAppendTimeMs) =>
        new(PartitionEffectKind.Append) { BaseOffset = baseOffset, LeaderEpoch = leaderEpoch, LogAppendTimeMs = logAppendTimeMs };

    internal static PartitionEffect Reply(IAppendWaiter? waiter, long token, in AppendOutcome outcome) =>
        new(PartitionEffectKind.Reply) { Waiter = waiter, Token = token, Outcome = outcome };

    internal static PartitionEffect Advanced(in PartitionOffsets offsets) => new(PartitionEffectKind.Advanced) { Offsets = offsets };

    internal static PartitionEffect Halted(string reason) => new(PartitionEffectKind.Halted) { Reason = reason };
}
