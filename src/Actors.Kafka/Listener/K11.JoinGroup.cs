using Actors.Kafka.Wire;
using Actors.Model;
using Actors.Model.Groups;

namespace Actors.Kafka.Listener;

/// <summary>
/// JoinGroup, key 11.
/// Versions: 0-9 (Kafka 4.3: 0-9). Promise: the classic protocol with any protocol type; a new member is given its id first from 4 on
/// (KIP-394); static members from 5 on (KIP-345). The reply waits for the rebalance. Gaps: none known.
/// </summary>
internal static class JoinGroupHandler
{
    private const short FirstMemberIdVersion = 4;
    private const short FirstNullProtocolVersion = 7;
    private const short FirstSkipAssignmentVersion = 9;

    public static void Handle(KafkaConnection connection, in KafkaRequest request)
    {
        var asked = request.Read<JoinGroupRequest>();
        var version = request.Version;
        var throttleMs = request.Context.ThrottleMs;
        var reply = new GroupReply<JoinGroupAnswer, JoinGroupResponse>(request, 1, answers => Compose(answers[0], version, throttleMs));
        connection.Queue(reply);
        if (!connection.Services.Authorizer.IsAllowed(request.Context, KafkaOperation.Read, KafkaResource.Group, asked.GroupId))
        {
            var refusal = new JoinGroupAnswer { Error = ErrorCode.GroupAuthorizationFailed, MemberId = "" };
            if (reply.OnAnswered(0, refusal))
            {
                reply.Wake();
            }

            return;
        }

        connection.Services.Groups.Join(
            new JoinGroup
            {
                GroupId = asked.GroupId,
                MemberId = asked.MemberId,
                GroupInstanceId = asked.GroupInstanceId,
                ClientId = request.Context.ClientId,
                ClientHost = connection.ClientHost,
                ProtocolType = asked.ProtocolType,
                Protocols = [.. asked.Protocols.Select(p => new GroupProtocol(p.Name, p.Metadata))],
                SessionTimeoutMs = asked.SessionTimeoutMs,
                RebalanceTimeoutMs = asked.RebalanceTimeoutMs,
                RequiresMemberId = version >= FirstMemberIdVersion,
                CanSkipAssignment = version >= FirstSkipAssignmentVersion,
                Reason = asked.Reason,
            },
            reply,
            token: 0);
    }

    private static JoinGroupResponse Compose(JoinGroupAnswer answer, short version, int throttleMs) => new()
    {
        ThrottleTimeMs = throttleMs,
        ErrorCode = (short)answer.Error,
        GenerationId = answer.GenerationId,
        ProtocolType = answer.ProtocolType,
        ProtocolName = answer.ProtocolName ?? (version < FirstNullProtocolVersion ? "" : null),
        Leader = answer.LeaderId,
        SkipAssignment = answer.SkipAssignment,
        MemberId = answer.MemberId,
        Members =
        [
            .. answer.Members.Select(m => new JoinGroupResponseMember
            {
                MemberId = m.MemberId, GroupInstanceId = m.GroupInstanceId, Metadata = GroupBytes.Of(m.Metadata),
            }),
        ],
    };
}
