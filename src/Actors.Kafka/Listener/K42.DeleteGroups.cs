using Actors.Kafka.Wire;
using Actors.Model;

namespace Actors.Kafka.Listener;

/// <summary>
/// DeleteGroups, key 42.
/// Versions: 0-2 (Kafka 4.3: 0-2). Promise: forgets groups without members and their offsets, each with its own outcome.
/// Gaps: none known.
/// </summary>
internal static class DeleteGroupsHandler
{
    public static void Handle(KafkaConnection connection, in KafkaRequest request)
    {
        var asked = request.Read<DeleteGroupsRequest>();
        var names = asked.GroupsNames.Distinct(StringComparer.Ordinal).ToArray();
        var throttleMs = request.Context.ThrottleMs;
        if (names.Length == 0)
        {
            connection.Send(request, new DeleteGroupsResponse { ThrottleTimeMs = throttleMs });
            return;
        }

        var reply = new GroupReply<ErrorCode, DeleteGroupsResponse>(
            request,
            names.Length,
            answers => new DeleteGroupsResponse
            {
                ThrottleTimeMs = throttleMs,
                Results =
                [
                    .. names.Zip(answers).Select(r => new DeleteGroupsResponseResult { GroupId = r.First, ErrorCode = (short)r.Second }),
                ],
            });
        connection.Queue(reply);
        for (var i = 0; i < names.Length; i++)
        {
            if (connection.Services.Authorizer.IsAllowed(request.Context, KafkaOperation.Delete, KafkaResource.Group, names[i]))
            {
                connection.Services.Groups.Delete(names[i], reply, i);
            }
            else if (reply.OnAnswered(i, ErrorCode.GroupAuthorizationFailed))
            {
                reply.Wake();
            }
        }
    }
}
