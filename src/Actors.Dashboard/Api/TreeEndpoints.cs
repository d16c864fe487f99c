using System.Text;
using Actors.Model.Ports;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Actors.Dashboard.Api;

/// <summary>The part of the JSON API that shows the znode tree: read-only, as <c>world:anyone</c>, every answer bounded.</summary>
internal sealed class TreeEndpoints(NodeStatus status, Sampling.NodeSampler sampler)
{
    private const int DefaultChildren = 200;
    private const int DefaultRows = 100;

    public void Map(IEndpointRouteBuilder routes)
    {
        ApiEndpoints.MapRead(routes, "/api/v1/tree", http => WithTree(http, SummaryAsync));
        ApiEndpoints.MapRead(routes, "/api/v1/tree/znode", http => WithTree(http, (h, ports) => ApiEndpoints.Json(
            h, TreeReader.Read(ports.Tree, PathOf(h)), DashboardJson.Default.ZnodeAnswer)));
        ApiEndpoints.MapRead(routes, "/api/v1/tree/children", http => WithTree(http, ChildrenAsync));
        ApiEndpoints.MapRead(routes, "/api/v1/tree/stats", http => WithTree(http, (h, ports) => ApiEndpoints.Json(
            h, TreeReader.ReadStats(ports.Tree, h.Request.Query["path"]), DashboardJson.Default.StatsAnswer)));
        ApiEndpoints.MapRead(routes, "/api/v1/tree/sessions", http => WithTree(http, Sessions));
        ApiEndpoints.MapRead(routes, "/api/v1/tree/session", http => WithTree(http, (h, ports) => ApiEndpoints.Json(
            h, TreeReader.ReadSession(ports, h.Request.Query["id"].ToString()), DashboardJson.Default.SessionAnswer)));
        ApiEndpoints.MapRead(routes, "/api/v1/tree/watches", http => WithTree(http, (h, ports) => ApiEndpoints.Json(
            h,
            TreeReader.ListWatches(ports.Tree, ApiEndpoints.Limit(h, DefaultRows, TreeReader.MaxWatchesPerAnswer)),
            DashboardJson.Default.WatchesAnswer)));
    }

    private static Task Sessions(HttpContext http, NodePorts ports)
    {
        var after = TreeReader.TryParseId(http.Request.Query["after"].ToString(), out var id) ? id : long.MinValue;
        var limit = ApiEndpoints.Limit(http, DefaultRows, TreeReader.MaxSessionsPerAnswer);
        return ApiEndpoints.Json(http, TreeReader.ListSessions(ports, after, limit), DashboardJson.Default.SessionsAnswer);
    }

    private static string PathOf(HttpContext http) => http.Request.Query["path"].ToString() is { Length: > 0 } path ? path : "/";

    private Task SummaryAsync(HttpContext http, NodePorts ports) => sampler.Overview().Tree is { } tree
        ? ApiEndpoints.Json(http, tree, DashboardJson.Default.TreeSummary)
        : ApiEndpoints.NotYet(http);

    private static async Task ChildrenAsync(HttpContext http, NodePorts ports)
    {
        var parameters = http.Request.Query;
        var query = new ZnodeChildrenQuery(
            Encoding.UTF8.GetBytes(parameters["contains"].ToString()),
            Encoding.UTF8.GetBytes(parameters["after"].ToString()),
            ApiEndpoints.Limit(http, DefaultChildren, TreeReader.MaxChildrenPerAnswer));
        await ApiEndpoints.Json(
            http, await TreeReader.ListAsync(ports.Tree, PathOf(http), query, http.RequestAborted), DashboardJson.Default.ChildrenAnswer);
    }

    private Task WithTree(HttpContext http, Func<HttpContext, NodePorts, Task> answer) =>
        status.Ports is { Tree.IsServing: true } ports ? answer(http, ports) : ApiEndpoints.NotYet(http);
}
