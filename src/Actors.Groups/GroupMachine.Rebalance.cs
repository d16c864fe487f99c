using Actors.Groups.Classic;
using Actors.Groups.Records;
using Actors.Model;
using Actors.Model.Groups;
using Actors.Model.Machines;

namespace Actors.Groups;

/// <summary>From the first change to the next generation.</summary>
public sealed partial class GroupMachine
{
    /// <summary>Something changed: begins a rebalance, or goes on with the one that is being prepared.</summary>
    private void RebalanceOrComplete(ClassicGroup group, ref Effects<GroupEffect> effects)
    {
        if (group.State is GroupState.Stable or GroupState.CompletingRebalance or GroupState.Empty)
        {
            Prepare(group, ref effects);
        }
        else
        {
            CompleteJoinIfAllAreBack(group, ref effects);
        }
    }

    private void Prepare(ClassicGroup group, ref Effects<GroupEffect> effects)
    {
        if (group.State == GroupState.CompletingRebalance)
        {
            // Those who wait for their assignment join again.
            DropAssignments(group, ErrorCode.RebalanceInProgress, ref effects);
        }

        StopTimer(group);
        var isNew = group.State == GroupState.Empty;
        group.Enter(GroupState.PreparingRebalance, _nowMs);
        if (!isNew)
        {
            CompleteJoinOrWait(group, ref effects);
        }
        else if (_settings.InitialRebalanceDelayMs == 0)
        {
            CompleteJoin(group, ref effects);
        }
        else
        {
            group.NewMemberAdded = false;
            group.InitialDelayMs = _settings.InitialRebalanceDelayMs;
            group.InitialRemainingMs = Math.Max(group.RebalanceTimeoutMs - group.InitialDelayMs, 0);
            StartTimer(group, GroupPhase.InitialJoin, group.InitialDelayMs);
        }
    }

    /// <summary>The initial delay is over: prolonged while members come, up to the rebalance timeout.</summary>
    private void OnInitialDelay(ClassicGroup group, ref Effects<GroupEffect> effects)
    {
        if (!group.NewMemberAdded || group.InitialRemainingMs == 0)
        {
            CompleteJoin(group, ref effects);
            return;
        }

        group.NewMemberAdded = false;
        var passedMs = group.InitialDelayMs;
        group.InitialDelayMs = Math.Min(_settings.InitialRebalanceDelayMs, group.InitialRemainingMs);
        group.InitialRemainingMs = Math.Max(group.InitialRemainingMs - passedMs, 0);
        StartTimer(group, GroupPhase.InitialJoin, group.InitialDelayMs);
    }

    private void CompleteJoinOrWait(ClassicGroup group, ref Effects<GroupEffect> effects)
    {
        if (group.HaveAllJoined)
        {
            CompleteJoin(group, ref effects);
        }
        else
        {
            StartTimer(group, GroupPhase.Join, group.RebalanceTimeoutMs);
        }
    }

    private void CompleteJoinIfAllAreBack(ClassicGroup group, ref Effects<GroupEffect> effects)
    {
        // The initial delay is waited for in any case: that is its purpose.
        if (group is { State: GroupState.PreparingRebalance, HaveAllJoined: true } && group.PreviousState != GroupState.Empty)
        {
            CompleteJoin(group, ref effects);
        }
    }

    /// <summary>The next generation: of those who are back, and of static members, who have until their session ends.</summary>
    private void CompleteJoin(ClassicGroup group, ref Effects<GroupEffect> effects)
    {
        StopTimer(group);
        foreach (var late in group.Members.Where(m => !m.AwaitsJoin && m.InstanceId is null).ToArray())
        {
            RemoveParked(group, late, ErrorCode.UnknownMemberId, ref effects);
        }

        if (!group.ElectJoinedLeader() && group.MemberCount > 0)
        {
            // Static members only, and none is back: wait on, until one comes or their sessions end.
            StartTimer(group, GroupPhase.Join, group.RebalanceTimeoutMs);
            return;
        }

        group.GenerationId++;
        if (group.MemberCount == 0)
        {
            group.ProtocolName = null;
            group.Enter(GroupState.Empty, _nowMs);
            AppendGroup(group, GroupRecords.Value(_bytes, group, m => m.Assignment), ref effects);
            return;
        }

        group.ProtocolName = group.SelectProtocol();
        group.Enter(GroupState.CompletingRebalance, _nowMs);
        StartTimer(group, GroupPhase.Sync, group.RebalanceTimeoutMs);
        foreach (var member in group.Members)
        {
            AnswerJoin(group, member, Joined(group, member, group.IsLeader(member.Id)), ref effects);
            Arm(member, member.SessionTimeoutMs);
            member.IsNew = false;
            member.OwesSync = true;
        }
    }

    /// <summary>Members that were told their generation and never asked for their assignment are out.</summary>
    private void OnSyncTimeout(ClassicGroup group, ref Effects<GroupEffect> effects)
    {
        if (group.State is not (GroupState.CompletingRebalance or GroupState.Stable))
        {
            return;
        }

        var silent = group.Members.Where(m => m.OwesSync).ToArray();
        foreach (var member in silent)
        {
            RemoveParked(group, member, ErrorCode.UnknownMemberId, ref effects);
        }

        if (silent.Length > 0)
        {
            Prepare(group, ref effects);
        }
    }

    private void OnGroupDeadline(ClassicGroup group, ref Effects<GroupEffect> effects)
    {
        var phase = group.Phase;
        group.Phase = GroupPhase.None;
        switch (phase)
        {
            case GroupPhase.InitialJoin when group.State == GroupState.PreparingRebalance:
                OnInitialDelay(group, ref effects);
                break;
            case GroupPhase.Join when group.State == GroupState.PreparingRebalance:
                CompleteJoin(group, ref effects);
                break;
            case GroupPhase.Sync:
                OnSyncTimeout(group, ref effects);
                break;
            default:
                break;
        }
    }

    private void StartTimer(ClassicGroup group, GroupPhase phase, int delayMs)
    {
        group.Phase = phase;
        _deadlines.Set(group.Timer, _clockMs + delayMs);
    }

    private static void StopTimer(ClassicGroup group)
    {
        group.Phase = GroupPhase.None;
        DeadlineQueue.Cancel(group.Timer);
    }
}
