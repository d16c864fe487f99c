using Actors.Kafka.Wire;
using Actors.Model;

namespace Actors.Kafka.Listener;

/// <summary>
/// DescribeCluster, key 60.
/// Versions: 0-2 (Kafka 4.3: 0-2). Promise: cluster id, controller, nodes with the addresses clients use; another endpoint type than brokers is
/// refused. Gaps: authorized operations are answered as not asked for; no node is fenced.
/// </summary>
internal static class DescribeClusterHandler
{
    private const sbyte Brokers = 1;

    public static void Handle(KafkaConnection connection, in KafkaRequest request)
    {
        var asked = request.Read<DescribeClusterRequest>();
        var catalog = connection.Services.Catalog;
        var response = new DescribeClusterResponse
        {
            ThrottleTimeMs = request.Context.ThrottleMs, ClusterId = catalog.ClusterId, ControllerId = catalog.ControllerId, EndpointType = asked.EndpointType,
        };
        if (asked.EndpointType == Brokers)
        {
            response.Brokers =
            [
                .. catalog.Nodes.Select(n => new DescribeClusterResponseBroker
                {
                    BrokerId = n.Id, Host = connection.HostOf(n), Port = connection.PortOf(n), Rack = n.Rack,
                }),
            ];
        }
        else
        {
            response.ErrorCode = (short)ErrorCode.UnsupportedEndpointType;
            response.ErrorMessage = $"Unsupported endpoint type {asked.EndpointType}";
        }

        connection.Send(request, response);
    }
}
