using Actors.Kafka.Wire;
using Actors.Model;
using Actors.Model.Groups;

namespace Actors.Kafka.Listener;

/// <summary>
/// LeaveGroup, key 13.
/// Versions: 0-5 (Kafka 4.3: 0-5). Promise: one member, from 3 on many, each with its own outcome; static members by their instance id.
/// Gaps: none known.
/// </summary>
internal static class LeaveGroupHandler
{
    private const short FirstBatchedVersion = 3;

    public static void Handle(KafkaConnection connection, in KafkaRequest request)
    {
        var asked = request.Read<LeaveGroupRequest>();
        var version = request.Version;
        var throttleMs = request.Context.ThrottleMs;
        var reply = new GroupReply<LeaveGroupAnswer, LeaveGroupResponse>(request, 1, answers => Compose(answers[0], version, throttleMs));
        connection.Queue(reply);
        if (!connection.Services.Authorizer.IsAllowed(request.Context, KafkaOperation.Read, KafkaResource.Group, asked.GroupId))
        {
            if (reply.OnAnswered(0, new LeaveGroupAnswer(ErrorCode.GroupAuthorizationFailed, [])))
            {
                reply.Wake();
            }

            return;
        }

        LeavingMember[] leaving = version >= FirstBatchedVersion
            ? [.. asked.Members.Select(m => new LeavingMember(m.MemberId, m.GroupInstanceId, m.Reason))]
            : [new LeavingMember(asked.MemberId, null, null)];
        connection.Services.Groups.Leave(new LeaveGroup(asked.GroupId, leaving), reply, token: 0);
    }

    private static LeaveGroupResponse Compose(LeaveGroupAnswer answer, short version, int throttleMs)
    {
        var error = answer.Error == ErrorCode.None && version < FirstBatchedVersion && answer.Members.Count > 0
            ? answer.Members[0].Error : answer.Error;
        return new LeaveGroupResponse
        {
            ThrottleTimeMs = throttleMs,
            ErrorCode = (short)error,
            Members = version < FirstBatchedVersion || error != ErrorCode.None ? [] :
            [
                .. answer.Members.Select(m => new LeaveGroupResponseMember
                {
                    MemberId = m.MemberId, GroupInstanceId = m.GroupInstanceId, ErrorCode = (short)m.Error,
                }),
            ],
        };
    }
}
