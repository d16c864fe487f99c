using System.Net;
using System.Net.Sockets;
using Confluent.Kafka;
using Conformance.Clients;
using Conformance.Fixtures;

namespace Conformance.Lifecycle;

/// <summary>What scripts and operators rely on: the ready line, health, signals, the directory lock, the ports.</summary>
public sealed class LifecycleTests : IDisposable
{
    private readonly TempFolder _data = new("lifecycle");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private SiloSettings Settings => new(_data.Path);

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task The_ready_line_names_addresses_that_answer()
    {
        await using var silo = await SiloProcess.StartAsync(Settings, Cancellation);

        Assert.Equal(_data.Path, Path.TrimEndingDirectorySeparator(silo.Ready.Data));
        Assert.DoesNotContain("zookeeper", silo.Ready.Values.Keys);
        Assert.StartsWith("http://127.0.0.1:", silo.Ready.Values["dashboard"], StringComparison.Ordinal);
        foreach (var address in new[] { silo.Ready.Kafka, silo.Ready.Orleans, silo.Ready.Dashboard.Authority })
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPEndPoint.Parse(address), Cancellation);
        }

        Assert.Single(silo.Output.Split('\n'), l => l.StartsWith(ReadyLine.Prefix, StringComparison.Ordinal));
    }

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task Health_is_ready_once_the_line_is_printed()
    {
        await using var silo = await SiloProcess.StartAsync(Settings, Cancellation);
        using var http = new HttpClient { BaseAddress = silo.Ready.Dashboard };

        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/health/ready", Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/health/live", Cancellation)).StatusCode);
    }

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task Sigterm_ends_with_code_zero_also_with_clients_connected_and_keeps_what_was_written()
    {
        await using (var silo = await SiloProcess.StartAsync(Settings, Cancellation))
        {
            using var consumer = ConfluentClients.Consumer(silo.Kafka, c => c.FetchWaitMaxMs = 20_000);
            (await Kcat.RunAsync(silo.Kafka, "kept\n", "-P", "-t", "t")).Succeeded();
            consumer.Assign(new TopicPartitionOffset("t", 0, 0));
            Assert.NotNull(consumer.Consume(ConfluentClients.Patience)); // and is now parked in a long fetch

            Assert.Equal(0, await silo.TerminateAsync());
        }

        await using var again = await SiloProcess.StartAsync(Settings, Cancellation);
        Assert.Equal(["kept"], await Kcat.ConsumeAsync(again.Kafka, "t", "%s\\n"));
    }

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task A_data_directory_serves_one_process_at_a_time()
    {
        await using var first = await SiloProcess.StartAsync(Settings, Cancellation);

        await using var second = SiloProcess.Launch(Settings);

        Assert.NotEqual(0, await second.ExitCodeAsync());
        Assert.Contains(_data.Path, second.Output, StringComparison.Ordinal);
        Assert.False(first.HasExited);
        (await Kcat.RunAsync(first.Kafka, "still here\n", "-P", "-t", "t")).Succeeded();
    }

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task The_lock_of_a_killed_process_does_not_stay_behind()
    {
        await using (var first = await SiloProcess.StartAsync(Settings, Cancellation))
        {
            await first.Kill9Async();
        }

        await using var second = await SiloProcess.StartAsync(Settings, Cancellation);
        Assert.Equal(0, await second.TerminateAsync());
    }

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task A_node_keeps_its_identity_and_refuses_another()
    {
        await using (var silo = await SiloProcess.StartAsync(Settings with { Arguments = ["--Actors:NodeId=7"] }, Cancellation))
        {
            using var admin = ConfluentClients.Admin(silo.Kafka);
            Assert.Equal(7, admin.GetMetadata(ConfluentClients.Patience).Brokers.Single().BrokerId);
            Assert.Equal(0, await silo.TerminateAsync());
        }

        await using var other = SiloProcess.Launch(Settings with { Arguments = ["--Actors:NodeId=8"] });
        Assert.NotEqual(0, await other.ExitCodeAsync());
        Assert.Contains("NodeId", other.Output, StringComparison.Ordinal);
    }

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task A_port_of_minus_one_is_off_and_left_out_of_the_ready_line()
    {
        await using var silo = await SiloProcess.StartAsync(Settings with { DashboardPort = -1 }, Cancellation);

        Assert.DoesNotContain("dashboard", silo.Ready.Values.Keys);
        (await Kcat.RunAsync(silo.Kafka, "one\n", "-P", "-t", "t")).Succeeded();
    }

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task A_listener_beyond_loopback_needs_a_word_of_permission()
    {
        await using (var refused = SiloProcess.Launch(Settings with { Arguments = ["--Actors:Listen=0.0.0.0"] }))
        {
            Assert.NotEqual(0, await refused.ExitCodeAsync());
            Assert.Contains("AllowInsecureListen", refused.Output, StringComparison.Ordinal);
        }

        await using var allowed = await SiloProcess.StartAsync(
            Settings with { Arguments = ["--Actors:Listen=0.0.0.0", "--Actors:AllowInsecureListen=true"] }, Cancellation);
        (await Kcat.RunAsync($"127.0.0.1:{allowed.Ready.KafkaPort}", "one\n", "-P", "-t", "t")).Succeeded();
    }

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task An_advertised_address_is_what_clients_are_told()
    {
        await using var silo = await SiloProcess.StartAsync(Settings with { Arguments = ["--Actors:Advertise=localhost"] }, Cancellation);

        var listing = (await Kcat.RunAsync(silo.Kafka, null, "-L")).Succeeded().Output;

        Assert.StartsWith("localhost:", silo.Kafka, StringComparison.Ordinal);
        Assert.Contains($"broker 1 at {silo.Kafka}", listing, StringComparison.Ordinal);
    }

    public void Dispose() => _data.Dispose();
}
