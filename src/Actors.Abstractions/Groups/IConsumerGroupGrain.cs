using Orleans.CodeGeneration;
using Orleans.Concurrency;

namespace Actors.Abstractions;

/// <summary>
/// One consumer group; the grain's key is the group's id. It is placed at the group's coordinator, the node that leads the group's
/// partition of <c>__consumer_offsets</c>, and sees what Kafka clients of the group see: offsets committed here are read there and the
/// other way round. A service that reads partitions of its own choice commits here and needs no membership.
/// </summary>
[Alias("actors.consumer-group"), GrainInterfaceType("actors.consumer-group"), Version(1)]
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
}
