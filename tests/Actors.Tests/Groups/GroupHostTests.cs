using Actors.Groups;
using Actors.Model;
using Actors.Model.Groups;
using Actors.Model.Ports;
using Actors.Node.Groups;

namespace Actors.Tests.Groups;

public sealed class GroupHostTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_coordinator_that_is_asked_for_creates_the_topic()
    {
        await using var node = await GroupNode.StartAsync();
        Assert.Equal(ErrorCode.None, node.Groups.List(new ListGroups([], [])).Error);
        var answer = new Answer<ErrorCode>();
        node.Groups.Heartbeat(new GroupHeartbeat("g", 1, "m", null), answer, 0);
        Assert.Equal(ErrorCode.NotCoordinator, answer.Value);

        var places = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => node.Groups.FindCoordinatorAsync("orders", Cancel).AsTask()));
        Assert.All(places, p => Assert.Equal(new GroupCoordinatorPlace(ErrorCode.None, 1, 31), p));
        Assert.True(node.Catalog.TryGetTopic(GroupPlacement.Topic, out var topic));
        Assert.Equal((true, 50, "compact"), (topic.IsInternal, topic.Partitions.Count, topic.Configs["cleanup.policy"]));
    }

    [Fact]
    public async Task Committed_offsets_are_there_after_a_restart()
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("actors-groups-").FullName;
        try
        {
            await using (var node = await GroupNode.StartAsync(directory))
            {
                await CreateTopicAsync(node);
                var commits = Enumerable.Range(0, 200).Select(i => node.CommitAsync($"group-{i}", i));
                Assert.All(await Task.WhenAll(commits), e => Assert.Equal(ErrorCode.None, e));
            }

            await using var again = await GroupNode.StartAsync(directory);
            for (var i = 0; i < 200; i++)
            {
                Assert.Equal(i, await again.ReadAsync($"group-{i}"));
            }

            Assert.Equal(200, again.Groups.List(new ListGroups([], [])).Groups.Count);
        }
        finally
        {
            System.IO.Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task Offsets_go_with_their_topic_and_do_not_come_back_with_its_name()
    {
        await using var node = await GroupNode.StartAsync();
        var topic = await CreateTopicAsync(node);
        await node.CommitAsync("g", 7);
        await node.Commands.DeleteTopicAsync(topic.Id, Cancel);
        Assert.Equal(-1, await node.ReadAsync("g"));
        await CreateTopicAsync(node);
        Assert.Equal(-1, await node.ReadAsync("g"));
        Assert.Equal(ErrorCode.None, await node.CommitAsync("g", 8));
        Assert.Equal(8, await node.ReadAsync("g"));
    }

    [Fact]
    public async Task Offsets_of_a_topic_that_went_while_the_node_was_down_are_forgotten_when_it_comes_back()
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("actors-groups-").FullName;
        try
        {
            await using (var node = await GroupNode.StartAsync(directory))
            {
                await node.CommitAsync("g", 7, topic: "never-was");
            }

            await using var again = await GroupNode.StartAsync(directory);
            Assert.Equal(-1, await again.ReadAsync("g", topic: "never-was"));
        }
        finally
        {
            System.IO.Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task Offsets_of_a_topic_that_was_made_anew_before_a_crash_are_not_those_of_the_new_one()
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("actors-groups-").FullName;
        try
        {
            await using (var node = await GroupNode.StartAsync(directory))
            {
                var topic = await CreateTopicAsync(node);
                Assert.Equal(ErrorCode.None, await node.CommitAsync("dead", 7, topicId: Guid.NewGuid()));
                Assert.Equal(ErrorCode.None, await node.CommitAsync("living", 8, topicId: topic.Id));
            }

            await using var again = await GroupNode.StartAsync(directory);
            Assert.Equal((-1, 8), (await again.ReadAsync("dead"), await again.ReadAsync("living")));
        }
        finally
        {
            System.IO.Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task Many_commits_of_one_group_are_acknowledged_in_their_order()
    {
        await using var node = await GroupNode.StartAsync();
        await CreateTopicAsync(node);
        await node.CommitAsync("g", 0);
        var order = new InOrder(5000);
        for (var i = 0; i < 5000; i++)
        {
            node.Groups.CommitOffsets(GroupNode.Offsets("g", i), order, i);
        }

        await order.Done;
        Assert.Equal(4999, await node.ReadAsync("g"));
    }

    [Fact]
    public async Task Members_join_sync_and_are_released_when_the_node_stops()
    {
        var options = new GroupHostOptions { Groups = new GroupSettings { InitialRebalanceDelayMs = 0 }, TickPeriod = TimeSpan.FromMilliseconds(10) };
        var node = await GroupNode.StartAsync(options: options);
        await node.Groups.FindCoordinatorAsync("g", Cancel);
        var joined = await GroupNode.AskAsync<JoinGroupAnswer>(w => node.Groups.Join(TestGroups.JoinRequest(), w, 0), a => a.Error);
        Assert.Equal((ErrorCode.None, 1), (joined.Error, joined.GenerationId));
        var synced = new Answer<SyncGroupAnswer>();
        node.Groups.Sync(
            new SyncGroup
            {
                GroupId = "g",
                GenerationId = 1,
                MemberId = joined.MemberId,
                Assignments = [new GroupAssignment(joined.MemberId, new byte[] { 42 })],
            },
            synced, 0);
        Assert.Equal(42, (await synced.Task).Assignment.Span[0]);
        var parked = new Answer<JoinGroupAnswer>();
        node.Groups.Join(TestGroups.JoinRequest(), parked, 0);
        Assert.False(parked.IsThere);
        await node.DisposeAsync();
        await node.Groups.DisposeAsync(); // a container does so once more
        Assert.Equal(ErrorCode.NotCoordinator, parked.Value.Error);
    }

    private static async Task<TopicDescription> CreateTopicAsync(GroupNode node)
    {
        var outcome = await node.Commands.CreateTopicAsync(
            new NewTopic { Name = "orders", PartitionCount = 1, ReplicationFactor = 1 }, Cancel);
        Assert.Equal(ErrorCode.None, outcome.Error);
        return outcome.Topic!;
    }

    private sealed class InOrder(int count) : IGroupWaiter<CommitOffsetsAnswer>
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private long _next;

        public Task Done => _done.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancel);

        public bool OnAnswered(long token, in CommitOffsetsAnswer answer)
        {
            if (answer.Error != ErrorCode.None || token != _next++)
            {
                _done.TrySetException(new InvalidOperationException($"{token} was answered {answer.Error} where {_next - 1} was due"));
            }
            else if (_next == count)
            {
                _done.TrySetResult();
            }

            return false;
        }

        public void Wake()
        {
        }
    }
}
