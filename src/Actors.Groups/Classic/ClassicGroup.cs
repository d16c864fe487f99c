using System.Diagnostics;
using Actors.Groups.Offsets;
using Actors.Model;
using Actors.Model.Groups;

namespace Actors.Groups.Classic;

/// <summary>
/// One group: members by id, the generation, committed offsets. It keeps itself consistent; what happens when is the machine's.
/// </summary>
internal sealed partial class ClassicGroup
{
    private readonly Dictionary<string, GroupMember> _members = new(StringComparer.Ordinal);
    private Dictionary<string, GroupMember>? _static;
    private Dictionary<string, GroupMember>? _pending;
    private long _order;

    public ClassicGroup(string id)
    {
        Id = id;
        Timer = new Deadline(this, null);
    }

    public string Id { get; }
    public GroupState State { get; private set; } = GroupState.Empty;
    public GroupState PreviousState { get; private set; } = GroupState.Dead;
    /// <summary>When the state was entered, milliseconds since 1970; -1: an old record does not say.</summary>
    public long StateSinceMs { get; set; } = -1;
    public int GenerationId { get; set; }
    /// <summary>Null: no member ever joined (a group for its offsets only).</summary>
    public string? ProtocolType { get; set; }
    public string? ProtocolName { get; set; }
    public string? LeaderId { get; set; }
    public OffsetTable Offsets { get; set; } = new();
    /// <summary>The generation whose assignments were given to the log last.</summary>
    public int StoringGeneration { get; set; } = -1;
    /// <summary>Number of the last append for this group: what was read after it is told once that is committed.</summary>
    public long LastSequence { get; set; }

    /// <summary>The group's own deadline.</summary>
    public Deadline Timer { get; }
    public GroupPhase Phase { get; set; }
    public bool NewMemberAdded { get; set; }
    public int InitialDelayMs { get; set; }
    public int InitialRemainingMs { get; set; }

    public Dictionary<string, GroupMember>.ValueCollection Members => _members.Values;
    public int MemberCount => _members.Count;
    public int AwaitingJoin { get; private set; }
    public int PendingCount => _pending?.Count ?? 0;

    /// <summary>Everybody is back, those included who were only given an id.</summary>
    public bool HaveAllJoined => AwaitingJoin == _members.Count && PendingCount == 0;

    public bool IsLeader(string memberId) => string.Equals(memberId, LeaderId, StringComparison.Ordinal);

    public GroupMember? Find(string memberId) => _members.GetValueOrDefault(memberId);

    public GroupMember? FindStatic(string instanceId) => _static?.GetValueOrDefault(instanceId);

    public bool IsPending(string memberId) => _pending?.ContainsKey(memberId) ?? false;

    /// <summary>Longest rebalance timeout of the members, in ms.</summary>
    public int RebalanceTimeoutMs
    {
        get
        {
            var longest = 0;
            foreach (var member in _members.Values)
            {
                longest = Math.Max(longest, member.RebalanceTimeoutMs);
            }

            return longest;
        }
    }

    public long NextOrder() => ++_order;

    public void Enter(GroupState state, long nowMs)
    {
        Debug.Assert(IsAllowed(State, state), $"group {Id} cannot go from {State} to {state}");
        PreviousState = State;
        State = state;
        StateSinceMs = nowMs;
    }

    /// <summary>The state as a record has it.</summary>
    public void Restore(GroupState state, long sinceMs)
    {
        State = state;
        StateSinceMs = sinceMs;
    }

    public void Add(GroupMember member)
    {
        if (_members.Count == 0)
        {
            Debug.Assert(ProtocolType is not null, "the first member brings the protocol type");
        }

        LeaderId ??= member.Id;
        _members.Add(member.Id, member);
        if (member.InstanceId is { } instance)
        {
            (_static ??= new(StringComparer.Ordinal))[instance] = member;
        }

        if (member.AwaitsJoin)
        {
            AwaitingJoin++;
        }

        RemovePending(member.Id);
    }

    public void Remove(GroupMember member)
    {
        if (!_members.Remove(member.Id))
        {
            return;
        }

        if (member.InstanceId is { } instance)
        {
            _static?.Remove(instance);
        }

        if (member.AwaitsJoin)
        {
            AwaitingJoin--;
        }

        member.IsGone = true;
        DeadlineQueue.Cancel(member.Session);
        if (IsLeader(member.Id))
        {
            LeaderId = Oldest(awaitingOnly: false)?.Id;
        }
    }

    public void AddPending(GroupMember member) => (_pending ??= new(StringComparer.Ordinal)).Add(member.Id, member);

    public bool RemovePending(string memberId)
    {
        if (_pending is null || !_pending.Remove(memberId, out var pending))
        {
            return false;
        }

        pending.IsGone = true;
        DeadlineQueue.Cancel(pending.Session);
        return true;
    }

    /// <summary>Parks a join, or takes it off; answers what was parked before.</summary>
    public GroupTicket SetJoin(GroupMember member, in GroupTicket ticket)
    {
        var before = member.Join;
        member.Join = ticket;
        AwaitingJoin += (ticket.IsThere ? 1 : 0) - (before.IsThere ? 1 : 0);
        Debug.Assert(AwaitingJoin >= 0 && AwaitingJoin <= _members.Count, "more members wait than there are");
        return before;
    }

    /// <summary>Makes sure that the leader is one that is back. False: nobody is.</summary>
    public bool ElectJoinedLeader()
    {
        if (LeaderId is null)
        {
            return false;
        }

        if (Find(LeaderId) is { AwaitsJoin: true })
        {
            return true;
        }

        if (Oldest(awaitingOnly: true) is not { } elected)
        {
            return false;
        }

        LeaderId = elected.Id;
        return true;
    }

    /// <summary>None; or that this is no member, or that another one has taken over the static member's place (KIP-345).</summary>
    public ErrorCode Check(string memberId, string? instanceId)
    {
        if (instanceId is not null)
        {
            return FindStatic(instanceId) is not { } current ? ErrorCode.UnknownMemberId
                : string.Equals(current.Id, memberId, StringComparison.Ordinal) ? ErrorCode.None
                : ErrorCode.FencedInstanceId;
        }

        return _members.ContainsKey(memberId) ? ErrorCode.None : ErrorCode.UnknownMemberId;
    }

    /// <summary>A static member came back: its successor takes its place, its assignment and, if it was the leader, the lead.</summary>
    public void Replace(GroupMember old, GroupMember successor)
    {
        var wasLeader = IsLeader(old.Id);
        var leader = LeaderId;
        Remove(old);
        successor.Assignment = old.Assignment;
        LeaderId = wasLeader ? successor.Id : leader;
        Add(successor);
    }

    private GroupMember? Oldest(bool awaitingOnly)
    {
        GroupMember? oldest = null;
        foreach (var member in _members.Values)
        {
            if ((!awaitingOnly || member.AwaitsJoin) && (oldest is null || member.Order < oldest.Order))
            {
                oldest = member;
            }
        }

        return oldest;
    }

    private static bool IsAllowed(GroupState from, GroupState to) => to switch
    {
        GroupState.PreparingRebalance => from is GroupState.Stable or GroupState.CompletingRebalance or GroupState.Empty,
        GroupState.CompletingRebalance or GroupState.Empty => from is GroupState.PreparingRebalance,
        GroupState.Stable => from is GroupState.CompletingRebalance,
        GroupState.Dead => true,
        _ => false,
    };
}
