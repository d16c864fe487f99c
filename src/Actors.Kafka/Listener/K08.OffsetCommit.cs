using Actors.Kafka.Wire;
using Actors.Model;
using Actors.Model.Groups;
using Actors.Model.Ports;

namespace Actors.Kafka.Listener;

/// <summary>
/// OffsetCommit, key 8.
/// Versions: 2-10 (Kafka 4.3: 2-10). Promise: answered once synced; a partition that does not exist is refused by itself, the rest is
/// committed; retention times of their own in 2-4; topic ids from 10 on (KIP-848). Gaps: no offsets inside transactions.
/// </summary>
internal static class OffsetCommitHandler
{
    private const short FirstNotFoundVersion = 9;
    private const short FirstByIdVersion = 10;

    public static void Handle(KafkaConnection connection, in KafkaRequest request)
    {
        var asked = request.Read<OffsetCommitRequest>();
        var groupAllowed = connection.Services.Authorizer.IsAllowed(
            request.Context, KafkaOperation.Read, KafkaResource.Group, asked.GroupId);
        var offsets = new List<OffsetToCommit>();
        var refusals = new ErrorCode[asked.Topics.Length][];
        for (var t = 0; t < asked.Topics.Length; t++)
        {
            var topic = asked.Topics[t];
            refusals[t] = new ErrorCode[topic.Partitions.Length];
            var refusal = Find(connection, request, topic, groupAllowed, out var known);
            for (var p = 0; p < topic.Partitions.Length; p++)
            {
                var wanted = topic.Partitions[p];
                refusals[t][p] = refusal != ErrorCode.None ? refusal
                    : (uint)wanted.PartitionIndex < (uint)known!.Partitions.Count ? ErrorCode.None : ErrorCode.UnknownTopicOrPartition;
                if (refusals[t][p] == ErrorCode.None)
                {
                    offsets.Add(new OffsetToCommit(
                        known!.Name, known.Id, wanted.PartitionIndex, wanted.CommittedOffset, wanted.CommittedLeaderEpoch,
                        wanted.CommittedMetadata));
                }
            }
        }

        var throttleMs = request.Context.ThrottleMs;
        var version = request.Version;
        if (offsets.Count == 0)
        {
            connection.Send(request, Compose(asked, refusals, new CommitOffsetsAnswer(ErrorCode.None, null), throttleMs));
            return;
        }

        var reply = new GroupReply<CommitOffsetsAnswer, OffsetCommitResponse>(
            request, 1, answers => Compose(asked, refusals, Told(connection, asked, version, answers[0]), throttleMs));
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

    private static ErrorCode Find(
        KafkaConnection connection, in KafkaRequest request, OffsetCommitRequestTopic topic, bool groupAllowed,
        out TopicDescription? known)
    {
        var byId = request.Version >= FirstByIdVersion;
        var services = connection.Services;
        var found = byId ? services.Catalog.TryGetTopic(topic.TopicId, out known) : services.Catalog.TryGetTopic(topic.Name, out known);
        return !groupAllowed ? ErrorCode.GroupAuthorizationFailed
            : !found ? byId ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition
            : services.Authorizer.IsAllowed(request.Context, KafkaOperation.Read, KafkaResource.Topic, known!.Name)
            ? ErrorCode.None : ErrorCode.TopicAuthorizationFailed;
    }

    /// <summary>From version 9 on a member of a group that does not exist is told just that (KIP-848).</summary>
    private static CommitOffsetsAnswer Told(KafkaConnection connection, OffsetCommitRequest asked, short version, CommitOffsetsAnswer answer)
    {
        if (version < FirstNotFoundVersion || answer.Error != ErrorCode.IllegalGeneration)
        {
            return answer;
        }

        var existence = new GroupExistence();
        connection.Services.Groups.Describe(asked.GroupId, existence, token: 0);
        return existence.IsMissing ? new CommitOffsetsAnswer(ErrorCode.GroupIdNotFound, null) : answer;
    }

    private static OffsetCommitResponse Compose(
        OffsetCommitRequest asked, ErrorCode[][] refusals, CommitOffsetsAnswer answer, int throttleMs)
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
                    ErrorCode = (short)(refusals[t][p] == ErrorCode.None ? answer.ErrorAt(next++) : refusals[t][p]),
                };
            }

            topics[t] = new OffsetCommitResponseTopic { TopicId = topic.TopicId, Name = topic.Name, Partitions = partitions };
        }

        return new OffsetCommitResponse { ThrottleTimeMs = throttleMs, Topics = topics };
    }

    /// <summary>A description is answered during the call.</summary>
    private sealed class GroupExistence : IGroupWaiter<GroupDescription>
    {
        public bool IsMissing { get; private set; }

        public bool OnAnswered(long token, in GroupDescription answer)
        {
            IsMissing = answer.Error == ErrorCode.GroupIdNotFound;
            return false;
        }

        public void Wake()
        {
        }
    }
}
