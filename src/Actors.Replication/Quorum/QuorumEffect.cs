using Actors.Model.Ports;

namespace Actors.Replication.Quorum;

/// <summary>What a member of the quorum can ask for.</summary>
public enum QuorumEffectKind : byte
{
    /// <summary>Not an effect.</summary>
    None = 0,
    /// <summary>Sync the vote, then say Persisted; nothing else of this machine is done before.</summary>
    Persist = 1,
    /// <summary>Append the leader's EpochStart record, made by the interpreter.</summary>
    AppendEpochStart = 2,
    /// <summary>Stamp the proposed batch and give it to the log.</summary>
    Append = 3,
    /// <summary>Tell a proposal's outcome.</summary>
    Reply = 4,
    /// <summary>The high watermark moved: apply up to it.</summary>
    Advanced = 5,
    /// <summary>Epoch, leader or role changed.</summary>
    LeadershipChanged = 6,
    /// <summary>An invariant does not hold: this member stops, health turns red.</summary>
    Halted = 7,
    /// <summary>Send a message to a voter.</summary>
    Send = 8,
    /// <summary>Reserved: cut the log to an end.</summary>
    Truncate = 9,
}

/// <summary>One effect of a <see cref="QuorumMachine"/>.</summary>
public readonly struct QuorumEffect
{
    private QuorumEffect(QuorumEffectKind kind) => Kind = kind;

    /// <summary>What to do.</summary>
    public QuorumEffectKind Kind { get; }

    /// <summary>The vote to sync (Persist).</summary>
    public QuorumVote Vote { get; private init; }

    /// <summary>Offset of the batch's first record (Append, AppendEpochStart); the high watermark (Advanced).</summary>
    public long Offset { get; private init; }

    /// <summary>The epoch (Append, AppendEpochStart, LeadershipChanged).</summary>
    public int Epoch { get; private init; }

    /// <summary>The time to stamp, ms since 1970 (Append, AppendEpochStart).</summary>
    public long AppendTimeMs { get; private init; }

    /// <summary>Who is told (Reply).</summary>
    public IAppendWaiter? Waiter { get; private init; }

    /// <summary>Handed back (Reply).</summary>
    public long Token { get; private init; }

    /// <summary>The outcome (Reply).</summary>
    public AppendOutcome Outcome { get; private init; }

    /// <summary>The leader, or -1 (LeadershipChanged); the receiver (Send).</summary>
    public int NodeId { get; private init; }

    /// <summary>The message (Send).</summary>
    public QuorumMessage Message { get; private init; }

    /// <summary>Which invariant (Halted).</summary>
    public string? Reason { get; private init; }

    internal static QuorumEffect Persist(QuorumVote vote) => new(QuorumEffectKind.Persist) { Vote = vote };

    internal static QuorumEffect AppendEpochStart(long offset, int epoch, long appendTimeMs) =>
        new(QuorumEffectKind.AppendEpochStart) { Offset = offset, Epoch = epoch, AppendTimeMs = appendTimeMs };

    internal static QuorumEffect Append(long offset, int epoch, long appendTimeMs) =>
        new(QuorumEffectKind.Append) { Offset = offset, Epoch = epoch, AppendTimeMs = appendTimeMs };

    internal static QuorumEffect Reply(IAppendWaiter? waiter, long token, in AppendOutcome outcome) =>
        new(QuorumEffectKind.Reply) { Waiter = waiter, Token = token, Outcome = outcome };

    internal static QuorumEffect Advanced(long highWatermark) => new(QuorumEffectKind.Advanced) { Offset = highWatermark };

    internal static QuorumEffect LeadershipChanged(int epoch, int leaderId) =>
        new(QuorumEffectKind.LeadershipChanged) { Epoch = epoch, NodeId = leaderId };

    internal static QuorumEffect Halted(string reason) => new(QuorumEffectKind.Halted) { Reason = reason };

    internal static QuorumEffect Send(int nodeId, in QuorumMessage message) =>
        new(QuorumEffectKind.Send) { NodeId = nodeId, Message = message };
}
