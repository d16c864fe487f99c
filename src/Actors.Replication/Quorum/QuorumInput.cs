using Actors.Model.Ports;
using Actors.Model.Records;

namespace Actors.Replication.Quorum;

/// <summary>What can happen to a member of the quorum.</summary>
public enum QuorumInputKind : byte
{
    /// <summary>Not an input.</summary>
    None = 0,
    /// <summary>Time passed.</summary>
    Tick = 1,
    /// <summary>A vote is on disk.</summary>
    Persisted = 2,
    /// <summary>Somebody wants to append commands.</summary>
    Proposed = 3,
    /// <summary>The log has written or synced further.</summary>
    Flushed = 4,
    /// <summary>The log failed for good.</summary>
    Failed = 5,
    /// <summary>Give up the lead.</summary>
    Resign = 6,
    /// <summary>A voter fetched, which says how far it has flushed.</summary>
    VoterFlushed = 7,
    /// <summary>A message of another voter.</summary>
    Received = 8,
}

/// <summary>One input of a <see cref="QuorumMachine"/>; made by the factories here.</summary>
public readonly struct QuorumInput
{
    private QuorumInput(QuorumInputKind kind) => Kind = kind;

    /// <summary>What happened.</summary>
    public QuorumInputKind Kind { get; }

    /// <summary>The monotonic clock, in ms (Tick, VoterFlushed, Received).</summary>
    public long NowMs { get; private init; }

    /// <summary>The wall clock, ms since 1970 (Tick, Proposed).</summary>
    public long WallMs { get; private init; }

    /// <summary>A random part of the election timeout (Tick), in ms.</summary>
    public long JitterMs { get; private init; }

    /// <summary>The vote that is on disk (Persisted).</summary>
    public QuorumVote Vote { get; private init; }

    /// <summary>The batch's header (Proposed).</summary>
    public RecordBatchInfo Info { get; private init; }

    /// <summary>Who is told (Proposed).</summary>
    public IAppendWaiter? Waiter { get; private init; }

    /// <summary>Handed back to the waiter (Proposed).</summary>
    public long Token { get; private init; }

    /// <summary>End of what is written (Flushed) or flushed by a voter (VoterFlushed).</summary>
    public long WrittenEnd { get; private init; }

    /// <summary>End of what is synced (Flushed).</summary>
    public long SyncedEnd { get; private init; }

    /// <summary>The voter (VoterFlushed, Received).</summary>
    public int NodeId { get; private init; }

    /// <summary>The message (Received).</summary>
    public QuorumMessage Message { get; private init; }

    /// <summary>The clocks stand at <paramref name="nowMs"/> and <paramref name="wallMs"/>; <paramref name="jitterMs"/> is random.</summary>
    public static QuorumInput Tick(long nowMs, long wallMs, long jitterMs) =>
        new(QuorumInputKind.Tick) { NowMs = nowMs, WallMs = wallMs, JitterMs = jitterMs };

    /// <summary>The vote is synced.</summary>
    public static QuorumInput Persisted(QuorumVote vote) => new(QuorumInputKind.Persisted) { Vote = vote };

    /// <summary>
    /// A batch of commands. With a producer id: a node's commands, checked for epoch and sequence. Without: the leader's own.
    /// </summary>
    public static QuorumInput Proposed(in RecordBatchInfo info, IAppendWaiter? waiter, long token, long wallMs) =>
        new(QuorumInputKind.Proposed) { Info = info, Waiter = waiter, Token = token, WallMs = wallMs };

    /// <summary>Everything below <paramref name="writtenEnd"/> is written, below <paramref name="syncedEnd"/> synced.</summary>
    public static QuorumInput Flushed(long writtenEnd, long syncedEnd) =>
        new(QuorumInputKind.Flushed) { WrittenEnd = writtenEnd, SyncedEnd = syncedEnd };

    /// <summary>The log failed: nothing unfinished will ever finish.</summary>
    public static QuorumInput Failed() => new(QuorumInputKind.Failed);

    /// <summary>Give up the lead.</summary>
    public static QuorumInput Resign() => new(QuorumInputKind.Resign);

    /// <summary>A voter fetched in the current epoch: everything below <paramref name="flushedEnd"/> is synced there.</summary>
    public static QuorumInput VoterFlushed(int nodeId, long flushedEnd, long nowMs) =>
        new(QuorumInputKind.VoterFlushed) { NodeId = nodeId, WrittenEnd = flushedEnd, NowMs = nowMs };

    /// <summary>A message arrived.</summary>
    public static QuorumInput Received(int from, in QuorumMessage message, long nowMs) =>
        new(QuorumInputKind.Received) { NodeId = from, Message = message, NowMs = nowMs };
}

/// <summary>Kinds of messages between voters (KIP-595, KIP-996). Numbers travel; they are never used anew.</summary>
public enum QuorumMessageKind : byte
{
    /// <summary>Not a message.</summary>
    None = 0,
    /// <summary>Would you vote for me (pre-vote), or do you.</summary>
    Vote = 1,
    /// <summary>The answer.</summary>
    VoteAnswer = 2,
    /// <summary>I lead in this epoch.</summary>
    LeaderIs = 3,
    /// <summary>I lead no longer.</summary>
    LeaderWas = 4,
}

/// <summary>A message between voters.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Epoch">The sender's epoch.</param>
/// <param name="PreVote">The vote is a question only: nobody changes their epoch for it.</param>
/// <param name="Granted">The answer to a vote.</param>
/// <param name="LastEpoch">Epoch of the candidate's last record.</param>
/// <param name="LogEnd">End of the candidate's log.</param>
/// <param name="LeaderId">The leader the sender knows, or -1.</param>
public readonly record struct QuorumMessage(
    QuorumMessageKind Kind, int Epoch, bool PreVote, bool Granted, int LastEpoch, long LogEnd, int LeaderId);
