using System.Text.RegularExpressions;
using Conformance.Fixtures;

namespace Conformance.ZooKeeper;

/// <summary>A broker that lives off ZooKeeper lives off this tree: its registration, its election, its topics, its consumers.</summary>
public sealed partial class OldKafkaBrokerTests
{
    [Fact(Explicit = true, Timeout = 240_000)]
    public async Task Kafka_0_9_keeps_its_metadata_in_the_tree_and_its_session_through_a_kill()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var node = new ZooKeeperNode();
        await node.InitializeAsync();
        await using var broker = await OldKafkaBroker.StartAsync(node.Address);

        var registered = await ReadAsync(node, "/brokers/ids/0");
        Assert.Contains("\"port\":", registered, StringComparison.Ordinal);
        Assert.Contains("\"brokerid\":0", await ReadAsync(node, "/controller"), StringComparison.Ordinal);

        await broker.CreateTopicAsync("mails", 2);
        Assert.Equal(2, LeaderIsZero().Count(await broker.DescribeTopicAsync("mails")));
        Assert.Contains("\"0\":[0]", await ReadAsync(node, "/brokers/topics/mails"), StringComparison.Ordinal);
        await broker.ProduceAsync("mails", "one\ntwo\nthree\n");
        Assert.Equal(["one", "three", "two"], Messages(await broker.ConsumeAsync("mails", 3)));

        await node.Kill9AndRestartAsync(cancellation);
        await broker.LoggedAsync("state changed (SyncConnected)", 2);
        Assert.DoesNotContain(broker.Log, line => line.Contains("state changed (Expired)", StringComparison.Ordinal));
        Assert.Equal(registered, await ReadAsync(node, "/brokers/ids/0"));

        await broker.CreateTopicAsync("reports", 1);
        await broker.ProduceAsync("reports", "four\n");
        Assert.Equal(["four"], Messages(await broker.ConsumeAsync("reports", 1)));
        Assert.Equal(["one", "three", "two"], Messages(await broker.ConsumeAsync("mails", 3)));
    }

    [GeneratedRegex(@"Partition: \d+\s+Leader: 0\s")]
    private static partial Regex LeaderIsZero();

    /// <summary>Lines of one word: the others are the tool's log.</summary>
    private static string[] Messages(string output)
    {
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return [.. lines.Where(line => !line.Contains(' ', StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
    }

    /// <summary>Data and owner of a znode, by the Java client.</summary>
    private static async Task<string> ReadAsync(ZooKeeperNode node, string path)
    {
        var result = await ClientProcess.RunAsync(
            "/usr/share/zookeeper/bin/zkCli.sh", ["-server", node.Address, "get", "-s", path], TestContext.Current.CancellationToken);
        return string.Join('\n', result.Succeeded().Lines.Where(line => line.StartsWith('{') || line.StartsWith("ephemeralOwner", StringComparison.Ordinal)));
    }
}
