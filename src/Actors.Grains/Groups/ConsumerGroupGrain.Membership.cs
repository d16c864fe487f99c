using Actors.Abstractions;
using Actors.Model.Groups;
using Actors.Model.Ports;

namespace Actors.Grains;

/// <summary>
/// Membership. Nothing is kept here: a join or sync is parked with the coordinator, and where the caller's wait is over first it comes
/// again and takes its own place, as a Kafka client does whose connection was lost. So an activation may come and go under a rebalance.
/// </summary>
public sealed partial class ConsumerGroupGrain
{
    /// <inheritdoc/>
    public async ValueTask<Answer<GroupJoined>> JoinAsync(GroupJoin join, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(join);
        if (join.Protocols.IsDefaultOrEmpty)
        {
            return Answer.Failed<GroupJoined>(ErrorCode.InconsistentGroupProtocol, "A member names at least one assignor.");
        }

        // A static member is in with its first join. Where that is parked for longer than the call waits, the caller comes again under the
        // id it has been given: another one would put it out, as another process of its name.
        var newId = join is { MemberId.Length: 0, GroupInstanceId: { } instance } ? $"{instance}-{Guid.NewGuid():D}" : null;
        var request = new JoinGroup
        {
            GroupId = GroupId,
            MemberId = join.MemberId,
            NewMemberId = newId,
            GroupInstanceId = join.GroupInstanceId,
            ClientId = join.ClientId,
            ClientHost = join.ClientHost,
            ProtocolType = join.ProtocolType,
            Protocols = [.. join.Protocols.Select(p => new GroupProtocol(p.Name, p.Metadata))],
            SessionTimeoutMs = join.SessionTimeoutMs,
            RebalanceTimeoutMs = join.RebalanceTimeoutMs,
            RequiresMemberId = true,
            CanSkipAssignment = true,
            Reason = join.Reason,
        };
        var wait = Wait(join.MaxWaitMs);
        var joined = await AskParkedAsync<JoinGroupAnswer>(w => groups.Join(request, w, 0), a => a.Error, wait, cancellationToken);
        return joined switch
        {
            null => Answer.Done(new GroupJoined { MemberId = newId ?? join.MemberId, GenerationId = -1 }),
            { Error: ErrorCode.MemberIdRequired } => Answer.Done(new GroupJoined { MemberId = joined.MemberId, GenerationId = -1 }),
            { Error: not ErrorCode.None } => Refused<GroupJoined>(joined.Error),
            _ => Answer.Done(new GroupJoined
            {
                MemberId = joined.MemberId,
                GenerationId = joined.GenerationId,
                Protocol = joined.ProtocolName ?? "",
                LeaderId = joined.LeaderId,
                SkipAssignment = joined.SkipAssignment,
                Members = [.. joined.Members.Select(m => new GroupJoinedMember(m.MemberId, m.GroupInstanceId, m.Metadata))],
            }),
        };
    }

    /// <inheritdoc/>
    public async ValueTask<Answer<GroupSynced>> SyncAsync(GroupSync sync, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sync);
        var request = new SyncGroup
        {
            GroupId = GroupId,
            GenerationId = sync.Member.GenerationId,
            MemberId = sync.Member.MemberId,
            GroupInstanceId = sync.Member.GroupInstanceId,
            ProtocolType = sync.ProtocolType,
            ProtocolName = sync.Protocol,
            Assignments = sync.Assignments.IsDefaultOrEmpty
                ? [] : [.. sync.Assignments.Select(a => new GroupAssignment(a.MemberId, a.Assignment))],
        };
        var wait = Wait(sync.MaxWaitMs);
        var synced = await AskParkedAsync<SyncGroupAnswer>(w => groups.Sync(request, w, 0), a => a.Error, wait, cancellationToken);
        return synced is null ? Answer.Done(new GroupSynced(IsAssigned: false, default))
            : synced.Error != ErrorCode.None ? Refused<GroupSynced>(synced.Error)
            : Answer.Done(new GroupSynced(IsAssigned: true, synced.Assignment));
    }

    /// <inheritdoc/>
    public async ValueTask<Answer<GroupMembership>> HeartbeatAsync(GroupMembership member, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(member);
        var beat = new GroupHeartbeat(GroupId, member.GenerationId, member.MemberId, member.GroupInstanceId);
        var error = await AskAsync<ErrorCode>(w => groups.Heartbeat(beat, w, 0), e => e, cancellationToken);
        return error == ErrorCode.None ? Answer.Done(member) : Refused<GroupMembership>(error);
    }

    /// <inheritdoc/>
    public async ValueTask<Answer<GroupMembership>> LeaveAsync(
        GroupMembership member, string? reason = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(member);
        var request = new LeaveGroup(GroupId, [new LeavingMember(member.MemberId, member.GroupInstanceId, reason)]);
        var left = await AskAsync<LeaveGroupAnswer>(w => groups.Leave(request, w, 0), a => a.Error, cancellationToken);
        var error = left.Error != ErrorCode.None ? left.Error : left.Members[0].Error;
        return error == ErrorCode.None ? Answer.Done(member) : Refused<GroupMembership>(error);
    }

    /// <inheritdoc/>
    public async ValueTask<Answer<GroupOffsets>> CommitAsMemberAsync(
        GroupMembership member, GroupOffsets offsets, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(member);
        return member.MemberId.Length == 0 || member.GenerationId < 0
            ? Answer.Failed<GroupOffsets>(ErrorCode.UnknownMemberId, "A member has an id and a generation.")
            : await CommitAsync(member, offsets, cancellationToken);
    }

    private static TimeSpan Wait(int maxWaitMs) => TimeSpan.FromMilliseconds(Math.Clamp(maxWaitMs, 1, GroupJoin.MaxMaxWaitMs));

    /// <summary>Asks for what may be parked; null where the wait is over before the answer is there.</summary>
    private async Task<TAnswer?> AskParkedAsync<TAnswer>(
        Action<IGroupWaiter<TAnswer>> ask, Func<TAnswer, ErrorCode> errorOf, TimeSpan wait, CancellationToken cancellationToken)
        where TAnswer : class
    {
        await groups.FindCoordinatorAsync(GroupId, cancellationToken);
        var startedAt = time.GetTimestamp();
        while (true)
        {
            var left = wait - time.GetElapsedTime(startedAt);
            var answer = await GroupAnswer<TAnswer>.AskAsync(ask, left > s_loadLook ? left : s_loadLook, time, cancellationToken);
            if (answer is null || errorOf(answer) != ErrorCode.CoordinatorLoadInProgress || time.GetElapsedTime(startedAt) >= wait)
            {
                return answer;
            }

            await Task.Delay(s_loadLook, time, cancellationToken);
        }
    }
}
