using System.Text.RegularExpressions;
using Conformance.Clients;
using Conformance.Fixtures;

namespace Conformance.JavaTools;

/// <summary>Apache Kafka's own command-line tools, on us.</summary>
[Collection(SharedNode.Name)]
public sealed partial class KafkaToolsTests(NodeUnderTest node)
{
    [Fact(Explicit = true, Timeout = 300_000)]
    public async Task Kafka_topics_creates_describes_lists_grows_and_deletes()
    {
        KafkaHome.Require();
        var topic = NodeUnderTest.NewTopic("jt-topics");

        var created = await TopicsAsync("--create", "--topic", topic, "--partitions", "3", "--config", "retention.ms=3600000");
        Assert.Contains($"Created topic {topic}", created.Output, StringComparison.Ordinal);

        var described = (await TopicsAsync("--describe", "--topic", topic)).Output;
        Assert.Matches($"Topic: {topic}\\s+TopicId: \\S+\\s+PartitionCount: 3\\s+ReplicationFactor: 1", described);
        Assert.Contains("retention.ms=3600000", described, StringComparison.Ordinal);
        Assert.Equal(3, Described().Count(described));

        Assert.Contains(topic, (await TopicsAsync("--list")).Lines);
        await TopicsAsync("--alter", "--topic", topic, "--partitions", "5");
        Assert.Contains("PartitionCount: 5", (await TopicsAsync("--describe", "--topic", topic)).Output, StringComparison.Ordinal);

        await TopicsAsync("--delete", "--topic", topic);
        Assert.DoesNotContain(topic, (await TopicsAsync("--list")).Lines);
    }

    [Fact(Explicit = true, Timeout = 300_000)]
    public async Task Kafka_console_producer_and_get_offsets_agree_with_kcat()
    {
        KafkaHome.Require();
        var topic = NodeUnderTest.NewTopic("jt-console");
        await TopicsAsync("--create", "--topic", topic, "--partitions", "1");

        await KafkaHome.ToolAsync("one\ntwo\nthree\n", "console-producer", "--bootstrap-server", node.Bootstrap, "--topic", topic);

        Assert.Equal(["one", "two", "three"], await Kcat.ConsumeAsync(node.Bootstrap, topic, "%s\\n"));
        Assert.Contains($"{topic}:0:3", await OffsetsAsync(topic, "latest"));
        Assert.Contains($"{topic}:0:0", await OffsetsAsync(topic, "earliest"));
        var latestByTime = Assert.Single(await OffsetsAsync(topic, "max-timestamp"), l => l.StartsWith($"{topic}:0:", StringComparison.Ordinal));
        Assert.InRange(int.Parse(latestByTime[(latestByTime.LastIndexOf(':') + 1)..], null), 0, 2);
    }

    [Theory(Explicit = true, Timeout = 300_000)]
    [InlineData("acks=all", "compression.type=none")]
    [InlineData("acks=1", "compression.type=lz4")]
    [InlineData("acks=all", "compression.type=zstd")]
    public async Task Kafka_producer_perf_test_sends_all_its_records(string acks, string compression)
    {
        KafkaHome.Require();
        const int records = 200_000;
        var topic = NodeUnderTest.NewTopic("jt-perf");
        await TopicsAsync("--create", "--topic", topic, "--partitions", "2");

        var report = await KafkaHome.ToolAsync(null, "producer-perf-test", "--topic", topic, "--num-records", $"{records}",
            "--record-size", "100", "--throughput", "-1",
            "--producer-props", $"bootstrap.servers={node.Bootstrap}", acks, compression, "batch.size=65536", "linger.ms=5");

        Assert.Contains($"{records} records sent", report.Output, StringComparison.Ordinal);
        Assert.Equal(records, (await OffsetsAsync(topic, "latest")).Sum(l => int.Parse(l[(l.LastIndexOf(':') + 1)..], null)));
    }

    [Fact(Explicit = true, Timeout = 300_000)]
    public async Task Kafka_console_consumer_reads_an_assigned_partition()
    {
        KafkaHome.Require();
        var topic = NodeUnderTest.NewTopic("jt-read");
        (await Kcat.RunAsync(node.Bootstrap, "k:one\nk:two\n", "-P", "-t", topic, "-K", ":", "-z", "lz4")).Succeeded();

        var read = await KafkaHome.ToolAsync(null, "console-consumer", "--bootstrap-server", node.Bootstrap, "--topic", topic,
            "--partition", "0", "--offset", "earliest", "--max-messages", "2");

        Assert.Equal(["one", "two"], read.Lines);
    }

    private Task<ClientResult> TopicsAsync(params string[] arguments) =>
        KafkaHome.ToolAsync(null, ["topics", "--bootstrap-server", node.Bootstrap, .. arguments]);

    private async Task<string[]> OffsetsAsync(string topic, string time) =>
        (await KafkaHome.ToolAsync(null, "get-offsets", "--bootstrap-server", node.Bootstrap, "--topic", topic, "--time", time)).Lines;

    [GeneratedRegex(@"^\s*Topic: \S+\s+Partition: \d+\s+Leader: \d+\s+Replicas: \d+\s+Isr: \d+", RegexOptions.Multiline)]
    private static partial Regex Described();
}
