using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Actors.Hosting;
using Actors.Hosting.Silo;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Actors.Tests.Hosting;

public sealed partial class NodeLifeTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_node_says_ready_and_its_health_agrees_until_it_is_stopped()
    {
        using var directory = new TemporaryDirectory();
        using var output = new StringWriter();
        using var host = Build(directory.Path, output);
        await host.StartAsync(Cancelled);

        var line = output.ToString().Split('\n')[0];
        var match = ReadyLine().Match(line);
        Assert.True(match.Success, line);
        Assert.Equal(directory.Path, match.Groups["data"].Value);

        using var http = new HttpClient { BaseAddress = new Uri(match.Groups["dashboard"].Value) };
        Assert.Equal("ready\n", await http.GetStringAsync("/health/ready", Cancelled));
        Assert.Equal("live\n", await http.GetStringAsync("/health/live", Cancelled));
        using var health = JsonDocument.Parse(await http.GetStringAsync("/health", Cancelled));
        Assert.Equal("ready", health.RootElement.GetProperty("phase").GetString());

        Assert.Equal(0, await ReadyProbe.RunAsync(match.Groups["dashboard"].Value, output));
        Assert.Equal(2, await ReadyProbe.RunAsync("127.0.0.1", output));

        var refusal = await Assert.ThrowsAsync<StartRefusedException>(async () =>
        {
            using var second = Build(directory.Path, output);
            await second.StartAsync(Cancelled);
        });
        Assert.Contains($"{directory.Path} is in use by another process (pid {Environment.ProcessId})", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(StartRefusedException.BadSurroundings, refusal.ExitCode);

        await host.StopAsync(Cancelled);
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetStringAsync("/health/live", Cancelled));
        Assert.Equal(1, await ReadyProbe.RunAsync(match.Groups["dashboard"].Value, output));
    }

    [Fact]
    public async Task After_a_stop_the_same_directory_serves_again()
    {
        using var directory = new TemporaryDirectory();
        for (var round = 0; round < 2; round++)
        {
            using var host = Build(directory.Path, TextWriter.Null);
            await host.StartAsync(Cancelled);
            await host.StopAsync(Cancelled);
        }
    }

    [Fact]
    public async Task A_taken_port_is_named()
    {
        using var directory = new TemporaryDirectory();
        using var taken = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        using var host = Build(directory.Path, TextWriter.Null, ("Actors:Dashboard:Port", $"{port}"));
        var refusal = await Assert.ThrowsAsync<StartRefusedException>(() => host.StartAsync(Cancelled));
        Assert.Contains("Actors:Dashboard:Port: cannot listen on 127.0.0.1:" + port, refusal.Message, StringComparison.Ordinal);

        var early = Assert.Throws<StartRefusedException>(() => Build(directory.Path, TextWriter.Null, ("Actors:Silo:GatewayPort", $"{port}")));
        Assert.Contains("Actors:Silo:GatewayPort", early.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_off_is_left_out_of_the_ready_line()
    {
        using var directory = new TemporaryDirectory();
        using var output = new StringWriter();
        using var host = Build(directory.Path, output, ("Actors:Dashboard:Port", "-1"), ("Actors:Kafka:Port", "-1"), ("Actors:ZooKeeper:Port", "-1"));
        await host.StartAsync(Cancelled);
        await host.StopAsync(Cancelled);
        Assert.Matches(@"^ready orleans=127\.0\.0\.1:\d+ data=.*\n$", output.ToString());
    }

    [Fact]
    public async Task A_data_directory_of_another_node_is_refused()
    {
        using var directory = new TemporaryDirectory();
        using (var first = Build(directory.Path, TextWriter.Null))
        {
            await first.StartAsync(Cancelled);
            await first.StopAsync(Cancelled);
        }

        using var other = Build(directory.Path, TextWriter.Null, ("Actors:NodeId", "7"));
        var refusal = await Assert.ThrowsAsync<StartRefusedException>(() => other.StartAsync(Cancelled));
        Assert.Contains("Actors:NodeId is 7", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(StartRefusedException.BadSurroundings, refusal.ExitCode);
    }

    private static IHost Build(string directory, TextWriter output, params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        foreach (var (key, value) in new[]
        {
            ("Actors:DataDirectory", directory), ("Actors:Kafka:Port", "0"), ("Actors:Dashboard:Port", "0"), ("Actors:Silo:Port", "0"),
            ("Actors:Silo:GatewayPort", "0"), ("Actors:ZooKeeper:Port", "0"),
        }.Concat(settings))
        {
            builder.Configuration[key] = value;
        }

        builder.Services.AddSingleton(new ReadyOutput(output));
        builder.UseActors();
        return builder.Build();
    }

    [GeneratedRegex(
        @"^ready (kafka=127\.0\.0\.1:(?<kafka>\d+) )?(zookeeper=127\.0\.0\.1:\d+ )?"
        + @"dashboard=(?<dashboard>http://127\.0\.0\.1:\d+) orleans=127\.0\.0\.1:\d+ data=(?<data>.+)$")]
    private static partial Regex ReadyLine();
}
