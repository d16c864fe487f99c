using Actors.Kafka.Wire;
using Actors.Model;
using Actors.Model.Groups;

namespace Actors.Kafka.Listener;

/// <summary>
/// OffsetCommit, key 8.
/// Versions: 2-10 (Kafka 4.3: 2-10). Promise: answered once synced; a topic that does not exist is refused by itself, the rest is
/// committed; retention times of their own in 2-4; topic ids from 10 on (KIP-848). Gaps: no offsets inside transactions.
/// </summary>
internal static class OffsetCommitHandler
{
    public static void Handle(KafkaConnection connection, in KafkaRequest request)
    {
        var asked = request.Read<OffsetCommitRequest>();
        var groupAllowed = connection.Services.Authorizer.IsAllowed(
            request.Context, KafkaOperation.Read, KafkaResource.Group, asked.GroupId);
        var offsets = new List<OffsetToCommit>();
        var refusals = new ErrorCode[asked.Topics.Length];
        for (var t = 0; t < asked.Topics.Length; t++)
        {
            var topic = asked.Topics[t];
            refusals[t] = groupAllowed ? Find(connection, request, topic, out var name, out var id) : Deny(out name, out id);
            if (refusals[t] == ErrorCode.None)
            {
                offsets.AddRange(topic.Partitions.Select(p => new OffsetToCommit(
                    name, id, p.PartitionIndex, p.CommittedOffset, p.CommittedLeaderEpoch, p.CommittedMetadata)));
            }
        }

        var throttleMs = request.Context.ThrottleMs;
        if (offsets.Count == 0)
        {
            connection.Send(request, Compose(asked, refusals, new CommitOffsetsAnswer(ErrorCode.None, null), throttleMs));
            return;
        }

        var reply = new GroupReply<CommitOffsetsAnswer, OffsetCommitResponse>(
            request, 1, answers => Compose(asked, refusals, answers[0], throttleMs));
        connection.Queue(reply);
        connection.Services.Groups.CommitOffsets(
            new CommitOffsets
            {
                GroupId = asked.GroupId,
                GenerationId = asked.GenerationIdOrMemberEpoch,
                MemberId = asked.MemberId,
                GroupInstanceId = asked.GroupInstanceId,
                RetentionMs = asked.RetentionTimeMs,
                Offsets = offsets.ToArray(),
            },
            reply,
            token: 0);
    }

    private static ErrorCode Deny(out string name, out Guid id)
    {
        (name, id) = ("", Guid.Empty);
        return ErrorCode.GroupAuthorizationFailed;
    }

    private static ErrorCode Find(
        KafkaConnection connection, in KafkaRequest request, OffsetCommitRequestTopic topic, out string name, out Guid id)
    {
        var byId = request.Version >= 10;
        var catalog = connection.Services.Catalog;
        var found = byId ? catalog.TryGetTopic(topic.TopicId, out var description) : catalog.TryGetTopic(topic.Name, out description);
        (name, id) = (description?.Name ?? topic.Name, description?.Id ?? topic.TopicId);
        return !found ? byId ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition
            : connection.Services.Authorizer.IsAllowed(request.Context, KafkaOperation.Read, KafkaResource.Topic, name)
            ? ErrorCode.None : ErrorCode.TopicAuthorizationFailed;
    }

    private static OffsetCommitResponse Compose(
        OffsetCommitRequest asked, ErrorCode[] refusals, CommitOffsetsAnswer answer, int throttleMs)
    {
        var next = 0;
        var topics = new OffsetCommitResponseTopic[asked.Topics.Length];
        for (var t = 0; t < topics.Length; t++)
        {
            var topic = asked.Topics[t];
            var partitions = new OffsetCommitResponsePartition[topic.Partitions.Length];
            for (var p = 0; p < partitions.Length; p++)
            {
                partitions[p] = new OffsetCommitResponsePartition
                {
                    PartitionIndex = topic.Partitions[p].PartitionIndex,
                    ErrorCode = (short)(refusals[t] == ErrorCode.None ? answer.ErrorAt(next++) : refusals[t]),
                };
            }

            topics[t] = new OffsetCommitResponseTopic { TopicId = topic.TopicId, Name = topic.Name, Partitions = partitions };
        }

        return new OffsetCommitResponse { ThrottleTimeMs = throttleMs, Topics = topics };
    }
}
