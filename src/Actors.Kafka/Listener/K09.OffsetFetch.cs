using Actors.Kafka.Wire;
using Actors.Model;
using Actors.Model.Groups;

namespace Actors.Kafka.Listener;

/// <summary>
/// OffsetFetch, key 9.
/// Versions: 1-10 (Kafka 4.3: 1-10). Promise: offsets of one group, from 8 on of many; null topics mean all; a group that does not exist
/// has no offsets, which is no error; the stable flag from 7 on (KIP-447); topic ids from 10 on. Errors of a group stand at its top from 2
/// on, at each partition in 1. Gaps: none known.
/// </summary>
internal static class OffsetFetchHandler
{
    private const short FirstBatchedVersion = 8;
    private const short FirstByIdVersion = 10;

    public static void Handle(KafkaConnection connection, in KafkaRequest request)
    {
        var asked = request.Read<OffsetFetchRequest>();
        var groups = request.Version >= FirstBatchedVersion
            ? asked.Groups.Select(g => new Wanted(g.GroupId, g.MemberId, g.MemberEpoch, g.Topics)).ToArray()
            : [new Wanted(asked.GroupId, null, -1, asked.Topics?.Select(Single).ToArray())];
        var context = request.Context;
        var version = request.Version;
        if (groups.Length == 0)
        {
            connection.Send(request, new OffsetFetchResponse { ThrottleTimeMs = context.ThrottleMs });
            return;
        }

        var reply = new GroupReply<FetchOffsetsAnswer, OffsetFetchResponse>(
            request, groups.Length, answers => Compose(connection, groups, answers, version, context.ThrottleMs));
        connection.Queue(reply);
        for (var i = 0; i < groups.Length; i++)
        {
            Ask(connection, request, groups[i], asked.RequireStable, reply, i);
        }
    }

    private static OffsetFetchRequestTopic Single(OffsetFetchRequestSingleTopic topic) =>
        new() { Name = topic.Name, PartitionIndexes = topic.PartitionIndexes };

    private static void Ask(
        KafkaConnection connection, in KafkaRequest request, Wanted group, bool requireStable,
        GroupReply<FetchOffsetsAnswer, OffsetFetchResponse> reply, int token)
    {
        if (!connection.Services.Authorizer.IsAllowed(request.Context, KafkaOperation.Describe, KafkaResource.Group, group.GroupId))
        {
            if (reply.OnAnswered(token, new FetchOffsetsAnswer(ErrorCode.GroupAuthorizationFailed, [])))
            {
                reply.Wake();
            }

            return;
        }

        // What the group does not know by name (an id of no topic) is answered where the reply is composed.
        var byId = request.Version >= FirstByIdVersion;
        var catalog = connection.Services.Catalog;
        connection.Services.Groups.FetchOffsets(
            new FetchOffsets
            {
                GroupId = group.GroupId,
                MemberId = group.MemberId,
                MemberEpoch = group.MemberEpoch,
                Topics = group.Topics?
                    .Select(t => new TopicPartitions(
                        !byId ? t.Name : catalog.TryGetTopic(t.TopicId, out var known) ? t.Name = known.Name : "", t.PartitionIndexes))
                    .Where(t => t.Topic.Length > 0)
                    .ToArray(),
                RequireStable = requireStable,
            },
            reply,
            token);
    }

    private static OffsetFetchResponse Compose(
        KafkaConnection connection, Wanted[] groups, FetchOffsetsAnswer[] answers, short version, int throttleMs)
    {
        if (version >= FirstBatchedVersion)
        {
            return new OffsetFetchResponse
            {
                ThrottleTimeMs = throttleMs,
                Groups =
                [
                    .. groups.Zip(answers).Select(g => new OffsetFetchResponseGroup
                    {
                        GroupId = g.First.GroupId,
                        ErrorCode = (short)g.Second.Error,
                        Topics = [.. Topics(connection, g.First, g.Second, version)],
                    }),
                ],
            };
        }

        var (group, answer) = (groups[0], answers[0]);
        var topics = answer.Error == ErrorCode.None || version >= 2 ? Topics(connection, group, answer, version)
            : (group.Topics ?? []).Select(t => Without(t, answer.Error)); // version 1 has no place for an error of the whole
        return new OffsetFetchResponse
        {
            ThrottleTimeMs = throttleMs,
            ErrorCode = (short)answer.Error,
            Topics = [.. topics.Select(Single)],
        };
    }

    private static IEnumerable<OffsetFetchResponseTopic> Topics(
        KafkaConnection connection, Wanted group, FetchOffsetsAnswer answer, short version)
    {
        var catalog = connection.Services.Catalog;
        foreach (var topic in answer.Topics)
        {
            // By id only what still exists can be told; a topic asked for by id keeps the id of the question.
            var id = Guid.Empty;
            if (version >= FirstByIdVersion)
            {
                id = group.Topics?.FirstOrDefault(t => t.Name == topic.Topic)?.TopicId
                    ?? (catalog.TryGetTopic(topic.Topic, out var known) ? known.Id : Guid.Empty);
                if (id == Guid.Empty)
                {
                    continue;
                }
            }

            yield return new OffsetFetchResponseTopic
            {
                TopicId = id,
                Name = topic.Topic,
                Partitions =
                [
                    .. topic.Offsets.Select(o => new OffsetFetchResponsePartition
                    {
                        PartitionIndex = o.Partition,
                        CommittedOffset = o.Offset,
                        CommittedLeaderEpoch = o.LeaderEpoch,
                        Metadata = o.Metadata,
                    }),
                ],
            };
        }

        if (version >= FirstByIdVersion && answer.Error == ErrorCode.None)
        {
            foreach (var unknown in (group.Topics ?? []).Where(t => t.Name.Length == 0))
            {
                yield return Without(unknown, ErrorCode.UnknownTopicId);
            }
        }
    }

    private static OffsetFetchResponseTopic Without(OffsetFetchRequestTopic topic, ErrorCode error) => new()
    {
        TopicId = topic.TopicId,
        Name = topic.Name,
        Partitions =
        [
            .. topic.PartitionIndexes.Select(p => new OffsetFetchResponsePartition
            {
                PartitionIndex = p, CommittedOffset = -1, CommittedLeaderEpoch = -1, Metadata = "", ErrorCode = (short)error,
            }),
        ],
    };

    private static OffsetFetchResponseSingleTopic Single(OffsetFetchResponseTopic topic) => new()
    {
        Name = topic.Name,
        Partitions =
        [
            .. topic.Partitions.Select(p => new OffsetFetchResponseSinglePartition
            {
                PartitionIndex = p.PartitionIndex,
                CommittedOffset = p.CommittedOffset,
                CommittedLeaderEpoch = p.CommittedLeaderEpoch,
                Metadata = p.Metadata,
                ErrorCode = p.ErrorCode,
            }),
        ],
    };

    /// <summary>One group that is asked for; null topics: all.</summary>
    private sealed record Wanted(string GroupId, string? MemberId, int MemberEpoch, OffsetFetchRequestTopic[]? Topics);
}
