using Actors.Groups.Classic;
using Actors.Model;
using Actors.Model.Groups;
using Actors.Model.Machines;

namespace Actors.Groups;

/// <summary>Heartbeats, leaving, and members that are not heard of any more.</summary>
public sealed partial class GroupMachine
{
    private ErrorCode Heartbeat(in GroupHeartbeat beat)
    {
        if (beat.GroupId.Length == 0)
        {
            return ErrorCode.InvalidGroupId;
        }

        if (Find(beat.GroupId) is not { } group)
        {
            return ErrorCode.UnknownMemberId;
        }

        var error = group.Check(beat.MemberId, beat.GroupInstanceId);
        if (error != ErrorCode.None)
        {
            return error;
        }

        if (beat.GenerationId != group.GenerationId)
        {
            return ErrorCode.IllegalGeneration;
        }

        if (group.State is GroupState.Empty or GroupState.Dead)
        {
            return ErrorCode.UnknownMemberId;
        }

        var member = group.Find(beat.MemberId)!;
        Arm(member, member.SessionTimeoutMs);
        return group.State == GroupState.PreparingRebalance ? ErrorCode.RebalanceInProgress : ErrorCode.None;
    }

    private void Leave(LeaveGroup request, in GroupTicket ticket, ref Effects<GroupEffect> effects)
    {
        if (request.GroupId.Length == 0)
        {
            effects.Add(GroupEffect.Reply(ticket, new LeaveGroupAnswer(ErrorCode.InvalidGroupId, [])));
            return;
        }

        var group = Find(request.GroupId);
        var left = new LeftMember[request.Members.Count];
        var any = false;
        for (var i = 0; i < left.Length; i++)
        {
            var leaving = request.Members[i];
            var error = group is null ? ErrorCode.UnknownMemberId : LeaveOne(group, leaving, ref effects);
            left[i] = new LeftMember(leaving.MemberId, leaving.GroupInstanceId, error);
            any |= error == ErrorCode.None;
        }

        if (any && group!.State is not (GroupState.Empty or GroupState.Dead))
        {
            RebalanceOrComplete(group, ref effects);
        }

        ReplyWhenWritten(ticket, new LeaveGroupAnswer(ErrorCode.None, left), ref effects);
    }

    private static ErrorCode LeaveOne(ClassicGroup group, in LeavingMember leaving, ref Effects<GroupEffect> effects)
    {
        if (leaving.MemberId.Length == 0)
        {
            // An administrator removes a static member by its instance id.
            if (leaving.GroupInstanceId is null || group.FindStatic(leaving.GroupInstanceId) is not { } named)
            {
                return ErrorCode.UnknownMemberId;
            }

            RemoveParked(group, named, ErrorCode.UnknownMemberId, ref effects);
            return ErrorCode.None;
        }

        if (leaving.GroupInstanceId is null && group.RemovePending(leaving.MemberId))
        {
            return ErrorCode.None;
        }

        var error = group.Check(leaving.MemberId, leaving.GroupInstanceId);
        if (error == ErrorCode.None)
        {
            RemoveParked(group, group.Find(leaving.MemberId)!, ErrorCode.UnknownMemberId, ref effects);
        }

        return error;
    }

    private void OnSessionDeadline(ClassicGroup group, GroupMember member, ref Effects<GroupEffect> effects)
    {
        if (member.IsGone)
        {
            return;
        }

        if (group.IsPending(member.Id))
        {
            group.RemovePending(member.Id);
            CompleteJoinIfAllAreBack(group, ref effects);
        }
        else if (!member.IsExcused)
        {
            // A new member may still wait: it is told to begin again, if it is still there.
            RemoveParked(group, member, ErrorCode.UnknownMemberId, ref effects);
            RebalanceOrComplete(group, ref effects);
        }
    }

    /// <summary>The member was heard of: its session ends a timeout after the next tick at the earliest, so never early.</summary>
    private void Arm(GroupMember member, int timeoutMs) => _deadlines.Set(member.Session, _clockMs + timeoutMs + _settings.MaxTickMs);
}
