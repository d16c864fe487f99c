using System.Diagnostics;
using Actors.Groups.Classic;
using Actors.Groups.Offsets;
using Actors.Model.Groups;
using Actors.Model.Machines;

namespace Actors.Groups;

/// <summary>Time: deadlines, and offsets that nobody needs any more.</summary>
public sealed partial class GroupMachine
{
    private long _clockMs;
    private long _tickedAtMs;
    private long _expiryDueMs;

    private void OnTick(long monotonicMs, ref Effects<GroupEffect> effects)
    {
        if (_over != Model.ErrorCode.None)
        {
            return;
        }

        // What a late tick brings beyond the limit never happened for sessions and rebalances: everybody has the time left that he had.
        _clockMs += Math.Clamp(monotonicMs - _tickedAtMs, 0, _settings.MaxTickMs);
        _tickedAtMs = Math.Max(_tickedAtMs, monotonicMs);
        while (_deadlines.TryTake(_clockMs, out var due))
        {
            if (due.Member is { } member)
            {
                OnSessionDeadline(due.Group, member, ref effects);
            }
            else
            {
                OnGroupDeadline(due.Group, ref effects);
            }
        }

        if (_nowMs >= _expiryDueMs)
        {
            Expire(ref effects);
        }
    }

    private void OnLoaded(long monotonicMs, ref Effects<GroupEffect> effects)
    {
        Debug.Assert(_over == Model.ErrorCode.CoordinatorLoadInProgress, "a machine is loaded once");
        _over = Model.ErrorCode.None;
        _tickedAtMs = monotonicMs;
        _expiryDueMs = _nowMs + _settings.OffsetCheckIntervalMs;
        foreach (var group in _groups.Values.ToArray())
        {
            foreach (var member in group.Members)
            {
                Arm(member, member.SessionTimeoutMs);
            }

            if (group.MemberCount > _settings.MaxMembers)
            {
                Prepare(group, ref effects);
            }
        }
    }

    /// <summary>Forgets the offsets of a topic: all, or those of another topic of its name.</summary>
    private void ForgetTopic(string topic, Guid? keptId, ref Effects<GroupEffect> effects)
    {
        if (_over != Model.ErrorCode.None)
        {
            return;
        }

        foreach (var group in _groups.Values)
        {
            if (group.Offsets.Find(topic) is { } table)
            {
                foreach (var partition in table.Partitions.ToArray())
                {
                    if (keptId is null || (table.TryGet(partition, out var entry) && entry.TopicId != Guid.Empty && entry.TopicId != keptId))
                    {
                        RemoveOffset(group, table.Topic, partition, ref effects);
                    }
                }
            }
        }
    }

    private void Expire(ref Effects<GroupEffect> effects)
    {
        _expiryDueMs = _nowMs + _settings.OffsetCheckIntervalMs;
        var before = effects.Count;
        foreach (var group in _groups.Values.ToArray())
        {
            ExpireOffsets(group, ref effects);
            if (group is { State: GroupState.Empty, PendingCount: 0, Offsets.IsEmpty: true })
            {
                RemoveGroup(group, ref effects);
            }

            if (effects.Count - before >= _settings.MaxExpiredPerTick)
            {
                _expiryDueMs = _nowMs; // the rest at the next tick
                return;
            }
        }
    }

    /// <summary>
    /// As Kafka since KIP-211: an empty group's offsets count from when it became empty; a stable consumer group's from their commit,
    /// where nobody reads the topic any more; those of a group without members ever from their commit. Others stay.
    /// </summary>
    private void ExpireOffsets(ClassicGroup group, ref Effects<GroupEffect> effects)
    {
        var isStandalone = group.ProtocolType is null;
        var isEmpty = group.State == GroupState.Empty;
        if (!isStandalone && !isEmpty && !(group.UsesConsumerProtocol && group.State == GroupState.Stable))
        {
            return;
        }

        foreach (var table in group.Offsets.Topics.ToArray())
        {
            if (!isStandalone && !isEmpty && group.IsSubscribedTo(table.Topic))
            {
                continue;
            }

            var sinceMs = !isStandalone && isEmpty ? group.StateSinceMs : -1;
            foreach (var partition in ExpiredOf(table, sinceMs))
            {
                RemoveOffset(group, table.Topic, partition, ref effects);
            }
        }
    }

    private List<int> ExpiredOf(TopicOffsetTable table, long sinceMs)
    {
        var expired = new List<int>();
        for (var i = 0; i < table.Count; i++)
        {
            ref readonly var entry = ref table.Entries[i];
            var isExpired = entry.ExpiresAtMs >= 0
                ? _nowMs >= entry.ExpiresAtMs
                : _nowMs - (sinceMs >= 0 ? sinceMs : entry.CommittedAtMs) >= _settings.OffsetRetentionMs;
            if (isExpired)
            {
                expired.Add(table.Partitions[i]);
            }
        }

        return expired;
    }
}
