using Actors.Kafka.Wire;
using Actors.Model;
using Actors.Model.Groups;

namespace Actors.Kafka.Listener;

/// <summary>
/// Heartbeat, key 12.
/// Versions: 0-4 (Kafka 4.3: 0-4). Promise: keeps a member in its group, or tells it to join again. Gaps: none known.
/// </summary>
internal static class HeartbeatHandler
{
    public static void Handle(KafkaConnection connection, in KafkaRequest request)
    {
        var asked = request.Read<HeartbeatRequest>();
        var throttleMs = request.Context.ThrottleMs;
        var reply = new GroupReply<ErrorCode, HeartbeatResponse>(
            request, 1, answers => new HeartbeatResponse { ThrottleTimeMs = throttleMs, ErrorCode = (short)answers[0] });
        connection.Queue(reply);
        if (!connection.Services.Authorizer.IsAllowed(request.Context, KafkaOperation.Read, KafkaResource.Group, asked.GroupId))
        {
            if (reply.OnAnswered(0, ErrorCode.GroupAuthorizationFailed))
            {
                reply.Wake();
            }

            return;
        }

        connection.Services.Groups.Heartbeat(
            new GroupHeartbeat(asked.GroupId, asked.GenerationId, asked.MemberId, asked.GroupInstanceId), reply, token: 0);
    }
}
