using Actors.Kafka.Wire;
using Actors.Model;
using Actors.Model.Groups;

namespace Actors.Kafka.Listener;

/// <summary>
/// SyncGroup, key 14.
/// Versions: 0-5 (Kafka 4.3: 0-5). Promise: the leader brings the assignments, the others wait for theirs; from 5 on a member says which
/// protocol it believes in. Gaps: none known.
/// </summary>
internal static class SyncGroupHandler
{
    private const short FirstProtocolVersion = 5;

    public static void Handle(KafkaConnection connection, in KafkaRequest request)
    {
        var asked = request.Read<SyncGroupRequest>();
        var throttleMs = request.Context.ThrottleMs;
        var reply = new GroupReply<SyncGroupAnswer, SyncGroupResponse>(request, 1, answers => Compose(answers[0], throttleMs));
        connection.Queue(reply);
        var refusal =
            request.Version >= FirstProtocolVersion && (asked.ProtocolType is null || asked.ProtocolName is null)
                ? ErrorCode.InconsistentGroupProtocol
            : connection.Services.Authorizer.IsAllowed(request.Context, KafkaOperation.Read, KafkaResource.Group, asked.GroupId)
                ? ErrorCode.None : ErrorCode.GroupAuthorizationFailed;
        if (refusal != ErrorCode.None)
        {
            if (reply.OnAnswered(0, new SyncGroupAnswer(refusal, null, null, default)))
            {
                reply.Wake();
            }

            return;
        }

        connection.Services.Groups.Sync(
            new SyncGroup
            {
                GroupId = asked.GroupId,
                GenerationId = asked.GenerationId,
                MemberId = asked.MemberId,
                GroupInstanceId = asked.GroupInstanceId,
                ProtocolType = asked.ProtocolType,
                ProtocolName = asked.ProtocolName,
                Assignments = [.. asked.Assignments.Select(a => new GroupAssignment(a.MemberId, a.Assignment))],
            },
            reply,
            token: 0);
    }

    private static SyncGroupResponse Compose(in SyncGroupAnswer answer, int throttleMs) => new()
    {
        ThrottleTimeMs = throttleMs,
        ErrorCode = (short)answer.Error,
        ProtocolType = answer.ProtocolType,
        ProtocolName = answer.ProtocolName,
        Assignment = GroupBytes.Of(answer.Assignment),
    };
}
