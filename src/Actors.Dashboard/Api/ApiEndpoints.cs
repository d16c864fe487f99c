using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Actors.Dashboard.Health;
using Actors.Dashboard.Sampling;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Actors.Dashboard.Api;

/// <summary>The JSON API under <c>/api/v1</c>: read-only; within v1 fields are added, never changed or taken away.</summary>
internal sealed class ApiEndpoints(NodeStatus status, NodeHealth health, NodeSampler sampler, CancellationToken stopping)
{
    private const int DefaultLimit = 100;
    private const int MaxConnectionsPerAnswer = 1000;

    private readonly TopicReader _topics = new(sampler);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/overview", http => Json(http, sampler.Overview(), DashboardJson.Default.OverviewAnswer));
        routes.MapGet("/api/v1/health", http => Json(http, HealthEndpoints.Answer(status, health), DashboardJson.Default.HealthAnswer));
        routes.MapGet("/api/v1/history", http => Json(http, sampler.History(), DashboardJson.Default.HistoryAnswer));
        routes.MapGet("/api/v1/nodes", http => WithPorts(http, Nodes));
        routes.MapGet("/api/v1/connections", http => WithPorts(http, Connections));
        routes.MapGet("/api/v1/topics", http => WithPorts(http, TopicsAsync));
        routes.MapGet("/api/v1/topics/{name}", http => WithPorts(http, TopicAsync));
        routes.MapGet("/api/v1/events", EventsAsync);
        new TreeEndpoints(status, sampler).Map(routes);
        new GroupEndpoints(status).Map(routes);
    }

    internal static void MapRead(IEndpointRouteBuilder routes, string route, RequestDelegate answer) => routes.MapGet(route, answer);

    internal static Task Json<T>(HttpContext http, T answer, JsonTypeInfo<T> type) => TypedResults.Json(answer, type).ExecuteAsync(http);

    private static Task Nodes(HttpContext http, NodePorts ports) => Json(
        http,
        new NodesAnswer([.. ports.Catalog.Nodes.Select(n => new ClusterNodeInfo(n.Id, n.Host, n.KafkaPort, n.Rack))]),
        DashboardJson.Default.NodesAnswer);

    private Task Connections(HttpContext http, NodePorts ports) => Json(
        http,
        new ConnectionsAnswer(
            ports.Listeners.Sum(l => l.Totals.OpenConnections),
            sampler.Connections(ports, Limit(http, DefaultLimit, MaxConnectionsPerAnswer))),
        DashboardJson.Default.ConnectionsAnswer);

    private async Task TopicsAsync(HttpContext http, NodePorts ports)
    {
        var parameters = http.Request.Query;
        var query = new TopicQuery(
            parameters["contains"].ToString(), parameters["after"].ToString(), Limit(http, DefaultLimit, TopicReader.MaxTopicsPerAnswer));
        await Json(http, await _topics.ListAsync(ports, query, http.RequestAborted), DashboardJson.Default.TopicsAnswer);
    }

    private async Task TopicAsync(HttpContext http, NodePorts ports)
    {
        if (!ports.Catalog.TryGetTopic((string)http.Request.RouteValues["name"]!, out var topic))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        await Json(http, await _topics.ReadAsync(ports, topic, http.RequestAborted), DashboardJson.Default.TopicAnswer);
    }

    private async Task EventsAsync(HttpContext http)
    {
        using var watching = sampler.Watch();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
        http.Response.Headers.CacheControl = "no-cache";
        await TypedResults.ServerSentEvents(TicksAsync(over.Token)).ExecuteAsync(http);
    }

    private async IAsyncEnumerable<SseItem<string>> TicksAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (sampler.Last is { } last)
        {
            yield return Event(last); // figures at once instead of within a second
        }

        while (!cancellationToken.IsCancellationRequested)
        {
            TickEvent tick;
            try
            {
                tick = await sampler.NextAsync().WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                yield break;
            }

            yield return Event(tick);
        }

        static SseItem<string> Event(TickEvent tick) => new(JsonSerializer.Serialize(tick, DashboardJson.Default.TickEvent), "tick");
    }

    internal static int Limit(HttpContext http, int usual, int max) =>
        int.TryParse(http.Request.Query["limit"], NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
            ? Math.Clamp(limit, 1, max)
            : usual;

    /// <summary>The node is not open yet: ask again.</summary>
    internal static Task NotYet(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        http.Response.Headers.RetryAfter = "1";
        return Task.CompletedTask;
    }

    private Task WithPorts(HttpContext http, Func<HttpContext, NodePorts, Task> answer) =>
        status.Ports is { } ports ? answer(http, ports) : NotYet(http);
}
