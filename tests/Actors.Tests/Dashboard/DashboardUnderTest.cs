using System.Net;
using System.Text.Json;
using Actors.Dashboard;
using Actors.Dashboard.Health;
using Actors.Dashboard.Sampling;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Actors.Tests.Dashboard;

/// <summary>The dashboard on a free port over a fake node and a clock that stands until a test moves it.</summary>
internal sealed class DashboardUnderTest : IAsyncDisposable
{
    private readonly DashboardHost _host;

    private DashboardUnderTest(DashboardHost host, FakeNode node, FakeHealth health, NodeStatus status, FakeTimeProvider time)
    {
        _host = host;
        Node = node;
        Health = health;
        Status = status;
        Time = time;
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{host.Port}") };
    }

    public FakeNode Node { get; }

    public FakeHealth Health { get; }

    public NodeStatus Status { get; }

    public FakeTimeProvider Time { get; }

    public HttpClient Http { get; }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static async Task<DashboardUnderTest> StartAsync(bool open = true)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero));
        var status = new NodeStatus(time, "1.2.3") { DataDirectory = "/data" };
        var health = new FakeHealth();
        var node = new FakeNode();
        if (open)
        {
            status.Addresses = [new NodeAddress("kafka", "127.0.0.1:9092")];
            status.Ports = node.Ports;
            status.Phase = NodePhase.Ready;
        }

        var host = await DashboardHost.StartAsync(
            new DashboardHostOptions(IPAddress.Loopback, 0, ""), status, new NodeHealth([health]), time, NullLoggerFactory.Instance, Cancelled);
        return new DashboardUnderTest(host, node, health, status, time);
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        using var json = JsonDocument.Parse(await Http.GetStringAsync(path, Cancelled));
        return json.RootElement.Clone();
    }

    /// <summary>Lets a second pass and waits for the sample that it brings.</summary>
    public async Task PassOneSecondAsync()
    {
        var next = _host.Sampler.NextAsync();
        Time.Advance(NodeSampler.Interval);
        await next.WaitAsync(Cancelled);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _host.DisposeAsync();
    }
}
