using Actors.Kafka.Wire;
using Actors.Model;
using Actors.Model.Groups;

namespace Actors.Kafka.Listener;

/// <summary>
/// OffsetDelete, key 47 (KIP-496).
/// Versions: 0 (Kafka 4.3: 0). Promise: forgets committed offsets of topics that the group is not subscribed to; a partition that
/// does not exist is refused by itself. Gaps: none known.
/// </summary>
internal static class OffsetDeleteHandler
{
    public static void Handle(KafkaConnection connection, in KafkaRequest request)
    {
        var asked = request.Read<OffsetDeleteRequest>();
        var context = request.Context;
        if (!connection.Services.Authorizer.IsAllowed(context, KafkaOperation.Delete, KafkaResource.Group, asked.GroupId))
        {
            connection.Send(request, new OffsetDeleteResponse
            {
                ThrottleTimeMs = context.ThrottleMs, ErrorCode = (short)ErrorCode.GroupAuthorizationFailed,
            });
            return;
        }

        if (asked.GroupId.Length == 0)
        {
            connection.Send(request, new OffsetDeleteResponse
            {
                ThrottleTimeMs = context.ThrottleMs, ErrorCode = (short)ErrorCode.InvalidGroupId,
            });
            return;
        }

        var refusals = asked.Topics.Select(t => t.Partitions.Select(p => Check(connection, context, t.Name, p.PartitionIndex)).ToArray())
            .ToArray();
        var known = asked.Topics
            .Select((t, i) => new TopicPartitions(
                t.Name, [.. t.Partitions.Where((_, p) => refusals[i][p] == ErrorCode.None).Select(p => p.PartitionIndex)]))
            .ToArray();
        var reply = new GroupReply<DeleteOffsetsAnswer, OffsetDeleteResponse>(
            request, 1, answers => Compose(asked, refusals, answers[0], context.ThrottleMs));
        connection.Queue(reply);
        connection.Services.Groups.DeleteOffsets(new DeleteOffsets(asked.GroupId, known), reply, token: 0);
    }

    private static ErrorCode Check(KafkaConnection connection, RequestContext context, string topic, int partition) =>
        !connection.Services.Authorizer.IsAllowed(context, KafkaOperation.Read, KafkaResource.Topic, topic)
            ? ErrorCode.TopicAuthorizationFailed
        : connection.Services.Catalog.TryGetTopic(topic, out var known) && (uint)partition < (uint)known.Partitions.Count
            ? ErrorCode.None : ErrorCode.UnknownTopicOrPartition;

    private static OffsetDeleteResponse Compose(
        OffsetDeleteRequest asked, ErrorCode[][] refusals, DeleteOffsetsAnswer answer, int throttleMs)
    {
        var response = new OffsetDeleteResponse { ThrottleTimeMs = throttleMs, ErrorCode = (short)answer.Error };
        if (answer.Error != ErrorCode.None)
        {
            return response;
        }

        var topics = new OffsetDeleteResponseTopic[asked.Topics.Length];
        for (var t = 0; t < topics.Length; t++)
        {
            var next = 0;
            topics[t] = new OffsetDeleteResponseTopic
            {
                Name = asked.Topics[t].Name,
                Partitions =
                [
                    .. asked.Topics[t].Partitions.Select((p, i) => new OffsetDeleteResponsePartition
                    {
                        PartitionIndex = p.PartitionIndex,
                        ErrorCode = (short)(refusals[t][i] == ErrorCode.None ? answer.Errors[t][next++] : refusals[t][i]),
                    }),
                ],
            };
        }

        response.Topics = topics;
        return response;
    }
}
