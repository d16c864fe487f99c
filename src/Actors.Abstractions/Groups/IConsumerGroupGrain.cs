using Orleans.CodeGeneration;
using Orleans.Concurrency;

namespace Actors.Abstractions;

/// <summary>
/// One consumer group; the grain's key is the group's id. It is placed at the group's coordinator, the node that leads the group's
/// partition of <c>__consumer_offsets</c>, and sees what Kafka clients of the group see: offsets committed here are read there and the
/// other way round. A service that reads partitions of its own choice commits here and needs no membership. A service that shares the
/// partitions with others joins: the same group machine serves it and Kafka's clients, so that one group may hold both. The SDK's
/// consumer does all of that; these calls are what it is made of.
/// </summary>
[Alias("actors.consumer-group"), GrainInterfaceType("actors.consumer-group"), Version(2)]
public interface IConsumerGroupGrain : IGrainWithStringKey
{
    /// <summary>The group with its members, or refused with <c>GroupIdNotFound</c>.</summary>
    [Alias("describe"), AlwaysInterleave, ResponseTimeout("00:00:10")]
    ValueTask<Answer<ConsumerGroupInfo>> DescribeAsync(CancellationToken cancellationToken = default);

    /// <summary>All committed offsets; none for a group that does not exist.</summary>
    [Alias("offsets"), AlwaysInterleave, ResponseTimeout("00:00:10")]
    ValueTask<Answer<GroupOffsets>> GetOffsetsAsync(CancellationToken cancellationToken = default);

    /// <summary>How far the group is behind the logs of the partitions it has committed offsets for.</summary>
    [Alias("lag"), AlwaysInterleave, ResponseTimeout("00:00:10")]
    ValueTask<Answer<ConsumerGroupLag>> GetLagAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Commits offsets without being a member. Done: they are synced. Refused with <c>UnknownMemberId</c> while the group has members,
    /// since they own its offsets; with <c>UnknownTopicOrPartition</c>, and nothing is committed, where a partition does not exist.
    /// </summary>
    [Alias("commit"), AlwaysInterleave, ResponseTimeout("00:00:10")]
    ValueTask<Answer<GroupOffsets>> CommitAsync(GroupOffsets offsets, CancellationToken cancellationToken = default);

    /// <summary>
    /// Moves the offsets of one topic; answers the new ones. Refused with <c>NonEmptyGroup</c> while the group has members: stop them first.
    /// </summary>
    [Alias("reset"), AlwaysInterleave, ResponseTimeout("00:00:10")]
    ValueTask<Answer<GroupOffsets>> ResetAsync(GroupReset reset, CancellationToken cancellationToken = default);

    /// <summary>Forgets the group and its offsets; answers what it was. Refused with <c>NonEmptyGroup</c> while it has members.</summary>
    [Alias("delete"), AlwaysInterleave, ResponseTimeout("00:00:10")]
    ValueTask<Answer<ConsumerGroupInfo>> DeleteAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Joins the group, or joins it again. Waits for the rebalance to end, up to <see cref="GroupJoin.MaxWaitMs"/>; a join that is not
    /// in by then keeps its place and is repeated. A refusal is Kafka's code: <c>UnknownMemberId</c> (begin without an id),
    /// <c>FencedInstanceId</c> (another one has this instance id), <c>InconsistentGroupProtocol</c>, <c>InvalidSessionTimeout</c>,
    /// <c>GroupMaxSizeReached</c>.
    /// </summary>
    [Alias("join"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    ValueTask<Answer<GroupJoined>> JoinAsync(GroupJoin join, CancellationToken cancellationToken = default);

    /// <summary>
    /// Brings the assignments, from the leader, and answers the caller's own. Waits for the leader, up to
    /// <see cref="GroupSync.MaxWaitMs"/>; then it is repeated. Refused with <c>RebalanceInProgress</c> or <c>IllegalGeneration</c> where
    /// the group has gone on: join again.
    /// </summary>
    [Alias("sync"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    ValueTask<Answer<GroupSynced>> SyncAsync(GroupSync sync, CancellationToken cancellationToken = default);

    /// <summary>
    /// Says that a member lives; answers what it was given. Refused with <c>RebalanceInProgress</c> (finish, commit, join again),
    /// <c>IllegalGeneration</c>, <c>UnknownMemberId</c> or <c>FencedInstanceId</c> (others have its partitions).
    /// </summary>
    [Alias("heartbeat"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    ValueTask<Answer<GroupMembership>> HeartbeatAsync(GroupMembership member, CancellationToken cancellationToken = default);

    /// <summary>Leaves the group, which shares out the member's partitions at once. The generation is not looked at.</summary>
    [Alias("leave"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    ValueTask<Answer<GroupMembership>> LeaveAsync(
        GroupMembership member, string? reason = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Commits offsets as a member. Done: they are synced. Refused, and nothing is committed, with <c>IllegalGeneration</c>,
    /// <c>UnknownMemberId</c> or <c>FencedInstanceId</c> where the member has been replaced; with <c>RebalanceInProgress</c> before it
    /// knows what it reads.
    /// </summary>
    [Alias("commit-as-member"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    ValueTask<Answer<GroupOffsets>> CommitAsMemberAsync(
        GroupMembership member, GroupOffsets offsets, CancellationToken cancellationToken = default);
}
