using Actors.Model.Ports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Actors.Dashboard.Health;

/// <summary><c>/health/live</c>, <c>/health/ready</c> and <c>/health</c>.</summary>
internal static class HealthEndpoints
{
    private static readonly string[] ReadMethods = ["GET", "HEAD"];

    public static void Map(IEndpointRouteBuilder routes, NodeStatus status, NodeHealth health)
    {
        // Live: the process answers; nothing that a restart would not mend may turn it off.
        routes.MapMethods("/health/live", ReadMethods, http => http.Response.WriteAsync("live\n", http.RequestAborted));
        routes.MapMethods("/health/ready", ReadMethods, http =>
        {
            var phase = status.Phase;
            http.Response.StatusCode = phase == NodePhase.Ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
            return http.Response.WriteAsync(Name(phase) + "\n", http.RequestAborted);
        });
        routes.MapMethods(
            "/health",
            ReadMethods,
            http => TypedResults.Json(Answer(status, health), DashboardJson.Default.HealthAnswer).ExecuteAsync(http));
    }

    public static HealthAnswer Answer(NodeStatus status, NodeHealth health)
    {
        var verdict = health.Examine();
        return new HealthAnswer(
            Name(verdict.Level),
            status.Phase == NodePhase.Ready ? verdict.Words : status.Phase == NodePhase.Starting ? "Starting." : "Stopping.",
            Name(status.Phase),
            [.. verdict.Findings.Select(f => new HealthReason(Name(f.Level), f.Part, f.Reason))]);
    }

    public static string Name(HealthLevel level) => level switch
    {
        HealthLevel.Green => "green",
        HealthLevel.Yellow => "yellow",
        _ => "red",
    };

    public static string Name(NodePhase phase) => phase switch
    {
        NodePhase.Starting => "starting",
        NodePhase.Ready => "ready",
        _ => "stopping",
    };
}

/// <summary>Answer of <c>GET /health</c>.</summary>
/// <param name="Status">green, yellow or red.</param>
/// <param name="Verdict">The same in words.</param>
/// <param name="Phase">starting, ready or stopping.</param>
/// <param name="Reasons">What is not as it should be.</param>
public sealed record HealthAnswer(string Status, string Verdict, string Phase, IReadOnlyList<HealthReason> Reasons);

/// <summary>One reason in a <see cref="HealthAnswer"/>.</summary>
/// <param name="Status">yellow or red.</param>
/// <param name="Part">Which part says so.</param>
/// <param name="Reason">What happened and what helps.</param>
public sealed record HealthReason(string Status, string Part, string Reason);
