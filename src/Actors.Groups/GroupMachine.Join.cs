using Actors.Groups.Classic;
using Actors.Groups.Records;
using Actors.Model;
using Actors.Model.Groups;
using Actors.Model.Machines;

namespace Actors.Groups;

/// <summary>JoinGroup: who gets in, and whether that begins a rebalance.</summary>
public sealed partial class GroupMachine
{
    private void Join(JoinGroup request, Guid fresh, in GroupTicket ticket, ref Effects<GroupEffect> effects)
    {
        var error = CheckJoin(request);
        var group = Find(request.GroupId);
        if (error == ErrorCode.None && group is null)
        {
            // Only a client without an id may make a group: one that brings an id has been a member of a group that is gone.
            error = request.MemberId.Length > 0 ? ErrorCode.UnknownMemberId
                : _groups.Count >= _settings.MaxGroups ? ErrorCode.CoordinatorNotAvailable : ErrorCode.None;
            group = new ClassicGroup(request.GroupId) { StateSinceMs = _nowMs };
        }

        if (error == ErrorCode.None && !Accepts(group!, request.MemberId))
        {
            if (group!.Find(request.MemberId) is { } tooMany)
            {
                RemoveParked(group, tooMany, ErrorCode.GroupMaxSizeReached, ref effects);
            }

            group.RemovePending(request.MemberId);
            effects.Add(GroupEffect.Reply(ticket, NotJoined("", ErrorCode.GroupMaxSizeReached)));
            return;
        }

        if (error == ErrorCode.None && !group!.Supports(request.ProtocolType, request.Protocols))
        {
            error = ErrorCode.InconsistentGroupProtocol;
            _groups.TryAdd(group.Id, group); // as in Kafka: who asked without an id has made it, empty, though it was refused
        }

        if (error != ErrorCode.None)
        {
            effects.Add(GroupEffect.Reply(ticket, NotJoined(request.MemberId, error)));
        }
        else if (request.MemberId.Length == 0)
        {
            JoinNew(group!, request, fresh, ticket, ref effects);
        }
        else
        {
            JoinAgain(group!, request, ticket, ref effects);
        }
    }

    private ErrorCode CheckJoin(JoinGroup request)
    {
        if (request.GroupId.Length == 0 || IsTooLong(request.GroupId))
        {
            return ErrorCode.InvalidGroupId;
        }

        if (request.SessionTimeoutMs < _settings.MinSessionTimeoutMs || request.SessionTimeoutMs > _settings.MaxSessionTimeoutMs)
        {
            return ErrorCode.InvalidSessionTimeout;
        }

        // A member id is one of these texts and a UUID.
        const int uuidChars = 40;
        var longest = Math.Max(request.ClientId.Length, request.GroupInstanceId?.Length ?? 0) + uuidChars;
        return longest * 3 > MaxTextBytes || IsTooLong(request.MemberId) || IsTooLong(request.NewMemberId ?? "") || IsTooLong(request.ProtocolType)
            || request.Protocols.Any(p => IsTooLong(p.Name)) ? ErrorCode.InvalidRequest : ErrorCode.None;
    }

    /// <summary>
    /// <c>group.max.size</c> (KIP-389). While a rebalance is prepared those who are back count, so that the last to return are the ones
    /// who are refused; otherwise all members.
    /// </summary>
    private bool Accepts(ClassicGroup group, string memberId) => group.State switch
    {
        GroupState.PreparingRebalance => group.Find(memberId) is { AwaitsJoin: true } || group.AwaitingJoin < _settings.MaxMembers,
        GroupState.CompletingRebalance or GroupState.Stable => group.Find(memberId) is not null || group.MemberCount < _settings.MaxMembers,
        _ => true,
    };

    private void JoinNew(ClassicGroup group, JoinGroup request, Guid fresh, in GroupTicket ticket, ref Effects<GroupEffect> effects)
    {
        var memberId = request.NewMemberId ?? $"{request.GroupInstanceId ?? request.ClientId}-{fresh:D}";
        if (request.GroupInstanceId is { } instance)
        {
            _groups.TryAdd(group.Id, group);
            if (group.FindStatic(instance) is { } before)
            {
                ReturnStatic(group, before, new GroupMember(group, memberId, request, before.Order), request, ticket, ref effects);
            }
            else
            {
                AddMember(group, memberId, request, ticket, ref effects);
            }
        }
        else if (!request.RequiresMemberId)
        {
            _groups.TryAdd(group.Id, group);
            AddMember(group, memberId, request, ticket, ref effects);
        }
        else if (group.PendingCount >= _settings.MaxPendingMembers)
        {
            effects.Add(GroupEffect.Reply(ticket, NotJoined("", ErrorCode.GroupMaxSizeReached)));
        }
        else
        {
            // KIP-394: a client whose first join is lost and sent again would otherwise leave a member behind each time.
            _groups.TryAdd(group.Id, group);
            var pending = new GroupMember(group, memberId, request, 0);
            group.AddPending(pending);
            Arm(pending, request.SessionTimeoutMs);
            effects.Add(GroupEffect.Reply(ticket, NotJoined(memberId, ErrorCode.MemberIdRequired)));
        }
    }

    private void JoinAgain(ClassicGroup group, JoinGroup request, in GroupTicket ticket, ref Effects<GroupEffect> effects)
    {
        if (group.IsPending(request.MemberId))
        {
            if (request.GroupInstanceId is not null)
            {
                effects.Add(GroupEffect.Reply(ticket, NotJoined(request.MemberId, ErrorCode.UnknownMemberId)));
                return;
            }

            AddMember(group, request.MemberId, request, ticket, ref effects);
            return;
        }

        var error = group.Check(request.MemberId, request.GroupInstanceId);
        if (error != ErrorCode.None)
        {
            effects.Add(GroupEffect.Reply(ticket, NotJoined(request.MemberId, error)));
            return;
        }

        var member = group.Find(request.MemberId)!;
        var unchanged = member.Matches(request.Protocols);
        switch (group.State)
        {
            case GroupState.PreparingRebalance:
            case GroupState.CompletingRebalance when !unchanged:
            // The leader may have seen a change that the members' subscriptions do not show: more partitions, for one.
            case GroupState.Stable when !unchanged || group.IsLeader(member.Id):
                UpdateMember(group, member, request, ticket, ref effects);
                break;
            case GroupState.CompletingRebalance:
            case GroupState.Stable:
                // Perhaps its answer was lost: it is told the current generation again.
                effects.Add(GroupEffect.Reply(
                    ticket, Joined(group, member, withMembers: group.State == GroupState.CompletingRebalance && group.IsLeader(member.Id))));
                break;
            default:
                effects.Add(GroupEffect.Reply(ticket, NotJoined(request.MemberId, ErrorCode.UnknownMemberId)));
                break;
        }
    }

    private void AddMember(ClassicGroup group, string memberId, JoinGroup request, in GroupTicket ticket, ref Effects<GroupEffect> effects)
    {
        if (group.MemberCount == 0)
        {
            group.ProtocolType = request.ProtocolType;
        }

        if (group is { State: GroupState.PreparingRebalance, PreviousState: GroupState.Empty })
        {
            group.NewMemberAdded = true; // the initial delay may be prolonged
        }

        var member = new GroupMember(group, memberId, request, group.NextOrder()) { Join = ticket, IsNew = true };
        group.Add(member);

        // Not the session timeout: a new member does not know its id and cannot send heartbeats. But a client that went away while it
        // waited would stay for ever.
        Arm(member, _settings.NewMemberJoinTimeoutMs);
        RebalanceOrComplete(group, ref effects);
    }

    private void UpdateMember(ClassicGroup group, GroupMember member, JoinGroup request, in GroupTicket ticket, ref Effects<GroupEffect> effects)
    {
        member.Update(request);
        ParkJoin(group, member, ticket, ref effects);
        RebalanceOrComplete(group, ref effects);
    }

    /// <summary>
    /// A static member came back under a new id (KIP-345). In a stable group whose choice of assignor stays the same that is no reason to
    /// rebalance: it goes on with its predecessor's assignment.
    /// </summary>
    private void ReturnStatic(
        ClassicGroup group, GroupMember before, GroupMember member, JoinGroup request, in GroupTicket ticket, ref Effects<GroupEffect> effects)
    {
        var leaderBefore = group.LeaderId!;
        AnswerJoin(group, before, NotJoined(before.Id, ErrorCode.FencedInstanceId), ref effects);
        AnswerSync(before, NotSynced(ErrorCode.FencedInstanceId), ref effects);
        var owedSync = before.OwesSync;
        group.Replace(before, member);
        member.OwesSync = owedSync;
        Arm(member, member.SessionTimeoutMs);
        ParkJoin(group, member, ticket, ref effects);
        if (group.State != GroupState.Stable || !string.Equals(group.SelectProtocol(), group.ProtocolName, StringComparison.Ordinal))
        {
            RebalanceOrComplete(group, ref effects);
            return;
        }

        var answer = request.CanSkipAssignment
            ? Joined(group, member, withMembers: group.IsLeader(member.Id)) with { SkipAssignment = group.IsLeader(member.Id) }
            : Joined(group, member, withMembers: false) with { LeaderId = leaderBefore };
        AppendGroup(group, GroupRecords.Value(_bytes, group, m => m.Assignment), ref effects);
        _pending.Enqueue(new PendingWrite(
            _sequence, PendingKind.StaticJoin, default, new StaticJoinWrite(group, group.GenerationId, member, answer)));
    }

    private static void OnStaticMemberStored(StaticJoinWrite write, ref Effects<GroupEffect> effects)
    {
        // A rebalance that began meanwhile answers it: it is back already.
        if (!write.Member.IsGone && write.Group.State == GroupState.Stable && write.Group.GenerationId == write.GenerationId)
        {
            AnswerJoin(write.Group, write.Member, write.Answer, ref effects);
        }
    }

    private static JoinGroupAnswer NotJoined(string memberId, ErrorCode error) => new() { Error = error, MemberId = memberId };

    private static JoinGroupAnswer Joined(ClassicGroup group, GroupMember member, bool withMembers) => new()
    {
        Error = ErrorCode.None,
        GenerationId = group.GenerationId,
        ProtocolType = group.ProtocolType,
        ProtocolName = group.ProtocolName,
        LeaderId = group.LeaderId ?? "",
        MemberId = member.Id,
        Members = withMembers
            ? [.. group.Members.Select(m => new JoinedMember(m.Id, m.InstanceId, m.MetadataOf(group.ProtocolName)))] : [],
    };

    /// <summary>Parks a join. One of the same member that was parked already is told to begin again: its client gave it up.</summary>
    private static void ParkJoin(ClassicGroup group, GroupMember member, in GroupTicket ticket, ref Effects<GroupEffect> effects)
    {
        if (group.SetJoin(member, ticket) is { IsThere: true } given)
        {
            effects.Add(GroupEffect.Reply(given, NotJoined(member.Id, ErrorCode.RebalanceInProgress)));
        }
    }

    private static void AnswerJoin(ClassicGroup group, GroupMember member, JoinGroupAnswer answer, ref Effects<GroupEffect> effects)
    {
        if (group.SetJoin(member, default) is { IsThere: true } parked)
        {
            effects.Add(GroupEffect.Reply(parked, answer));
        }
    }

    /// <summary>Takes a member out and answers what it has parked.</summary>
    private static void RemoveParked(ClassicGroup group, GroupMember member, ErrorCode error, ref Effects<GroupEffect> effects)
    {
        AnswerJoin(group, member, NotJoined(member.Id, error), ref effects);
        AnswerSync(member, NotSynced(error), ref effects);
        group.Remove(member);
    }
}
