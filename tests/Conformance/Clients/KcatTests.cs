using System.Text.Json;
using Conformance.Fixtures;
using Conformance.Wire;

namespace Conformance.Clients;

[Collection(SharedNode.Name)]
public sealed class KcatTests(NodeUnderTest node)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task Listing_names_the_broker_and_every_topic_with_its_leader()
    {
        var topic = NodeUnderTest.NewTopic("kcat-list");
        (await Kcat.RunAsync(node.Bootstrap, "one\n", "-P", "-t", topic)).Succeeded();

        var listing = JsonDocument.Parse((await Kcat.RunAsync(node.Bootstrap, null, "-L", "-J")).Succeeded().Output).RootElement;

        var broker = Assert.Single(listing.GetProperty("brokers").EnumerateArray());
        Assert.Equal(node.Bootstrap, broker.GetProperty("name").GetString());
        var found = Assert.Single(listing.GetProperty("topics").EnumerateArray(), t => t.GetProperty("topic").GetString() == topic);
        var partition = Assert.Single(found.GetProperty("partitions").EnumerateArray());
        Assert.Equal(broker.GetProperty("id").GetInt32(), partition.GetProperty("leader").GetInt32());
    }

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task Keys_values_nulls_and_headers_come_back_as_they_were_sent()
    {
        var topic = NodeUnderTest.NewTopic("kcat-keys");
        (await Kcat.RunAsync(node.Bootstrap, "a:1\nb:two words\n:empty key\nnull value:\n",
            "-P", "-t", topic, "-K", ":", "-Z", "-H", "trace=42", "-H", "kind=event")).Succeeded();

        var lines = await Kcat.ConsumeAsync(node.Bootstrap, topic, "%o|%k|%s|%S|%h\\n");

        Assert.Equal(
        [
            "0|a|1|1|trace=42,kind=event",
            "1|b|two words|9|trace=42,kind=event",
            "2||empty key|9|trace=42,kind=event",
            "3|null value||-1|trace=42,kind=event",
        ], lines);
    }

    [Theory(Explicit = true, Timeout = 120_000)]
    [InlineData("none", BatchCodec.None)]
    [InlineData("gzip", BatchCodec.Gzip)]
    [InlineData("snappy", BatchCodec.Snappy)]
    [InlineData("lz4", BatchCodec.Lz4)]
    [InlineData("zstd", BatchCodec.Zstd)]
    public async Task Compressed_batches_are_stored_as_the_client_sent_them(string codec, BatchCodec expected)
    {
        var topic = NodeUnderTest.NewTopic("kcat-" + codec);
        var text = string.Concat(Enumerable.Range(0, 2_000).Select(i => $"line {i} is much like the one before it\n"));

        (await Kcat.RunAsync(node.Bootstrap, text, "-P", "-t", topic, "-z", codec, "-X", "linger.ms=100")).Succeeded();

        var back = (await Kcat.RunAsync(node.Bootstrap, null, "-C", "-t", topic, "-e", "-q")).Succeeded().Output;
        Assert.Equal(text, back);
        var batches = await StoredBatch.ReadAllAsync(node.Bootstrap, topic, 0, Cancellation);
        // librdkafka sends a batch of one or two lines as it is where compressing would make it longer.
        var large = batches.Where(b => b.RecordCount >= 100).ToArray();
        Assert.NotEmpty(large);
        Assert.All(large, b => Assert.Equal(expected, b.Codec));
        Assert.Equal(2_000, batches.Sum(b => b.RecordCount));
    }

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task Reading_starts_where_it_is_told_to()
    {
        var topic = NodeUnderTest.NewTopic("kcat-offsets");
        (await Kcat.RunAsync(node.Bootstrap, Numbers(0, 10), "-P", "-t", topic)).Succeeded();
        var last = await LastTimestampAsync(topic);
        do
        {
            // Later records must bear a later millisecond; each round trip takes some time, so this ends.
            (await Kcat.RunAsync(node.Bootstrap, "tick\n", "-P", "-t", topic + "-clock")).Succeeded();
        }
        while (await LastTimestampAsync(topic + "-clock") <= last);
        (await Kcat.RunAsync(node.Bootstrap, Numbers(10, 10), "-P", "-t", topic)).Succeeded();

        Assert.Equal(20, (await Kcat.ConsumeAsync(node.Bootstrap, topic, "%s\\n", "-o", "beginning")).Length);
        Assert.Equal(["15", "16", "17", "18", "19"], await Kcat.ConsumeAsync(node.Bootstrap, topic, "%s\\n", "-o", "-5"));
        Assert.Equal(["7", "8"], await Kcat.ConsumeAsync(node.Bootstrap, topic, "%s\\n", "-o", "7", "-c", "2"));
        Assert.Empty(await Kcat.ConsumeAsync(node.Bootstrap, topic, "%s\\n", "-o", "end"));
        Assert.Equal("10", (await Kcat.ConsumeAsync(node.Bootstrap, topic, "%s\\n", "-o", $"s@{last + 1}"))[0]);
    }

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task Offsets_by_time_are_answered_without_reading()
    {
        var topic = NodeUnderTest.NewTopic("kcat-query");
        (await Kcat.RunAsync(node.Bootstrap, Numbers(0, 10), "-P", "-t", topic)).Succeeded();

        Assert.Equal($"{topic} [0] offset 10", await QueryAsync(topic, -1));
        Assert.Equal($"{topic} [0] offset 0", await QueryAsync(topic, -2));
        Assert.Equal($"{topic} [0] offset 0", await QueryAsync(topic, 0));
    }

    private async Task<string> QueryAsync(string topic, long timestamp) =>
        Assert.Single((await Kcat.RunAsync(node.Bootstrap, null, "-Q", "-t", $"{topic}:0:{timestamp}")).Succeeded().Lines).Trim();

    private async Task<long> LastTimestampAsync(string topic) =>
        long.Parse((await Kcat.ConsumeAsync(node.Bootstrap, topic, "%T\\n", "-o", "-1"))[^1], null);

    private static string Numbers(int first, int count) => string.Concat(Enumerable.Range(first, count).Select(i => $"{i}\n"));
}
