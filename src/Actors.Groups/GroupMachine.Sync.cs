using Actors.Groups.Classic;
using Actors.Groups.Records;
using Actors.Model;
using Actors.Model.Groups;
using Actors.Model.Machines;

namespace Actors.Groups;

/// <summary>SyncGroup: the leader's assignments become a record, then everybody is told.</summary>
public sealed partial class GroupMachine
{
    private void Sync(SyncGroup request, in GroupTicket ticket, ref Effects<GroupEffect> effects)
    {
        var error = CheckSync(request, out var group);
        if (error != ErrorCode.None)
        {
            effects.Add(GroupEffect.Reply(ticket, NotSynced(error)));
            return;
        }

        var member = group!.Find(request.MemberId)!;
        member.OwesSync = false;
        StopSyncTimerIfNobodyOwes(group);
        if (group.State == GroupState.Stable)
        {
            effects.Add(GroupEffect.Reply(ticket, Synced(group, member)));
            return;
        }

        ParkSync(member, ticket, ref effects);
        if (group.IsLeader(member.Id) && group.StoringGeneration != group.GenerationId)
        {
            // A leader that asks twice may assign differently; the first plan counts, in the log as for whoever was told it.
            StoreAssignments(group, request.Assignments, ref effects);
        }
    }

    private ErrorCode CheckSync(SyncGroup request, out ClassicGroup? group)
    {
        group = null;
        if (request.GroupId.Length == 0)
        {
            return ErrorCode.InvalidGroupId;
        }

        group = Find(request.GroupId);
        if (group is null)
        {
            return ErrorCode.UnknownMemberId;
        }

        var error = group.Check(request.MemberId, request.GroupInstanceId);
        if (error != ErrorCode.None)
        {
            return error;
        }

        if (request.GenerationId != group.GenerationId)
        {
            return ErrorCode.IllegalGeneration;
        }

        if (Differs(request.ProtocolType, group.ProtocolType) || Differs(request.ProtocolName, group.ProtocolName))
        {
            return ErrorCode.InconsistentGroupProtocol;
        }

        return group.State switch
        {
            GroupState.PreparingRebalance => ErrorCode.RebalanceInProgress,
            GroupState.CompletingRebalance or GroupState.Stable => ErrorCode.None,
            _ => ErrorCode.UnknownMemberId,
        };
    }

    private static bool Differs(string? told, string? ours) =>
        told is not null && ours is not null && !string.Equals(told, ours, StringComparison.Ordinal);

    private void StoreAssignments(ClassicGroup group, IReadOnlyList<GroupAssignment> assignments, ref Effects<GroupEffect> effects)
    {
        var byMember = new Dictionary<string, ReadOnlyMemory<byte>>(assignments.Count, StringComparer.Ordinal);
        foreach (var assignment in assignments)
        {
            byMember[assignment.MemberId] = assignment.Assignment;
        }

        var value = GroupRecords.Value(_bytes, group, m => byMember.GetValueOrDefault(m.Id));
        if (value.Length > _settings.MaxRecordsBytes)
        {
            // As Kafka answers where the record is too large for its topic.
            DropAssignments(group, ErrorCode.UnknownServerError, ref effects);
            RebalanceOrComplete(group, ref effects);
            return;
        }

        group.StoringGeneration = group.GenerationId;
        AppendGroup(group, value, ref effects);
        _pending.Enqueue(new PendingWrite(_sequence, PendingKind.Sync, default, new SyncWrite(group, group.GenerationId, byMember)));
    }

    private void OnAssignmentsStored(SyncWrite write, ref Effects<GroupEffect> effects)
    {
        var group = write.Group;
        if (group.State != GroupState.CompletingRebalance || group.GenerationId != write.GenerationId)
        {
            return; // another rebalance began meanwhile; who waited was told then
        }

        foreach (var member in group.Members)
        {
            member.Assignment = write.Assignments.GetValueOrDefault(member.Id);
        }

        group.Enter(GroupState.Stable, _nowMs);
        foreach (var member in group.Members)
        {
            AnswerSyncAndArm(member, Synced(group, member), ref effects);
        }
    }

    private void DropAssignments(ClassicGroup group, ErrorCode error, ref Effects<GroupEffect> effects)
    {
        foreach (var member in group.Members)
        {
            member.Assignment = default;
            AnswerSyncAndArm(member, NotSynced(error), ref effects);
        }
    }

    // While it waited its session did not count: it begins again.
    private void AnswerSyncAndArm(GroupMember member, SyncGroupAnswer answer, ref Effects<GroupEffect> effects)
    {
        if (AnswerSync(member, answer, ref effects))
        {
            Arm(member, member.SessionTimeoutMs);
        }
    }

    private static void StopSyncTimerIfNobodyOwes(ClassicGroup group)
    {
        if (group.Phase == GroupPhase.Sync && !group.Members.Any(m => m.OwesSync))
        {
            StopTimer(group);
        }
    }

    private static SyncGroupAnswer NotSynced(ErrorCode error) => new(error, null, null, default);

    private static SyncGroupAnswer Synced(ClassicGroup group, GroupMember member) =>
        new(ErrorCode.None, group.ProtocolType, group.ProtocolName, member.Assignment);

    private static void ParkSync(GroupMember member, in GroupTicket ticket, ref Effects<GroupEffect> effects)
    {
        AnswerSync(member, NotSynced(ErrorCode.RebalanceInProgress), ref effects); // one its client gave up
        member.Sync = ticket;
    }

    private static bool AnswerSync(GroupMember member, SyncGroupAnswer answer, ref Effects<GroupEffect> effects)
    {
        if (!member.AwaitsSync)
        {
            return false;
        }

        effects.Add(GroupEffect.Reply(member.Sync, answer));
        member.Sync = default;
        return true;
    }
}
