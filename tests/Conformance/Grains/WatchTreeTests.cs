using System.Text;
using Actors.Abstractions;
using Actors.Client;
using Actors.Model.Znodes;
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

    [Fact(Explicit = true, Timeout = 180_000)]
    public async Task What_a_person_changes_with_zkCli_a_service_sees_in_order()
    {
        using var data = new TempFolder("watch-zkcli");
        var settings = new SiloSettings(data.Path)
        {
            KafkaPort = -1, DashboardPort = -1, ZooKeeperPort = FreePort.Take(), GatewayPort = FreePort.Take(), SiloPort = FreePort.Take(),
        };
        await using var silo = await SiloProcess.StartAsync(settings, Cancellation);
        await using var service = RunningClient.Start(
            "dotnet", SampleAssemblies.WatchTree, "--gateway", $"127.0.0.1:{settings.GatewayPort}", "--path", "/payments");
        await RunningClient.UntilAsync(() => Has(service, "watching from"), "the service does not watch", service);

        var input = """
            create /payments
            create -e /payments/master 10.0.0.7
            create -s /payments/order- a
            set /payments/master 10.0.0.8
            create /other
            setAcl /payments/master world:anyone:cdrwa
            delete /payments/order-0000000001
            quit

            """;
        await ClientProcess.RunAsync(
            "/usr/share/zookeeper/bin/zkCli.sh", ["-server", $"127.0.0.1:{settings.ZooKeeperPort}"],
            new MemoryStream(Encoding.UTF8.GetBytes(input)), output: null, ClientProcess.DefaultDeadline, Cancellation);

        await RunningClient.UntilAsync(
            () => Has(service, "Deleted /payments/master"), "the end of zkCli's session is not seen", service); // its ephemeral went
        Assert.Equal(
            [
                "Created /payments", "Created /payments/master", "Created /payments/order-0000000001", "DataChanged /payments/master",
                "Deleted /payments/order-0000000001", "Deleted /payments/master",
            ],
            service.Lines.Where(l => l.Contains('/')));
    }

    [Fact(Explicit = true, Timeout = 180_000)]
    public async Task Who_resumes_from_before_what_the_node_keeps_is_told_TooOld_and_goes_on_from_there()
    {
        const int ChangesAtOnce = 900; // in one command, of a path of nearly a kilobyte: 64 MiB of changes are there soon
        using var data = new TempFolder("watch-too-old");
        var settings = new SiloSettings(data.Path) { KafkaPort = -1, DashboardPort = -1, GatewayPort = FreePort.Take(), SiloPort = FreePort.Take() };
        await using var silo = await SiloProcess.StartAsync(settings, Cancellation);
        await using var actors = await ActorsClient.ConnectAsync($"127.0.0.1:{settings.GatewayPort}", cancellationToken: Cancellation);
        await using var session = await actors.Tree.OpenSessionAsync(cancellationToken: Cancellation);
        var path = "/" + new string('p', 950);
        var created = await session[path].CreateTextAsync("", cancellationToken: Cancellation);
        var since = ZnodeEventToken.After(created.Zxid);
        var first = await session[path].SetTextAsync("0", cancellationToken: Cancellation);
        Assert.Equal(first.Zxid, (await NextAsync(actors, path, since)).Zxid);

        for (var bytes = 0; bytes < 80 << 20; bytes += ChangesAtOnce * path.Length)
        {
            var multi = session.Multi();
            for (var i = 0; i < ChangesAtOnce; i++)
            {
                multi.SetText(path, "x");
            }

            (await multi.CommitAsync(Cancellation)).GetValueOrThrow();
        }

        var gap = await Assert.ThrowsAsync<WatchTooOldException>(() => NextAsync(actors, path, since));
        Assert.Equal(WatchGapReason.TooOld, gap.Reason);
        var last = await session[path].SetTextAsync("last", cancellationToken: Cancellation);
        Assert.True(gap.Zxid < last.Zxid);
        var change = await NextAsync(actors, path, gap.Token);
        Assert.Equal((last.Zxid, WatchEventType.DataChanged), (change.Zxid, change.Type));
    }

    private static async Task<ZnodeEvent> NextAsync(ActorsClient actors, string path, ZnodeEventToken since)
    {
        await foreach (var change in actors.WatchAsync(path, since: since, cancellationToken: Cancellation))
        {
            return change;
        }

        throw new InvalidOperationException("a watch does not end by itself");
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
