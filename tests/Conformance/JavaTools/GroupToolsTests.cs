using System.Text.RegularExpressions;
using Conformance.Clients;
using Conformance.Fixtures;

namespace Conformance.JavaTools;

/// <summary>Apache Kafka's tools for groups and settings, on us.</summary>
[Collection(SharedNode.Name)]
public sealed partial class GroupToolsTests(NodeUnderTest node)
{
    [Fact(Explicit = true, Timeout = 400_000)]
    public async Task Consumer_groups_are_listed_described_reset_and_deleted()
    {
        KafkaHome.Require();
        var topic = await FilledAsync("jt-group", 100);
        var read = await ToolAsync(
            "console-consumer", "--topic", topic, "--group", topic, "--from-beginning", "--max-messages", "100");
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}"), read.Lines);

        Assert.Contains(topic, (await GroupsAsync("--list")).Lines);
        Assert.Equal(("100", "100", "0"), await OffsetsAsync(topic));
        var reset = await GroupsAsync("--group", topic, "--topic", topic, "--reset-offsets", "--shift-by", "-30", "--execute");
        Assert.Matches($@"{topic}\s+{topic}\s+0\s+70", reset.Output);
        Assert.Equal(("70", "100", "30"), await OffsetsAsync(topic));
        await GroupsAsync("--group", topic, "--topic", topic, "--reset-offsets", "--to-earliest", "--execute");
        Assert.Equal(("0", "100", "100"), await OffsetsAsync(topic));

        await GroupsAsync("--group", topic, "--topic", topic, "--delete-offsets");
        await GroupsAsync("--group", topic, "--delete");
        Assert.DoesNotContain(topic, (await GroupsAsync("--list")).Lines);
    }

    [Fact(Explicit = true, Timeout = 400_000)]
    public async Task Settings_of_topics_are_changed_and_those_of_nodes_refused()
    {
        KafkaHome.Require();
        var topic = await FilledAsync("jt-configs", 1);
        await ConfigsAsync(
            "--entity-type", "topics", "--entity-name", topic, "--alter", "--add-config", "retention.ms=7000000,cleanup.policy=[compact,delete]");
        var described = (await ConfigsAsync("--entity-type", "topics", "--entity-name", topic, "--describe")).Output;
        Assert.Contains("retention.ms=7000000", described, StringComparison.Ordinal);
        Assert.Contains("cleanup.policy=compact,delete", described, StringComparison.Ordinal);
        await ConfigsAsync("--entity-type", "topics", "--entity-name", topic, "--alter", "--delete-config", "retention.ms");
        described = (await ConfigsAsync("--entity-type", "topics", "--entity-name", topic, "--describe")).Output;
        Assert.DoesNotContain("retention.ms=7000000", described, StringComparison.Ordinal);

        var node1 = (await ConfigsAsync("--entity-type", "brokers", "--entity-name", "1", "--describe", "--all")).Output;
        Assert.Contains("num.partitions=1 ", node1, StringComparison.Ordinal);
        Assert.Contains("log.cleaner.backoff.ms=15000 ", node1, StringComparison.Ordinal);
        Assert.Contains("DEFAULT_CONFIG:offsets.retention.minutes=10080", node1, StringComparison.Ordinal);
        var refused = await KafkaHome.RunAsync(
            null, "tool", "configs", "--bootstrap-server", node.Bootstrap, "--entity-type", "brokers", "--entity-name", "1",
            "--alter", "--add-config", "node.id=7");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("Cannot update these configs dynamically", refused.Error + refused.Output, StringComparison.Ordinal);
        Assert.Equal("", (await ConfigsAsync("--entity-type", "users", "--describe")).Output.Trim());
        Assert.Equal("", (await ConfigsAsync("--entity-type", "clients", "--describe")).Output.Trim());
    }

    [Fact(Explicit = true, Timeout = 400_000)]
    public async Task Records_are_deleted_and_a_group_below_them_is_reset()
    {
        KafkaHome.Require();
        var topic = await FilledAsync("jt-delete", 100);
        using var folder = new TempFolder("jt-delete");
        var file = folder.File("offsets.json");
        await File.WriteAllTextAsync(
            file, $$"""{"partitions":[{"topic":"{{topic}}","partition":0,"offset":60}],"version":1}""", TestContext.Current.CancellationToken);
        var deleted = await ToolAsync("delete-records", "--offset-json-file", file);
        Assert.Contains($"partition: {topic}-0\tlow_watermark: 60", deleted.Output, StringComparison.Ordinal);
        var read = await ToolAsync("console-consumer", "--topic", topic, "--group", topic, "--from-beginning", "--max-messages", "40");
        Assert.Equal(Enumerable.Range(60, 40).Select(i => $"{i}"), read.Lines);
    }

    [Fact(Explicit = true, Timeout = 400_000)]
    public async Task Verifiable_producer_and_consumer_agree()
    {
        KafkaHome.Require();
        var topic = await FilledAsync("jt-verifiable", 0);
        var produced = (await ToolAsync("verifiable-producer", "--topic", topic, "--max-messages", "2000", "--acks", "-1")).Output;
        Assert.Contains("\"sent\":2000,\"acked\":2000", produced, StringComparison.Ordinal);

        var consumed = (await ToolAsync(
            "verifiable-consumer", "--topic", topic, "--group-id", topic, "--max-messages", "2000", "--reset-policy", "earliest")).Output;
        var counts = Consumed().Matches(consumed).Select(m => int.Parse(m.Groups[1].Value, null));
        Assert.Equal(2000, counts.Sum());
        Assert.Contains("\"success\":true", consumed, StringComparison.Ordinal);

        var report = (await ToolAsync(
            "consumer-perf-test", "--topic", topic, "--messages", "2000", "--timeout", "30000", "--group", topic + "-perf")).Output;
        Assert.Contains(", 2000, ", report, StringComparison.Ordinal);
    }

    [Fact(Explicit = true, Timeout = 400_000)]
    public async Task Leaders_producers_and_moves_are_told()
    {
        KafkaHome.Require();
        var topic = await FilledAsync("jt-leaders", 10);
        var elected = await ToolAsync("leader-election", "--election-type", "preferred", "--topic", topic, "--partition", "0");
        Assert.Contains("Valid replica already elected", elected.Output, StringComparison.Ordinal);
        var produced = await ToolAsync("transactions", "describe-producers", "--topic", topic, "--partition", "0");
        Assert.Contains("ProducerId", produced.Output, StringComparison.Ordinal);
    }

    private async Task<string> FilledAsync(string purpose, int count)
    {
        var topic = NodeUnderTest.NewTopic(purpose);
        await ConfluentClients.CreateTopicAsync(node.Bootstrap, topic);
        var text = string.Concat(Enumerable.Range(0, count).Select(i => $"{i}\n"));
        if (count > 0)
        {
            (await Kcat.RunAsync(node.Bootstrap, text, "-P", "-t", topic, "-X", "enable.idempotence=true")).Succeeded();
        }

        return topic;
    }

    /// <summary>Current offset, log end and lag of the group's only partition.</summary>
    private async Task<(string Current, string End, string Lag)> OffsetsAsync(string group)
    {
        var line = Assert.Single((await GroupsAsync("--describe", "--group", group)).Lines, l => l.StartsWith(group, StringComparison.Ordinal));
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return (words[3], words[4], words[5]);
    }

    private Task<ClientResult> GroupsAsync(params string[] arguments) => ToolAsync(["consumer-groups", .. arguments]);

    private Task<ClientResult> ConfigsAsync(params string[] arguments) => ToolAsync(["configs", .. arguments]);

    /// <summary>kafka-transactions wants the address in front of its command, the others do not care.</summary>
    private Task<ClientResult> ToolAsync(params string[] arguments) =>
        KafkaHome.ToolAsync(null, [arguments[0], "--bootstrap-server", node.Bootstrap, .. arguments[1..]]);

    [GeneratedRegex("\"name\":\"records_consumed\",\"count\":(\\d+)|\"count\":(\\d+),\"name\":\"records_consumed\"")]
    private static partial Regex Consumed();
}
