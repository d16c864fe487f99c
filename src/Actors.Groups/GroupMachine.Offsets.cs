using System.Diagnostics;
using Actors.Groups.Classic;
using Actors.Groups.Offsets;
using Actors.Groups.Records;
using Actors.Model;
using Actors.Model.Groups;
using Actors.Model.Machines;

namespace Actors.Groups;

/// <summary>Committed offsets: written, read, forgotten.</summary>
public sealed partial class GroupMachine
{
    private void Commit(in CommitOffsets request, in GroupTicket ticket, ref Effects<GroupEffect> effects)
    {
        var error = AdmitCommit(request, out var group);
        if (error != ErrorCode.None)
        {
            effects.Add(GroupEffect.ReplyCommit(ticket, error, null));
            return;
        }

        var before = effects.Count;
        var offsets = request.Offsets.Span;
        ErrorCode[]? errors = null;
        long recordsBytes = 0;
        for (var i = 0; i < offsets.Length; i++)
        {
            if (offsets[i].Metadata is { } note && note.Length > _settings.MaxOffsetMetadataChars)
            {
                (errors ??= new ErrorCode[offsets.Length])[i] = ErrorCode.OffsetMetadataTooLarge;
                continue;
            }

            var key = OffsetRecords.Key(_bytes, group!.Id, offsets[i].Topic, offsets[i].Partition);
            var value = OffsetRecords.Value(_bytes, EntryOf(request, offsets[i]));
            recordsBytes += key.Length + value.Length + RecordOverheadBytes;
            effects.Add(GroupEffect.Append(_sequence + 1, key, value));
        }

        if (recordsBytes > _settings.MaxRecordsBytes)
        {
            effects.Trim(before);
            effects.Add(GroupEffect.ReplyCommit(ticket, ErrorCode.InvalidCommitOffsetSize, null));
            return;
        }

        if (effects.Count == before)
        {
            effects.Add(GroupEffect.ReplyCommit(ticket, ErrorCode.None, errors));
            return;
        }

        _groups.TryAdd(group!.Id, group);
        var sequence = Appending(group);
        Debug.Assert(effects.Items[^1].Sequence == sequence, "a commit is the first append of its step");
        for (var i = 0; i < offsets.Length; i++)
        {
            if (errors is null || errors[i] == ErrorCode.None)
            {
                group.Offsets.Set(offsets[i].Topic, offsets[i].Partition, EntryOf(request, offsets[i]));
            }
        }

        _pending.Enqueue(new PendingWrite(_sequence, PendingKind.Commit, ticket, errors));
    }

    private OffsetEntry EntryOf(in CommitOffsets request, in OffsetToCommit offset) => new(
        offset.Offset, offset.LeaderEpoch, offset.Metadata ?? "", _nowMs,
        request.RetentionMs == CommitOffsets.DefaultRetention ? -1 : _nowMs + request.RetentionMs, offset.TopicId);

    /// <summary>Whether the committer may, as of Kafka's ClassicGroup; a commit counts as a heartbeat.</summary>
    private ErrorCode AdmitCommit(in CommitOffsets request, out ClassicGroup? group)
    {
        group = Find(request.GroupId);
        if (group is null)
        {
            if (request.GenerationId >= 0)
            {
                return request.KnowsGroupIdNotFound ? ErrorCode.GroupIdNotFound : ErrorCode.IllegalGeneration;
            }

            // A consumer that assigns its partitions itself: a group for its offsets only.
            group = new ClassicGroup(request.GroupId) { StateSinceMs = _nowMs };
            return IsTooLong(request.GroupId) ? ErrorCode.InvalidGroupId
                : _groups.Count >= _settings.MaxGroups ? ErrorCode.CoordinatorNotAvailable : ErrorCode.None;
        }

        if (request.GenerationId < 0 && group.State == GroupState.Empty)
        {
            return ErrorCode.None;
        }

        if (request.GenerationId < 0 && request.MemberId.Length == 0 && request.GroupInstanceId is null)
        {
            return ErrorCode.UnknownMemberId; // it has members: nobody else may move their offsets
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

        if (group.State == GroupState.CompletingRebalance)
        {
            return ErrorCode.RebalanceInProgress; // it knows the generation, but not yet what it reads in it
        }

        var member = group.Find(request.MemberId)!;
        Arm(member, member.SessionTimeoutMs);
        return ErrorCode.None;
    }

    private void Fetch(in FetchOffsets request, in GroupTicket ticket, ref Effects<GroupEffect> effects)
    {
        var group = Find(request.GroupId);
        var answer = new FetchOffsetsAnswer(
            ErrorCode.None, request.Topics is { } topics ? OffsetsOf(group, topics) : group is null ? [] : AllOffsets(group));
        if (group is not null && group.LastSequence > _committed)
        {
            // What it tells is not committed yet. It waits, rather than tell what a crash could take back.
            _pending.Enqueue(new PendingWrite(_sequence, PendingKind.Answer, ticket, answer));
        }
        else
        {
            effects.Add(GroupEffect.Reply(ticket, answer));
        }
    }

    private static TopicOffsets[] OffsetsOf(ClassicGroup? group, IReadOnlyList<TopicPartitions> topics)
    {
        var answers = new TopicOffsets[topics.Count];
        for (var i = 0; i < answers.Length; i++)
        {
            var table = group?.Offsets.Find(topics[i].Topic);
            var offsets = new CommittedOffset[topics[i].Partitions.Count];
            for (var j = 0; j < offsets.Length; j++)
            {
                var partition = topics[i].Partitions[j];
                offsets[j] = table is not null && table.TryGet(partition, out var entry)
                    ? Committed(partition, entry) : CommittedOffset.None(partition);
            }

            answers[i] = new TopicOffsets(topics[i].Topic, offsets);
        }

        return answers;
    }

    private static TopicOffsets[] AllOffsets(ClassicGroup group) =>
    [
        .. group.Offsets.Topics.OrderBy(t => t.Topic, StringComparer.Ordinal).Select(t =>
        {
            var offsets = new CommittedOffset[t.Count];
            for (var i = 0; i < offsets.Length; i++)
            {
                offsets[i] = Committed(t.Partitions[i], t.Entries[i]);
            }

            return new TopicOffsets(t.Topic, offsets);
        }),
    ];

    private static CommittedOffset Committed(int partition, in OffsetEntry entry) =>
        new(partition, entry.Offset, entry.LeaderEpoch, entry.Metadata, entry.CommittedAtMs);

    private void DeleteOffsets(DeleteOffsets request, in GroupTicket ticket, ref Effects<GroupEffect> effects)
    {
        var group = Find(request.GroupId);
        var error = group is null ? ErrorCode.GroupIdNotFound
            : group.State != GroupState.Empty && !group.UsesConsumerProtocol ? ErrorCode.NonEmptyGroup : ErrorCode.None;
        if (error != ErrorCode.None)
        {
            effects.Add(GroupEffect.Reply(ticket, new DeleteOffsetsAnswer(error, [])));
            return;
        }

        var errors = new ErrorCode[request.Topics.Count][];
        for (var i = 0; i < errors.Length; i++)
        {
            var topic = request.Topics[i];
            errors[i] = new ErrorCode[topic.Partitions.Count];
            if (group!.IsSubscribedTo(topic.Topic))
            {
                errors[i].AsSpan().Fill(ErrorCode.GroupSubscribedToTopic);
                continue;
            }

            foreach (var partition in topic.Partitions)
            {
                if (group.Offsets.TryGet(topic.Topic, partition, out _))
                {
                    RemoveOffset(group, topic.Topic, partition, ref effects);
                }
            }
        }

        ReplyWhenWritten(ticket, new DeleteOffsetsAnswer(ErrorCode.None, errors), ref effects);
    }

    /// <summary>Framing of a record around its key and value, at most.</summary>
    private const int RecordOverheadBytes = 32;
}
