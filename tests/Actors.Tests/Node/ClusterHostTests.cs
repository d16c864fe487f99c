using System.Text;
using Actors.Model;
using Actors.Model.Ports;
using Actors.Model.Topics;
using Actors.Node.Cluster;

namespace Actors.Tests.Node;

public sealed class ClusterHostTests
{
    [Fact]
    public async Task A_fresh_node_is_ready_once_it_is_registered()
    {
        await using var node = await TestNode.StartAsync();
        Assert.True(node.Host.IsReady);
        Assert.Equal(22, node.Catalog.ClusterId.Length);
        Assert.Equal(1, node.Catalog.ControllerId);
        Assert.Equal(new NodeDescription(1, "", 9092, null), Assert.Single(node.Catalog.Nodes));
        Assert.Empty(node.Catalog.Topics);
        Assert.Empty(Findings(node));
    }

    [Fact]
    public async Task A_topic_that_was_created_is_found_at_once_by_name_bytes_and_id()
    {
        await using var node = await TestNode.StartAsync();
        var outcome = await node.Commands.CreateTopicAsync(TestNode.Topic("orders", 3), TestNode.Cancel);
        Assert.Equal(ErrorCode.None, outcome.Error);
        Assert.True(node.Catalog.TryGetTopic("orders", out var byName));
        Assert.True(node.Catalog.TryGetTopic("orders"u8, out var byBytes));
        Assert.True(node.Catalog.TryGetTopic(byName.Id, out var byId));
        Assert.Same(byName, byBytes);
        Assert.Same(byName, byId);
        Assert.Equal(3, byName.Partitions.Count);
        Assert.Equal(1, byName.Partitions[2].LeaderId);
        Assert.False(node.Catalog.TryGetTopic("order"u8, out _));
        Assert.False(node.Catalog.TryGetTopic(Encoding.UTF8.GetBytes("örders"), out _));
        Assert.Equal(1, node.Catalog.TopicCount);
    }

    [Fact]
    public async Task Names_of_internal_topics_are_kept_for_the_node_itself()
    {
        await using var node = await TestNode.StartAsync();
        string[] kept = ["__cluster", "__consumer_offsets", "__state.logs", "__log.logs.counter.1"];
        foreach (var name in kept)
        {
            var refused = await node.Commands.CreateTopicAsync(TestNode.Topic(name), TestNode.Cancel);
            Assert.Equal(ErrorCode.InvalidTopicException, refused.Error);
        }

        var made = await node.Commands.CreateTopicAsync(TestNode.Topic("__state.logs") with { IsInternal = true }, TestNode.Cancel);
        Assert.True(made.Topic?.IsInternal);
        Assert.Equal(ErrorCode.None, (await node.Commands.CreateTopicAsync(TestNode.Topic("__mine"), TestNode.Cancel)).Error);
    }

    [Fact]
    public async Task Changed_settings_are_seen_at_once_and_after_a_start()
    {
        var directory = TestNode.NewDirectory();
        await using (var node = await TestNode.StartAsync(directory))
        {
            await node.Commands.CreateTopicAsync(TestNode.Topic("orders"), TestNode.Cancel);
            var checkedOnly = await ChangeAsync(node, validateOnly: true, new ConfigChange("retention.ms", ConfigOperation.Set, "5"));
            Assert.Equal("5", checkedOnly.Topic?.Configs["retention.ms"]);
            Assert.Empty(node.Catalog.Topics.Single().Configs);
            await ChangeAsync(node, false, new("retention.ms", ConfigOperation.Set, "5"), new("cleanup.policy", ConfigOperation.Append, "compact"));
            Assert.Equal("delete,compact", node.Catalog.Topics.Single().Configs["cleanup.policy"]);
            var refused = await ChangeAsync(node, false, new("retention.ms", ConfigOperation.Delete, null), new("x", ConfigOperation.Set, "1"));
            Assert.Equal(ErrorCode.InvalidConfig, refused.Error);
        }

        await using (var again = await TestNode.StartAsync(directory))
        {
            Assert.Equal("5", again.Catalog.Topics.Single().Configs["retention.ms"]);
        }

        Directory.Delete(directory, recursive: true);

        static async Task<TopicOutcome> ChangeAsync(TestNode node, bool validateOnly, params ConfigChange[] changes) =>
            await node.Commands.ChangeTopicConfigsAsync(
                new TopicConfigChanges { Topic = "orders", Changes = changes, ValidateOnly = validateOnly }, TestNode.Cancel);
    }

    [Fact]
    public async Task A_start_finds_what_was_acknowledged_in_a_new_epoch()
    {
        var directory = TestNode.NewDirectory();
        await using (var node = await TestNode.StartAsync(directory))
        {
            await node.Commands.CreateTopicAsync(TestNode.Topic("a", 2), TestNode.Cancel);
            await node.Commands.CreateTopicAsync(TestNode.Topic("gone"), TestNode.Cancel);
            node.Catalog.TryGetTopic("gone", out var gone);
            Assert.Equal(ErrorCode.None, (await node.Commands.DeleteTopicAsync(gone!.Id, TestNode.Cancel)).Error);
            Assert.Equal(0, node.Catalog.Topics.Single().Partitions[0].LeaderEpoch);
        }

        for (var start = 1; start <= 3; start++)
        {
            await using var again = await TestNode.StartAsync(directory);
            Assert.Equal([start, start], again.Catalog.Topics.Single().Partitions.Select(p => p.LeaderEpoch));
        }

        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Every_acknowledged_change_survives_a_crash_at_that_moment()
    {
        await using var node = await TestNode.StartAsync();
        for (var i = 0; i < 5; i++)
        {
            await node.Commands.CreateTopicAsync(TestNode.Topic($"t{i}"), TestNode.Cancel);
            var copy = node.CopyAsCrashed();
            await using (var crashed = await TestNode.StartAsync(copy))
            {
                Assert.Equal(node.Catalog.Topics.Select(t => (t.Name, t.Id)), crashed.Catalog.Topics.Select(t => (t.Name, t.Id)));
                Assert.Empty(Findings(crashed));
            }

            Directory.Delete(copy, recursive: true);
        }
    }

    [Fact]
    public async Task Of_many_who_create_one_topic_exactly_one_succeeds()
    {
        await using var node = await TestNode.StartAsync();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 400).Select(
            i => Task.Run(() => node.Commands.CreateTopicAsync(TestNode.Topic($"t{i % 100}"), TestNode.Cancel).AsTask())));
        Assert.Equal(100, outcomes.Count(o => o.Error == ErrorCode.None));
        Assert.Equal(300, outcomes.Count(o => o.Error == ErrorCode.TopicAlreadyExists));
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"t{i}").Order(StringComparer.Ordinal), node.Catalog.Topics.Select(t => t.Name));
    }

    [Fact]
    public async Task Producer_ids_are_never_given_twice()
    {
        var directory = TestNode.NewDirectory();
        var seen = new HashSet<long>();
        for (var start = 0; start < 2; start++)
        {
            await using var node = await TestNode.StartAsync(directory);
            var ids = await Task.WhenAll(Enumerable.Range(0, 2500).Select(
                _ => Task.Run(() => node.Commands.AllocateProducerIdAsync(TestNode.Cancel).AsTask())));
            Assert.All(ids, id => Assert.Equal((ErrorCode.None, (short)0), (id.Error, id.ProducerEpoch)));
            Assert.All(ids, id => Assert.True(seen.Add(id.ProducerId)));
        }

        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Observers_are_told_everything_in_order_and_never_an_epoch_of_an_older_start()
    {
        var directory = TestNode.NewDirectory();
        var first = new Recorder();
        await using (var node = await TestNode.StartAsync(directory, observer: first))
        {
            await node.Commands.CreateTopicAsync(TestNode.Topic("a"), TestNode.Cancel);
            await node.Commands.CreatePartitionsAsync(new NewPartitions { Topic = "a", TotalCount = 3 }, TestNode.Cancel);
            await node.Commands.CreateTopicAsync(TestNode.Topic("b"), TestNode.Cancel);
            node.Catalog.TryGetTopic("b", out var b);
            await node.Commands.DeleteTopicAsync(b!.Id, TestNode.Cancel);
            Assert.Throws<InvalidOperationException>(() => node.Host.Subscribe(first));
        }

        Assert.Equal(["+a/1/0", "a/1/0>a/3/0", "+b/1/0", "-b/1/0"], first.Seen);
        var second = new Recorder();
        await using (await TestNode.StartAsync(directory, observer: second))
        {
            Assert.Equal(["+a/3/1"], second.Seen);
        }

        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Validating_tells_the_outcome_and_changes_nothing()
    {
        await using var node = await TestNode.StartAsync();
        var outcome = await node.Commands.CreateTopicAsync(TestNode.Topic("a", 2) with { ValidateOnly = true }, TestNode.Cancel);
        Assert.Equal((ErrorCode.None, 2), (outcome.Error, outcome.Topic!.Partitions.Count));
        Assert.Equal(0, node.Catalog.TopicCount);
        await node.Commands.CreateTopicAsync(TestNode.Topic("a", 2), TestNode.Cancel);
        outcome = await node.Commands.CreateTopicAsync(TestNode.Topic("a", 2) with { ValidateOnly = true }, TestNode.Cancel);
        Assert.Equal(ErrorCode.TopicAlreadyExists, outcome.Error);
    }

    [Fact]
    public async Task Numbers_left_open_are_the_configured_ones()
    {
        await using var node = await TestNode.StartAsync(configure: o => o with { DefaultPartitions = 7 });
        var topic = TestNode.Topic("a", -1) with { ReplicationFactor = -1 };
        Assert.Equal(7, (await node.Commands.CreateTopicAsync(topic, TestNode.Cancel)).Topic!.Partitions.Count);
    }

    [Fact]
    public async Task After_the_stop_commands_are_refused_and_nothing_waits()
    {
        var node = await TestNode.StartAsync();
        await node.DisposeAsync();
        var outcome = await node.Commands.CreateTopicAsync(TestNode.Topic("a"), TestNode.Cancel);
        Assert.Equal(ErrorCode.NotController, outcome.Error);
        Assert.Equal(ErrorCode.CoordinatorLoadInProgress, (await node.Commands.AllocateProducerIdAsync(TestNode.Cancel)).Error);
    }

    [Fact]
    public async Task A_lookup_by_bytes_allocates_nothing()
    {
        await using var node = await TestNode.StartAsync();
        await node.Commands.CreateTopicAsync(TestNode.Topic("orders"), TestNode.Cancel);
        var catalog = node.Catalog;
        var found = catalog.TryGetTopic("orders"u8, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            found &= catalog.TryGetTopic("orders"u8, out _);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(found);
    }

    internal static List<HealthFinding> Findings(TestNode node)
    {
        var findings = new List<HealthFinding>();
        node.Host.Examine(findings);
        return findings;
    }

    private sealed class Recorder : ICatalogObserver
    {
        public List<string> Seen { get; } = [];

        public void OnTopicChanged(TopicDescription? before, TopicDescription? after) => Seen.Add(
            before is null ? "+" + Text(after!) : after is null ? "-" + Text(before) : $"{Text(before)}>{Text(after)}");

        private static string Text(TopicDescription topic) => $"{topic.Name}/{topic.Partitions.Count}/{topic.Partitions[0].LeaderEpoch}";
    }
}
