using Actors.Kafka.Wire;
using Actors.Model;
using Actors.Model.Groups;

namespace Actors.Kafka.Listener;

/// <summary>
/// DescribeGroups, key 15.
/// Versions: 0-6 (Kafka 4.3: 0-6). Promise: classic groups with their members, subscriptions and assignments; a group that does not exist
/// is Dead, from 6 on with an error that says so. Gaps: none known.
/// </summary>
internal static class DescribeGroupsHandler
{
    private const short FirstNotFoundVersion = 6;

    public static void Handle(KafkaConnection connection, in KafkaRequest request)
    {
        var asked = request.Read<DescribeGroupsRequest>();
        var version = request.Version;
        var throttleMs = request.Context.ThrottleMs;
        if (asked.Groups.Length == 0)
        {
            connection.Send(request, new DescribeGroupsResponse { ThrottleTimeMs = throttleMs });
            return;
        }

        var reply = new GroupReply<GroupDescription, DescribeGroupsResponse>(
            request,
            asked.Groups.Length,
            answers => new DescribeGroupsResponse
            {
                ThrottleTimeMs = throttleMs,
                Groups = [.. answers.Select(a => Show(a, version, asked.IncludeAuthorizedOperations))],
            });
        connection.Queue(reply);
        for (var i = 0; i < asked.Groups.Length; i++)
        {
            if (connection.Services.Authorizer.IsAllowed(request.Context, KafkaOperation.Describe, KafkaResource.Group, asked.Groups[i]))
            {
                connection.Services.Groups.Describe(asked.Groups[i], reply, i);
            }
            else if (reply.OnAnswered(
                i, new GroupDescription { GroupId = asked.Groups[i], Error = ErrorCode.GroupAuthorizationFailed }))
            {
                reply.Wake();
            }
        }
    }

    private static DescribeGroupsResponseGroup Show(GroupDescription group, short version, bool operations)
    {
        var hidden = version < FirstNotFoundVersion && group.Error == ErrorCode.GroupIdNotFound;
        var described = hidden || group.Error is ErrorCode.None or ErrorCode.GroupIdNotFound;
        return new DescribeGroupsResponseGroup
        {
            ErrorCode = (short)(hidden ? ErrorCode.None : group.Error),
            ErrorMessage = group.ErrorMessage,
            GroupId = group.GroupId,
            GroupState = described ? group.State.ToString() : "",
            ProtocolType = group.ProtocolType,
            ProtocolData = group.ProtocolName,
            Members =
            [
                .. group.Members.Select(m => new DescribeGroupsResponseMember
                {
                    MemberId = m.MemberId,
                    GroupInstanceId = m.GroupInstanceId,
                    ClientId = m.ClientId,
                    ClientHost = m.ClientHost,
                    MemberMetadata = GroupBytes.Of(m.Metadata),
                    MemberAssignment = GroupBytes.Of(m.Assignment),
                }),
            ],
            AuthorizedOperations = operations && group.Error == ErrorCode.None ? AuthorizedOperations.Group : AuthorizedOperations.NotAsked,
        };
    }
}
