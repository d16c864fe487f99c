using Actors.Abstractions;
using Actors.Model.Groups;
using Actors.Model.Ports;

namespace Actors.Grains;

/// <summary>
/// The address of one consumer group: asks the coordinator on its own node. An activation on another node answers NotLeader and moves.
/// </summary>
[GrainType("actors.consumer-group"), CoordinatorPlacement]
public sealed partial class ConsumerGroupGrain(ILocalGroups groups, ICatalog catalog, TimeProvider time) : Grain, IConsumerGroupGrain
{
    private static readonly TimeSpan s_loadPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_loadLook = TimeSpan.FromMilliseconds(20);

    private static readonly GroupMembership s_nobody = new("", -1);

    private string GroupId => this.GetPrimaryKeyString();

    /// <inheritdoc/>
    public async ValueTask<Answer<ConsumerGroupInfo>> DescribeAsync(CancellationToken cancellationToken = default)
    {
        var described = await AskAsync<GroupDescription>(w => groups.Describe(GroupId, w, 0), a => a.Error, cancellationToken);
        return described.Error != ErrorCode.None
            ? Refused<ConsumerGroupInfo>(described.Error, described.ErrorMessage)
            : Answer.Done(new ConsumerGroupInfo
            {
                GroupId = GroupId,
                State = described.State.ToString(),
                ProtocolType = described.ProtocolType,
                Protocol = described.ProtocolName,
                GenerationId = described.GenerationId,
                Members = [.. described.Members.Select(m => new ConsumerGroupMember(m.MemberId, m.GroupInstanceId, m.ClientId, m.ClientHost))],
            });
    }

    /// <inheritdoc/>
    public async ValueTask<Answer<GroupOffsets>> GetOffsetsAsync(CancellationToken cancellationToken = default)
    {
        var request = new FetchOffsets { GroupId = GroupId, Topics = null };
        var fetched = await AskAsync<FetchOffsetsAnswer>(w => groups.FetchOffsets(request, w, 0), a => a.Error, cancellationToken);
        return fetched.Error != ErrorCode.None
            ? Refused<GroupOffsets>(fetched.Error)
            : Answer.Done(new GroupOffsets(
                [.. fetched.Topics.SelectMany(t => t.Offsets.Select(o => new GroupOffset(t.Topic, o.Partition, o.Offset, o.Metadata)))]));
    }

    /// <inheritdoc/>
    public async ValueTask<Answer<ConsumerGroupLag>> GetLagAsync(CancellationToken cancellationToken = default)
    {
        var offsets = await GetOffsetsAsync(cancellationToken);
        if (!offsets.IsDone)
        {
            return offsets.WithoutValue<ConsumerGroupLag>();
        }

        var lags = await Task.WhenAll(offsets.Value.Offsets.Select(async o =>
        {
            var log = await PartitionOf(o.Topic, o.Partition).GetOffsetsAsync(cancellationToken);
            return log.IsDone ? new PartitionLag(o.Topic, o.Partition, o.Offset, log.Value.LogStart, log.Value.HighWatermark) : null;
        }));
        return Answer.Done(new ConsumerGroupLag([.. lags.OfType<PartitionLag>()]));
    }

    /// <inheritdoc/>
    public ValueTask<Answer<GroupOffsets>> CommitAsync(GroupOffsets offsets, CancellationToken cancellationToken = default) =>
        CommitAsync(s_nobody, offsets, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<Answer<GroupOffsets>> ResetAsync(GroupReset reset, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reset);
        if (!catalog.TryGetTopic(reset.Topic, out var topic))
        {
            return Answer.Failed<GroupOffsets>(ErrorCode.UnknownTopicOrPartition, $"There is no topic '{reset.Topic}'.");
        }

        var described = await DescribeAsync(cancellationToken);
        if (described is { IsDone: false, Error: not ErrorCode.GroupIdNotFound })
        {
            return described.WithoutValue<GroupOffsets>();
        }

        if (described.IsDone && described.Value.Members.Length > 0)
        {
            return Answer.Failed<GroupOffsets>(ErrorCode.NonEmptyGroup, $"Group '{GroupId}' has members: stop them first.");
        }

        var partitions = reset.Partitions.IsDefaultOrEmpty ? [.. Enumerable.Range(0, topic.Partitions.Count)] : reset.Partitions;
        var found = await Task.WhenAll(partitions.Select(p => FindAsync(reset, p, cancellationToken)));
        return Array.Find(found, f => !f.IsDone) is { Kind: not AnswerKind.Done } failed
            ? failed.WithoutValue<GroupOffsets>()
            : await CommitAsync(new GroupOffsets([.. found.Select(f => f.Value!)]), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<Answer<ConsumerGroupInfo>> DeleteAsync(CancellationToken cancellationToken = default)
    {
        var described = await DescribeAsync(cancellationToken);
        if (!described.IsDone)
        {
            return described;
        }

        var error = await AskAsync<ErrorCode>(w => groups.Delete(GroupId, w, 0), e => e, cancellationToken);
        return error == ErrorCode.None ? described : Refused<ConsumerGroupInfo>(error);
    }

    private async ValueTask<Answer<GroupOffsets>> CommitAsync(
        GroupMembership member, GroupOffsets offsets, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(offsets);
        var commits = new List<OffsetToCommit>(offsets.Offsets.Length);
        foreach (var offset in offsets.Offsets)
        {
            if (!catalog.TryGetTopic(offset.Topic, out var topic) || (uint)offset.Partition >= (uint)topic.Partitions.Count)
            {
                return Answer.Failed<GroupOffsets>(
                    ErrorCode.UnknownTopicOrPartition, $"There is no partition {new PartitionKey(offset.Topic, offset.Partition)}.");
            }

            commits.Add(new OffsetToCommit(offset.Topic, topic.Id, offset.Partition, offset.Offset, -1, offset.Metadata));
        }

        var request = new CommitOffsets
        {
            GroupId = GroupId,
            GenerationId = member.GenerationId,
            MemberId = member.MemberId,
            GroupInstanceId = member.GroupInstanceId,
            RetentionMs = Model.Groups.CommitOffsets.DefaultRetention,
            Offsets = commits.ToArray(),
        };
        var committed = await AskAsync<CommitOffsetsAnswer>(w => groups.CommitOffsets(request, w, 0), a => a.Error, cancellationToken);
        var error = committed.Errors?.FirstOrDefault(e => e != ErrorCode.None) ?? committed.Error;
        return error == ErrorCode.None ? Answer.Done(offsets) : Refused<GroupOffsets>(error);
    }

    private async Task<Answer<GroupOffset>> FindAsync(GroupReset reset, int partition, CancellationToken cancellationToken)
    {
        var grain = PartitionOf(reset.Topic, partition);
        if (reset.To == GroupResetTarget.Time)
        {
            var found = await grain.FindOffsetAsync(reset.Value, cancellationToken);
            return found.IsDone ? Answer.Done(new GroupOffset(reset.Topic, partition, found.Value.Offset)) : found.WithoutValue<GroupOffset>();
        }

        var log = await grain.GetOffsetsAsync(cancellationToken);
        if (!log.IsDone)
        {
            return log.WithoutValue<GroupOffset>();
        }

        var offset = reset.To switch
        {
            GroupResetTarget.Earliest => log.Value.LogStart,
            GroupResetTarget.Latest => log.Value.HighWatermark,
            _ => Math.Clamp(reset.Value, log.Value.LogStart, log.Value.HighWatermark),
        };
        return Answer.Done(new GroupOffset(reset.Topic, partition, offset));
    }

    private IPartitionGrain PartitionOf(string topic, int partition) =>
        GrainFactory.GetGrain<IPartitionGrain>(new PartitionKey(topic, partition).ToString());

    /// <summary>
    /// Asks the coordinator here. The first question of a cluster makes its topic; while a partition is loaded, which takes milliseconds
    /// after a start, it is asked again.
    /// </summary>
    private async Task<TAnswer> AskAsync<TAnswer>(
        Action<IGroupWaiter<TAnswer>> ask, Func<TAnswer, ErrorCode> errorOf, CancellationToken cancellationToken)
    {
        await groups.FindCoordinatorAsync(GroupId, cancellationToken);
        var startedAt = time.GetTimestamp();
        while (true)
        {
            var answer = await GroupAnswer<TAnswer>.AskAsync(ask, cancellationToken);
            if (errorOf(answer) != ErrorCode.CoordinatorLoadInProgress || time.GetElapsedTime(startedAt) > s_loadPatience)
            {
                return answer;
            }

            await Task.Delay(s_loadLook, time, cancellationToken);
        }
    }

    private Answer<T> Refused<T>(ErrorCode error, string? message = null)
        where T : class
    {
        if (error == ErrorCode.NotCoordinator)
        {
            // To the coordinator, not only away: see how a partition's grain follows its leader.
            GrainContext.Migrate(requestContext: null);
        }

        return Answer.Failed<T>(error, message);
    }
}
