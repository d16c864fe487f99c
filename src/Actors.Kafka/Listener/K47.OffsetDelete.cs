using Actors.Kafka.Wire;
using Actors.Model;
using Actors.Model.Groups;

namespace Actors.Kafka.Listener;

/// <summary>
/// OffsetDelete, key 47 (KIP-496).
/// Versions: 0 (Kafka 4.3: 0). Promise: forgets committed offsets of topics that the group is not subscribed to; a topic that does not
/// exist is refused by itself. Gaps: none known.
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

        var refusals = asked.Topics.Select(t => Check(connection, context, t.Name)).ToArray();
        var known = asked.Topics.Where((_, i) => refusals[i] == ErrorCode.None)
            .Select(t => new TopicPartitions(t.Name, [.. t.Partitions.Select(p => p.PartitionIndex)]))
            .ToArray();
        var reply = new GroupReply<DeleteOffsetsAnswer, OffsetDeleteResponse>(
            request, 1, answers => Compose(asked, refusals, answers[0], context.ThrottleMs));
        connection.Queue(reply);
        connection.Services.Groups.DeleteOffsets(new DeleteOffsets(asked.GroupId, known), reply, token: 0);
    }

    private static ErrorCode Check(KafkaConnection connection, RequestContext context, string topic) =>
        !connection.Services.Authorizer.IsAllowed(context, KafkaOperation.Read, KafkaResource.Topic, topic)
            ? ErrorCode.TopicAuthorizationFailed
        : connection.Services.Catalog.TryGetTopic(topic, out _) ? ErrorCode.None : ErrorCode.UnknownTopicOrPartition;

    private static OffsetDeleteResponse Compose(
        OffsetDeleteRequest asked, ErrorCode[] refusals, DeleteOffsetsAnswer answer, int throttleMs)
    {
        var response = new OffsetDeleteResponse { ThrottleTimeMs = throttleMs, ErrorCode = (short)answer.Error };
        if (answer.Error != ErrorCode.None)
        {
            return response;
        }

        var next = 0;
        var topics = new List<OffsetDeleteResponseTopic>(asked.Topics.Length);
        for (var t = 0; t < asked.Topics.Length; t++)
        {
            var errors = refusals[t] == ErrorCode.None ? answer.Errors[next++] : null;
            topics.Add(new OffsetDeleteResponseTopic
            {
                Name = asked.Topics[t].Name,
                Partitions =
                [
                    .. asked.Topics[t].Partitions.Select((p, i) => new OffsetDeleteResponsePartition
                    {
                        PartitionIndex = p.PartitionIndex, ErrorCode = (short)(errors?[i] ?? refusals[t]),
                    }),
                ],
            });
        }

        response.Topics = [.. topics];
        return response;
    }
}
