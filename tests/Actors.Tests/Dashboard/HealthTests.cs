using System.Net;
using Actors.Dashboard;
using Actors.Model.Ports;

namespace Actors.Tests.Dashboard;

public sealed class HealthTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(NodePhase.Starting, HttpStatusCode.ServiceUnavailable, "starting\n")]
    [InlineData(NodePhase.Ready, HttpStatusCode.OK, "ready\n")]
    [InlineData(NodePhase.Stopping, HttpStatusCode.ServiceUnavailable, "stopping\n")]
    public async Task Ready_is_200_only_while_the_node_is_ready_and_live_is_always(NodePhase phase, HttpStatusCode code, string text)
    {
        await using var dashboard = await DashboardUnderTest.StartAsync();
        dashboard.Status.Phase = phase;
        using var answer = await dashboard.Http.GetAsync("/health/ready", Cancelled);
        Assert.Equal((code, text), (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancelled)));
        Assert.Equal("live\n", await dashboard.Http.GetStringAsync("/health/live", Cancelled));
    }

    [Fact]
    public async Task A_probe_may_ask_with_head()
    {
        await using var dashboard = await DashboardUnderTest.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Head, "/health/ready");
        using var answer = await dashboard.Http.SendAsync(request, Cancelled);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Health_is_the_worst_finding_with_every_reason()
    {
        await using var dashboard = await DashboardUnderTest.StartAsync();
        Assert.Equal("green", (await dashboard.GetAsync("/health")).GetProperty("status").GetString());
        dashboard.Health.Findings.Add(new HealthFinding(HealthLevel.Yellow, "storage", "A log was cut."));
        Assert.Equal("yellow", (await dashboard.GetAsync("/health")).GetProperty("status").GetString());
        dashboard.Health.Findings.Add(new HealthFinding(HealthLevel.Red, "storage", "A disk failed."));

        var health = await dashboard.GetAsync("/health");
        Assert.Equal("red", health.GetProperty("status").GetString());
        Assert.Equal("Part of this node does not serve.", health.GetProperty("verdict").GetString());
        Assert.Equal(
            ["A log was cut.", "A disk failed."],
            health.GetProperty("reasons").EnumerateArray().Select(r => r.GetProperty("reason").GetString()));
    }
}
