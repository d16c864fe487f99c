using Conformance.Fixtures;

namespace Conformance.Grains;

/// <summary>A C# service of its own process follows the tree of a real node that others write with ZooKeeper's clients.</summary>
public sealed class WatchTreeTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Explicit = true, Timeout = 180_000)]
    public async Task What_kazoo_changes_a_service_sees_also_over_kill_9_of_the_silo()
    {
        using var data = new TempFolder("watch-tree");
        var settings = new SiloSettings(data.Path)
        {
            KafkaPort = -1, DashboardPort = -1, ZooKeeperPort = FreePort.Take(), GatewayPort = FreePort.Take(), SiloPort = FreePort.Take(),
        };
        var silo = await SiloProcess.StartAsync(settings, Cancellation);
        RunningClient? service = null;
        try
        {
            service = RunningClient.Start(
                "dotnet", SampleAssemblies.WatchTree, "--gateway", $"127.0.0.1:{settings.GatewayPort}", "--path", "/payments");
            await RunningClient.UntilAsync(() => Has(service, "watching from"), "the service does not watch", service);

            await KazooAsync(settings, "create('/payments'); create('/payments/master', b'a'); set('/payments/master', b'b'); create('/other')");
            await RunningClient.UntilAsync(() => Has(service, "DataChanged /payments/master"), "kazoo's changes are not seen", service);
            Assert.Equal(
                ["Created /payments", "Created /payments/master", "DataChanged /payments/master"], service.Lines.Where(l => l.Contains('/')));

            await silo.Kill9Async();
            await silo.DisposeAsync();
            silo = await SiloProcess.StartAsync(settings, Cancellation);
            // The service may be back before this write or behind it: it is told either way.
            await KazooAsync(settings, "delete('/payments/master'); create('/payments/master', b'c')");
            await RunningClient.UntilAsync(
                () => service.Lines.Count(l => l is "Created /payments/master") == 2 || Has(service, "too old"),
                "neither the change nor a hole is told after the restart", service);
            Assert.DoesNotContain(service.Lines, l => l.StartsWith("too old", StringComparison.Ordinal));
            Assert.Equal(["Deleted /payments/master", "Created /payments/master"], service.Lines.Where(l => l.Contains('/')).Skip(3));
        }
        finally
        {
            await (service?.DisposeAsync() ?? ValueTask.CompletedTask);
            await silo.DisposeAsync();
        }
    }

    private static bool Has(RunningClient client, string line) => client.Lines.Any(l => l.StartsWith(line, StringComparison.Ordinal));

    private static async Task KazooAsync(SiloSettings settings, string calls)
    {
        var script = $"""
            from kazoo.client import KazooClient
            client = KazooClient('127.0.0.1:{settings.ZooKeeperPort}')
            client.start(30)
            {string.Join("\n", calls.Split("; ").Select(c => "client." + c))}
            client.stop()
            """;
        (await ClientProcess.RunAsync("/usr/bin/python3", ["-c", script], Cancellation)).Succeeded();
    }
}
