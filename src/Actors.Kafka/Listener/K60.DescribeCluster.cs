using Actors.Kafka.Wire;
using Actors.Model;

namespace Actors.Kafka.Listener;

/// <summary>
/// DescribeCluster, key 60.
/// Versions: 0-2 (Kafka 4.3: 0-2). Promise: cluster id, controller and nodes (KIP-700). Gaps: this is no controller's endpoint (KIP-919):
/// asking for controllers is refused.
/// </summary>
internal static class DescribeClusterHandler
{
    private const sbyte Brokers = 1;
    private const sbyte Controllers = 2;

    public static void Handle(KafkaConnection connection, in KafkaRequest request)
    {
        var asked = request.Read<DescribeClusterRequest>();
        var catalog = connection.Services.Catalog;
        if (asked.EndpointType != Brokers)
        {
            connection.Send(request, new DescribeClusterResponse
            {
                ThrottleTimeMs = request.Context.ThrottleMs,
                ErrorCode = (short)(asked.EndpointType == Controllers
                    ? ErrorCode.MismatchedEndpointType : ErrorCode.UnsupportedEndpointType),
                ErrorMessage = "The request was sent to an endpoint of type BROKER, but wants one of type "
                    + (asked.EndpointType == Controllers ? "CONTROLLER" : $"{asked.EndpointType}"),
                EndpointType = Brokers,
            });
            return;
        }

        connection.Send(request, new DescribeClusterResponse
        {
            ThrottleTimeMs = request.Context.ThrottleMs,
            EndpointType = Brokers,
            ClusterId = catalog.ClusterId,
            ControllerId = catalog.ControllerId,
            ClusterAuthorizedOperations = asked.IncludeClusterAuthorizedOperations
                ? AuthorizedOperations.Cluster : AuthorizedOperations.NotAsked,
            Brokers =
            [
                .. catalog.Nodes.Select(n => new DescribeClusterResponseBroker
                {
                    BrokerId = n.Id, Host = connection.HostOf(n), Port = connection.PortOf(n), Rack = n.Rack,
                }),
            ],
        });
    }
}
