using Actors.Model.Groups;

namespace Actors.Model.Ports;

/// <summary>
/// The groups whose coordinator is this node: the door for listeners and grains. A group belongs to the partition of the internal
/// topic <c>__consumer_offsets</c> that Kafka's hash of its id names; the leader of that partition coordinates it.
/// <para>Every operation steps the group's machine under its partition's lock on the caller's thread and never blocks. Its answer goes
/// to the waiter, always exactly once: during the call where it is known at once (every refusal, a heartbeat), later where it has to
/// wait (a join or sync for other members; whatever changes state for its record to be committed, since acknowledged means synced).
/// Errors are values: <see cref="ErrorCode.NotCoordinator"/> where another node leads or the topic is not there,
/// <see cref="ErrorCode.CoordinatorLoadInProgress"/> while the partition's log is replayed,
/// <see cref="ErrorCode.CoordinatorNotAvailable"/> where the log refuses, and otherwise those of Kafka's group coordinator.</para>
/// <para>Arrays and memory inside a request pass to the coordinator, which may keep them: they must not be slices of a lease. Those in
/// an answer are shared and must not be changed.</para>
/// </summary>
public interface ILocalGroups
{
    /// <summary>
    /// Where a group's coordinator is (FindCoordinator). The first call of a cluster creates <c>__consumer_offsets</c>, and the task
    /// waits for that; later ones complete synchronously.
    /// </summary>
    ValueTask<GroupCoordinatorPlace> FindCoordinatorAsync(string groupId, CancellationToken cancellationToken);

    /// <summary>A member joins or joins again (JoinGroup). Parked until the rebalance is done, up to the rebalance timeout.</summary>
    void Join(JoinGroup request, IGroupWaiter<JoinGroupAnswer> waiter, long token);

    /// <summary>The leader brings, a follower asks for its assignment (SyncGroup). Parked until the leader has brought it.</summary>
    void Sync(SyncGroup request, IGroupWaiter<SyncGroupAnswer> waiter, long token);

    /// <summary>A member lives (Heartbeat). Answered during the call.</summary>
    void Heartbeat(in GroupHeartbeat request, IGroupWaiter<ErrorCode> waiter, long token);

    /// <summary>Members leave (LeaveGroup). Answered during the call, as in Kafka.</summary>
    void Leave(LeaveGroup request, IGroupWaiter<LeaveGroupAnswer> waiter, long token);

    /// <summary>
    /// Offsets are committed (OffsetCommit), answered once their records are synced; commits of many groups share one append and one
    /// sync. Whether topics exist is for the caller to check before.
    /// </summary>
    void CommitOffsets(in CommitOffsets request, IGroupWaiter<CommitOffsetsAnswer> waiter, long token);

    /// <summary>
    /// Committed offsets of one group (OffsetFetch); the caller splits a batched request and counts the answers. A group that does not
    /// exist has no offsets: no error, offset -1. Answered during the call, or once what is being committed for the group is synced: an
    /// offset that was told is never lost.
    /// </summary>
    void FetchOffsets(in FetchOffsets request, IGroupWaiter<FetchOffsetsAnswer> waiter, long token);

    /// <summary>Committed offsets are forgotten (OffsetDelete).</summary>
    void DeleteOffsets(DeleteOffsets request, IGroupWaiter<DeleteOffsetsAnswer> waiter, long token);

    /// <summary>
    /// One group with its members (DescribeGroups); a group that does not exist is <see cref="ErrorCode.GroupIdNotFound"/> with state
    /// Dead (clients before version 6 are told no error). Answered during the call.
    /// </summary>
    void Describe(string groupId, IGroupWaiter<GroupDescription> waiter, long token);

    /// <summary>One group and its offsets are forgotten (DeleteGroups).</summary>
    void Delete(string groupId, IGroupWaiter<ErrorCode> waiter, long token);

    /// <summary>The groups coordinated here, in ordinal order of their ids (ListGroups).</summary>
    GroupList List(in ListGroups request);
}

/// <summary>
/// Is told the answer to a request at <see cref="ILocalGroups"/>. It may be called while a partition's lock is held: an implementation
/// stores the answer and returns; it never blocks, sends or calls back into the groups.
/// </summary>
/// <typeparam name="TAnswer">The answer's type.</typeparam>
public interface IGroupWaiter<TAnswer> : IGroupWake
{
    /// <summary>The answer. True: call <see cref="IGroupWake.Wake"/> when the round is over, once however many answers came.</summary>
    bool OnAnswered(long token, in TAnswer answer);
}

/// <summary>What every waiter can do, whatever it waits for.</summary>
public interface IGroupWake
{
    /// <summary>The round is over: go on, on a thread of your own choice. Never called under a lock.</summary>
    void Wake();
}
