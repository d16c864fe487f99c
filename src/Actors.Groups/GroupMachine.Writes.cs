using System.Diagnostics;
using Actors.Groups.Classic;
using Actors.Groups.Records;
using Actors.Model;
using Actors.Model.Groups;
using Actors.Model.Machines;

namespace Actors.Groups;

/// <summary>What is appended, and what waits for it.</summary>
public sealed partial class GroupMachine
{
    private readonly Queue<PendingWrite> _pending = new();
    private long _sequence;
    private long _committed;
    private bool _appending;

    private enum PendingKind : byte
    {
        Answer,
        Error,
        Commit,
        Sync,
        StaticJoin,
    }

    /// <summary>Requests whose answer waits for the log.</summary>
    public int PendingCount => _pending.Count;

    /// <summary>Begins or goes on with the append of this step, for a group.</summary>
    private long Appending(ClassicGroup group)
    {
        if (!_appending)
        {
            _appending = true;
            _sequence++;
        }

        group.LastSequence = _sequence;
        return _sequence;
    }

    private void AppendGroup(ClassicGroup group, ReadOnlyMemory<byte> value, ref Effects<GroupEffect> effects) =>
        effects.Add(GroupEffect.Append(Appending(group), GroupRecords.Key(_bytes, group.Id), value));

    private void RemoveOffset(ClassicGroup group, string topic, int partition, ref Effects<GroupEffect> effects)
    {
        effects.Add(GroupEffect.Remove(Appending(group), OffsetRecords.Key(_bytes, group.Id, topic, partition)));
        group.Offsets.Remove(topic, partition);
    }

    /// <summary>Forgets a group and its offsets, in the log and here.</summary>
    private void RemoveGroup(ClassicGroup group, ref Effects<GroupEffect> effects)
    {
        var sequence = Appending(group);
        foreach (var table in group.Offsets.Topics)
        {
            foreach (var partition in table.Partitions)
            {
                effects.Add(GroupEffect.Remove(sequence, OffsetRecords.Key(_bytes, group.Id, table.Topic, partition)));
            }
        }

        effects.Add(GroupEffect.Remove(sequence, GroupRecords.Key(_bytes, group.Id)));
        group.Offsets.Clear();
        group.Enter(GroupState.Dead, _nowMs);
        DeadlineQueue.Cancel(group.Timer);
        _groups.Remove(group.Id);
    }

    /// <summary>Answers at once, or when what this step appended is committed.</summary>
    private void ReplyWhenWritten(in GroupTicket ticket, object answer, ref Effects<GroupEffect> effects)
    {
        if (_appending)
        {
            _pending.Enqueue(new PendingWrite(_sequence, PendingKind.Answer, ticket, answer));
        }
        else
        {
            effects.Add(GroupEffect.Reply(ticket, answer));
        }
    }

    private void ReplyWhenWritten(in GroupTicket ticket, ErrorCode error, ref Effects<GroupEffect> effects)
    {
        if (_appending)
        {
            Debug.Assert(error == ErrorCode.None, "a refusal appends nothing");
            _pending.Enqueue(new PendingWrite(_sequence, PendingKind.Error, ticket, null));
        }
        else
        {
            effects.Add(GroupEffect.Reply(ticket, error));
        }
    }

    private void OnCommitted(long sequence, ref Effects<GroupEffect> effects)
    {
        if (_over != ErrorCode.None)
        {
            return;
        }

        Debug.Assert(sequence <= _sequence, "more is committed than was appended");
        _committed = Math.Max(_committed, sequence);
        while (_pending.TryPeek(out var next) && next.Sequence <= _committed)
        {
            _pending.Dequeue();
            Complete(next, ref effects);
        }
    }

    private void Complete(in PendingWrite write, ref Effects<GroupEffect> effects)
    {
        switch (write.Kind)
        {
            case PendingKind.Answer:
                effects.Add(GroupEffect.Reply(write.Ticket, write.State!));
                break;
            case PendingKind.Error:
                effects.Add(GroupEffect.Reply(write.Ticket, ErrorCode.None));
                break;
            case PendingKind.Commit:
                effects.Add(GroupEffect.ReplyCommit(write.Ticket, ErrorCode.None, (ErrorCode[]?)write.State));
                break;
            case PendingKind.Sync:
                OnAssignmentsStored((SyncWrite)write.State!, ref effects);
                break;
            default:
                OnStaticMemberStored((StaticJoinWrite)write.State!, ref effects);
                break;
        }
    }

    /// <summary>The log took no record, or another node leads: whoever waits is told, and nothing is served any more.</summary>
    private void OnFailed(ErrorCode error, ref Effects<GroupEffect> effects)
    {
        Debug.Assert(error != ErrorCode.None, "a machine fails for a reason");
        _over = error;
        while (_pending.TryDequeue(out var write))
        {
            switch (write.Kind)
            {
                case PendingKind.Answer:
                    effects.Add(GroupEffect.Reply(write.Ticket, Failed(write.State!, error)));
                    break;
                case PendingKind.Error:
                    effects.Add(GroupEffect.Reply(write.Ticket, error));
                    break;
                case PendingKind.Commit:
                    effects.Add(GroupEffect.ReplyCommit(write.Ticket, error, null));
                    break;
                default:
                    break; // members that are parked are told below
            }
        }

        foreach (var group in _groups.Values)
        {
            foreach (var member in group.Members)
            {
                AnswerJoin(group, member, NotJoined(member.Id, error), ref effects);
                AnswerSync(member, NotSynced(error), ref effects);
            }
        }

        _groups.Clear();
    }

    private static object Failed(object answer, ErrorCode error) => answer switch
    {
        FetchOffsetsAnswer => new FetchOffsetsAnswer(error, []),
        LeaveGroupAnswer => new LeaveGroupAnswer(error, []),
        DeleteOffsetsAnswer => new DeleteOffsetsAnswer(error, []),
        _ => throw new InvalidOperationException($"{answer.GetType().Name} does not wait for the log."),
    };

    /// <param name="Sequence">The append it waits for.</param>
    /// <param name="Kind">What to do then.</param>
    /// <param name="Ticket">Who is answered.</param>
    /// <param name="State">What the kind needs.</param>
    private readonly record struct PendingWrite(long Sequence, PendingKind Kind, GroupTicket Ticket, object? State);

    private sealed record SyncWrite(ClassicGroup Group, int GenerationId, Dictionary<string, ReadOnlyMemory<byte>> Assignments);

    private sealed record StaticJoinWrite(ClassicGroup Group, int GenerationId, GroupMember Member, JoinGroupAnswer Answer);
}
