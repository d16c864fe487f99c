using Actors.Kafka.Wire;
using Actors.Model.Groups;

namespace Actors.Kafka.Listener;

/// <summary>
/// ListGroups, key 16.
/// Versions: 0-5 (Kafka 4.3: 0-5). Promise: the groups coordinated here, by state from 4 on (KIP-518) and by type from 5 on (KIP-848).
/// Gaps: none known.
/// </summary>
internal static class ListGroupsHandler
{
    public static void Handle(KafkaConnection connection, in KafkaRequest request)
    {
        var asked = request.Read<ListGroupsRequest>();
        var context = request.Context;
        var list = connection.Services.Groups.List(new ListGroups(asked.StatesFilter, asked.TypesFilter));
        connection.Send(request, new ListGroupsResponse
        {
            ThrottleTimeMs = context.ThrottleMs,
            ErrorCode = (short)list.Error,
            Groups =
            [
                .. list.Groups
                    .Where(g => connection.Services.Authorizer.IsAllowed(context, KafkaOperation.Describe, KafkaResource.Group, g.GroupId))
                    .Select(g => new ListGroupsResponseGroup
                    {
                        GroupId = g.GroupId, ProtocolType = g.ProtocolType, GroupState = g.State.ToString(), GroupType = g.GroupType,
                    }),
            ],
        });
    }
}
