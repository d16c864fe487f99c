using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Actors.Dashboard.Api;

/// <summary>The part of the JSON API that shows consumer groups.</summary>
internal sealed class GroupEndpoints(NodeStatus status)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        ApiEndpoints.MapRead(routes, "/api/v1/groups", http => status.Ports is { } ports ? ListAsync(http, ports) : ApiEndpoints.NotYet(http));
        ApiEndpoints.MapRead(routes, "/api/v1/group", http => status.Ports is { } ports ? ReadAsync(http, ports) : ApiEndpoints.NotYet(http));
        ApiEndpoints.MapRead(
            routes, "/api/v1/topics/{name}/groups", http => status.Ports is { } ports ? OfTopicAsync(http, ports) : ApiEndpoints.NotYet(http));
    }

    private static async Task OfTopicAsync(HttpContext http, NodePorts ports)
    {
        if (!ports.Catalog.TryGetTopic((string)http.Request.RouteValues["name"]!, out var topic))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        await ApiEndpoints.Json(
            http, await GroupReader.ListOfTopicAsync(ports, topic, http.RequestAborted), DashboardJson.Default.TopicGroupsAnswer);
    }

    private static async Task ListAsync(HttpContext http, NodePorts ports)
    {
        var parameters = http.Request.Query;
        var answer = await GroupReader.ListAsync(
            ports, parameters["contains"].ToString(), parameters["after"].ToString(),
            ApiEndpoints.Limit(http, GroupReader.MaxGroupsPerAnswer, GroupReader.MaxGroupsPerAnswer), http.RequestAborted);
        await ApiEndpoints.Json(http, answer, DashboardJson.Default.GroupsAnswer);
    }

    private static async Task ReadAsync(HttpContext http, NodePorts ports) => await ApiEndpoints.Json(
        http, await GroupReader.ReadAsync(ports, http.Request.Query["id"].ToString(), http.RequestAborted), DashboardJson.Default.GroupAnswer);
}
