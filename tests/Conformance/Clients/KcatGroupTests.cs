using Conformance.Fixtures;

namespace Conformance.Clients;

/// <summary>Groups as kcat forms them: <c>kcat -G group topic</c>.</summary>
[Collection(SharedNode.Name)]
public sealed class KcatGroupTests(NodeUnderTest node)
{
    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task Three_services_read_one_topic_each_at_its_own_offset()
    {
        var topic = NodeUnderTest.NewTopic("kcat-services");
        await ConfluentClients.CreateTopicAsync(node.Bootstrap, topic);
        await SendAsync(topic, 0, 100);
        foreach (var (service, count) in new[] { ("mails", 10), ("reports", 50), ("archive", 100) })
        {
            var read = await ReadAsync($"{topic}-{service}", topic, count);
            Assert.Equal(Numbers(0, count), read);
        }

        // Each goes on where it stopped, whatever the others did.
        await SendAsync(topic, 100, 10);
        Assert.Equal(Numbers(10, 20), await ReadAsync($"{topic}-mails", topic, 20));
        Assert.Equal(Numbers(50, 60), await ReadAsync($"{topic}-reports", topic, 60));
        Assert.Equal(Numbers(100, 10), await ReadAsync($"{topic}-archive", topic, 10));
    }

    [Fact(Explicit = true, Timeout = 180_000)]
    public async Task A_member_killed_without_a_farewell_loses_its_partitions_to_the_others()
    {
        var topic = NodeUnderTest.NewTopic("kcat-kill");
        await ConfluentClients.CreateTopicAsync(node.Bootstrap, topic, partitions: 4);
        await using var first = Join(topic, topic);
        await using var second = Join(topic, topic);
        var sent = 0;
        await FillUntilAsync(() => first.Lines.Length > 0 && second.Lines.Length > 0, "both members should be given partitions");

        second.Kill9();
        var killedAt = sent;
        await SendAsync(topic, sent, 200);
        sent += 200;
        await RunningClient.UntilAsync(
            () => Numbers(killedAt, 200).All(first.Lines.Contains), "the one that is left should read everything sent since", first);
        var read = first.Lines.Concat(second.Lines).ToHashSet();
        Assert.DoesNotContain(Numbers(0, sent), n => !read.Contains(n));

        async Task FillUntilAsync(Func<bool> done, string what)
        {
            // Both take part only once a rebalance has given each of them something: what is sent until then tells.
            for (var rounds = 0; !done(); rounds++)
            {
                Assert.True(rounds < 200, what);
                await SendAsync(topic, sent, 20);
                sent += 20;
                await RunningClient.UntilAsync(
                    () => first.Lines.Concat(second.Lines).Distinct().Count() >= sent, what, first, second);
            }
        }
    }

    private RunningClient Join(string group, string topic) => RunningClient.Start(
        "kcat", "-b", node.Bootstrap, "-G", group, "-u", "-q", "-f", "%s\\n", "-X", "auto.offset.reset=earliest",
        "-X", "session.timeout.ms=6000", "-X", "heartbeat.interval.ms=500", topic);

    private async Task<string[]> ReadAsync(string group, string topic, int count) =>
        (await Kcat.RunAsync(node.Bootstrap, null, "-G", group, "-q", "-c", $"{count}", "-f", "%s\\n", "-X", "auto.offset.reset=earliest", topic))
            .Succeeded().Lines;

    private async Task SendAsync(string topic, int first, int count) =>
        (await Kcat.RunAsync(node.Bootstrap, string.Concat(Numbers(first, count).Select(n => n + "\n")), "-P", "-t", topic)).Succeeded();

    private static string[] Numbers(int first, int count) => [.. Enumerable.Range(first, count).Select(i => $"{i}")];
}
