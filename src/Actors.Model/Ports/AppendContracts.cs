using Actors.Model.Leases;
using Actors.Model.Records;

namespace Actors.Model.Ports;

/// <summary>When an append is answered.</summary>
public enum AckMode : short
{
    /// <summary>Every in-sync replica has it, synced unless the topic's <c>flush.messages</c> says otherwise.</summary>
    All = -1,
    /// <summary>Nothing is answered.</summary>
    None = 0,
    /// <summary>The leader has written it (synced, where the topic syncs every batch).</summary>
    Leader = 1,
}

/// <summary>Who appends; each origin is checked differently.</summary>
public enum AppendOrigin : byte
{
    /// <summary>A producer: sequence and epoch are checked.</summary>
    Client = 0,
    /// <summary>A follower copying its leader: offsets are given, nothing is assigned.</summary>
    Replica = 1,
    /// <summary>A coordinator on this node: markers and offset commits.</summary>
    Coordinator = 2,
}

/// <summary>One batch to append.</summary>
public readonly struct AppendRequest
{
    /// <summary>Exactly one whole batch, validated; one reference of it passes to the callee.</summary>
    public required LeaseSlice Batch { get; init; }
    /// <summary>Its header.</summary>
    public required RecordBatchInfo Info { get; init; }
    /// <summary>The epoch the caller believes in, or -1 for any.</summary>
    public required int ExpectedLeaderEpoch { get; init; }
    /// <summary>When to answer.</summary>
    public required AckMode Acks { get; init; }
    /// <summary>Who appends.</summary>
    public AppendOrigin Origin { get; init; }
    /// <summary>Who is told when the append is done; null for <see cref="AckMode.None"/>.</summary>
    public IAppendWaiter? Waiter { get; init; }
    /// <summary>Handed back to the waiter.</summary>
    public long Token { get; init; }
}

/// <summary>Outcome of an append.</summary>
/// <param name="Error">None, or why nothing was appended.</param>
/// <param name="BaseOffset">Offset of the first record, -1 on error.</param>
/// <param name="LogAppendTimeMs">The stamped time where the topic uses LogAppendTime, else -1.</param>
/// <param name="LogStartOffset">The log's start at that moment.</param>
/// <param name="LeaderEpoch">The partition's leader epoch, for the KIP-951 hint.</param>
public readonly record struct AppendOutcome(ErrorCode Error, long BaseOffset, long LogAppendTimeMs, long LogStartOffset, int LeaderEpoch);

/// <summary>What <see cref="ILocalPartition.Append"/> answers at once.</summary>
/// <param name="IsPending">The waiter will be told; <paramref name="Outcome"/> is not final.</param>
/// <param name="Outcome">The outcome, if not pending.</param>
public readonly record struct AppendResult(bool IsPending, AppendOutcome Outcome);

/// <summary>
/// Is told when its appends are done. Calls come from the log's thread while it holds a partition's lock: an implementation stores
/// the outcome and returns; it never blocks, sends or calls back into a partition.
/// </summary>
public interface IAppendWaiter
{
    /// <summary>One append is done. True: call <see cref="Wake"/> at the end of this round, once however many appends were done.</summary>
    bool OnAppended(long token, in AppendOutcome outcome);

    /// <summary>The round is over: go on, on a thread of your own choice.</summary>
    void Wake();
}

/// <summary>Is told when a partition it is parked on has moved. The rules of <see cref="IAppendWaiter"/> hold.</summary>
public interface IProgressWaiter
{
    /// <summary>
    /// The high watermark, log start or leadership moved; the waiter is no longer parked. True: call <see cref="Wake"/> at the end of
    /// the round.
    /// </summary>
    bool OnProgress(long token);

    /// <summary>The round is over: go on, on a thread of your own choice.</summary>
    void Wake();
}
