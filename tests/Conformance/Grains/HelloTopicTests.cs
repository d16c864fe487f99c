using Conformance.Clients;
using Conformance.Fixtures;

namespace Conformance.Grains;

/// <summary>A service of its own process on the Orleans client, against the real node.</summary>
[Collection(SharedNode.Name)]
public sealed class HelloTopicTests(NodeUnderTest node)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task A_service_creates_a_topic_appends_and_tails_and_Kafka_clients_see_the_same()
    {
        var topic = NodeUnderTest.NewTopic("hello");

        var result = (await RunAsync(node.Silo.Ready.Orleans, topic)).Succeeded();

        Assert.Equal(Expected("appended", 0, ""), result.Lines.Where(l => l.StartsWith("appended", StringComparison.Ordinal)));
        Assert.Equal(
            Enumerable.Range(0, 10).Select(i => $"read 0@{i} greeting=hello {i}"),
            result.Lines.Where(l => l.StartsWith("read", StringComparison.Ordinal)));
        Assert.Equal(
            Enumerable.Range(0, 10).Select(i => $"{i} greeting=hello {i}"), await Kcat.ConsumeAsync(node.Silo.Kafka, topic, "%o %k=%s\\n"));
    }

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task What_kcat_compressed_a_service_reads()
    {
        var topic = NodeUnderTest.NewTopic("packed");
        foreach (var codec in new[] { "gzip", "snappy", "lz4" })
        {
            (await Kcat.RunAsync(node.Silo.Kafka, $"greeting={codec}\n", "-P", "-t", topic, "-K", "=", "-z", codec)).Succeeded();
        }

        var result = (await RunAsync(node.Silo.Ready.Orleans, topic, "--from", "0", "--count", "13")).Succeeded();

        Assert.Equal(
            ["read 0@0 greeting=gzip", "read 0@1 greeting=snappy", "read 0@2 greeting=lz4", "read 0@3 greeting=hello 0"],
            result.Lines.Where(l => l.StartsWith("read", StringComparison.Ordinal)).Take(4));
    }

    [Fact(Explicit = true, Timeout = 180_000)]
    public async Task What_a_service_appended_survives_kill_9()
    {
        using var data = new TempFolder("hello");
        await using (var silo = await SiloProcess.StartAsync(new SiloSettings(data.Path), Cancellation))
        {
            (await RunAsync(silo.Ready.Orleans, "hello")).Succeeded();
            await silo.Kill9Async();
        }

        await using var again = await SiloProcess.StartAsync(new SiloSettings(data.Path), Cancellation);
        var result = (await RunAsync(again.Ready.Orleans, "hello", "--from", "0", "--count", "20")).Succeeded();

        Assert.Equal(Expected("appended", 10, ""), result.Lines.Where(l => l.StartsWith("appended", StringComparison.Ordinal)));
        Assert.Equal(
            Enumerable.Range(0, 20).Select(i => $"read 0@{i} greeting=hello {i % 10}"),
            result.Lines.Where(l => l.StartsWith("read", StringComparison.Ordinal)));
    }

    private static IEnumerable<string> Expected(string verb, int first, string rest) =>
        Enumerable.Range(first, 10).Select(i => $"{verb} 0@{i}{rest}");

    private static Task<ClientResult> RunAsync(string gateway, string topic, params string[] more) =>
        ClientProcess.RunAsync("dotnet", [SampleAssemblies.HelloTopic, "--gateway", gateway, "--topic", topic, .. more], Cancellation);
}
