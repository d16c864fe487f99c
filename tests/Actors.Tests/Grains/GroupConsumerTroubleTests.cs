using Actors.Abstractions;
using Actors.Client;
using Actors.Model.Groups;
using Actors.Tests.Groups;
using ErrorCode = Actors.Model.ErrorCode;
using Record = Actors.Model.Records.Record;

namespace Actors.Tests.Grains;

/// <summary>What a consumer does when its group goes on without it, and when its reader, its topic or its coordinator is not there.</summary>
public sealed class GroupConsumerTroubleTests(GroupsSilo silo) : IClassFixture<GroupsSilo>, IAsyncLifetime
{
    private readonly GrainsCluster _cluster = silo.Cluster;
    private readonly FakeGroups _groups = silo.Groups;
    private readonly ActorsClient _client = new(silo.Cluster.Client, new ActorsClientOptions { DeliveryTimeout = TimeSpan.FromSeconds(10) });
    private readonly string _name = $"g-{Guid.NewGuid():N}";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _cluster.CreateAsync(_name);

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    [Fact]
    public async Task A_member_the_group_has_put_out_is_told_so_commits_nothing_and_joins_again()
    {
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var outcome = new TaskCompletionSource<LogException>(TaskCreationOptions.RunContinuationsAsynchronously);
        var isFirst = true;
        await using var consumer = Consume(c => c.AutoCommit = false, async record =>
        {
            if (isFirst)
            {
                isFirst = false;
                await goOn.Task;
                outcome.SetResult(await Assert.ThrowsAsync<LogException>(() => record.CommitAsync(Cancel)));
            }
        });
        await consumer.UntilToldAsync("assigned 0,1,2,3");
        await AppendToAsync(0, "twice");
        await consumer.ReadAsync(1);
        var left = new Groups.Answer<LeaveGroupAnswer>();
        _groups.Leave(new LeaveGroup(_name, [new LeavingMember(consumer.Consumer.MemberId, null, "put out")]), left, 0);
        Assert.Equal(ErrorCode.None, left.Value.Members[0].Error);
        goOn.SetResult();

        Assert.True((await outcome.Task).Error is ErrorCode.UnknownMemberId or ErrorCode.IllegalGeneration, $"{(await outcome.Task).Error}");
        Assert.Equal("lost 0,1,2,3", await consumer.ToldAsync());
        Assert.Equal("assigned 0,1,2,3", await consumer.ToldAsync());
        Assert.Equal(["twice"], await consumer.ReadAsync(1)); // at least once
    }

    [Fact]
    public async Task A_reader_that_stands_still_leaves_and_is_back_when_it_reads_again()
    {
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var isFirst = true;
        await using var slow = Consume(c => c.MaxPollInterval = TimeSpan.FromMilliseconds(300), async _ =>
        {
            if (isFirst)
            {
                isFirst = false;
                await goOn.Task;
            }
        });
        await slow.UntilToldAsync("assigned 0,1,2,3");
        await AppendToAsync(0, "stuck");
        await slow.ReadAsync(1);

        await using var other = Consume();
        await other.UntilToldAsync("assigned 0,1,2,3");
        Assert.Equal(["stuck"], await other.ReadAsync(1));
        goOn.SetResult();
        Assert.Equal("lost 0,1,2,3", await slow.ToldAsync());
        await slow.UntilToldAsync("assigned " + (await other.UntilSharedAsync() == "assigned 0,1" ? "2,3" : "0,1"));
    }

    [Fact]
    public async Task A_commit_without_an_answer_keeps_no_heartbeat_back()
    {
        await using var consumer = Consume();
        await consumer.UntilToldAsync("assigned 0,1,2,3");
        _groups.HoldCommits(_name);
        await AppendToAsync(0, "handled");
        await consumer.ReadAsync(1);
        await _groups.WhenCommitIsHeldAsync(heartbeats: 10);
        _groups.ReleaseCommits();
        await AppendToAsync(1, "goes on");
        Assert.Equal(["goes on"], await consumer.ReadAsync(1));
        await consumer.Consumer.DisposeAsync();
        var committed = (await _client.Group(_name).GetOffsetsAsync(Cancel)).Offsets.Select(o => (o.Partition, o.Offset)).ToHashSet();
        Assert.Contains((0, 1L), committed);
    }

    [Fact]
    public async Task A_consumer_that_nobody_reads_any_more_leaves_and_joins_again_with_the_next_loop()
    {
        await using var consumer = _client.Group(_name).Subscribe([_name], new GroupConsumerOptions
        {
            OffsetReset = OffsetReset.Earliest,
            HeartbeatInterval = TimeSpan.FromMilliseconds(30),
            MaxPollInterval = TimeSpan.FromMilliseconds(200),
        });
        await AppendToAsync(0, "a", "b");
        await foreach (var record in consumer.ReadAllAsync(Cancel))
        {
            await record.CommitAsync(Cancel);
            break;
        }

        await UntilAsync(async () => (await _client.Group(_name).DescribeAsync(Cancel))!.State == "Empty");
        Assert.Equal("", consumer.MemberId);
        await foreach (var record in consumer.ReadAllAsync(Cancel))
        {
            Assert.Equal("b", record.ValueText);
            break;
        }
    }

    [Fact]
    public async Task A_static_member_does_not_leave_and_goes_on_without_a_rebalance()
    {
        await using var other = Consume(c => c.InstanceId = "b");
        await other.UntilToldAsync("assigned 0,1,2,3");
        var first = Consume(c => c.InstanceId = "a");
        Assert.Equal("assigned 0,1", await first.ToldAsync()); // static members in the order of their names
        await other.UntilToldAsync("assigned 2,3");
        await first.DisposeAsync();

        await using var again = Consume(c => c.InstanceId = "a");
        Assert.Equal("assigned 0,1", await again.ToldAsync());
        Assert.Equal(other.Consumer.GenerationId, again.Consumer.GenerationId);

        // One name is for one process: the one that had it before is told, and ends.
        await using var usurper = Consume(c => c.InstanceId = "a");
        Assert.Equal("assigned 0,1", await usurper.ToldAsync());
        Assert.Equal(ErrorCode.FencedInstanceId, (await Assert.ThrowsAsync<LogException>(() => again.Reading)).Error);
    }

    [Fact]
    public async Task A_topic_that_is_made_later_or_grows_is_shared_out_by_the_leader()
    {
        var later = _name + "-later";
        await using var consumer = Consume(topic: later);
        await UntilAsync(async () => (await _client.Group(_name).DescribeAsync(Cancel))?.State == "Stable");
        Assert.Empty(consumer.Consumer.Partitions);
        await _client.Topic(later).CreateAsync(new TopicSpec { PartitionCount = 2 }, Cancel);
        Assert.Equal("assigned 0,1", await consumer.ToldAsync());
    }

    [Fact]
    public async Task An_exception_in_a_callback_ends_the_reading_and_the_membership()
    {
        await using var consumer = Consume(c => c.PartitionsAssigned = (_, _, _) => throw new InvalidOperationException("no"));
        Assert.Equal("no", (await Assert.ThrowsAsync<InvalidOperationException>(() => consumer.Reading)).Message);
        await UntilAsync(async () => (await _client.Group(_name).DescribeAsync(Cancel))!.State == "Empty");
    }

    [Fact]
    public async Task A_group_that_refuses_is_thrown_with_its_code_and_one_loop_reads_at_a_time()
    {
        await using var consumer = Consume(c => c.SessionTimeout = TimeSpan.FromSeconds(1)); // below the node's least
        Assert.Equal(ErrorCode.InvalidSessionTimeout, (await Assert.ThrowsAsync<LogException>(() => consumer.Reading)).Error);

        await using var twice = Consume();
        await twice.UntilToldAsync("assigned 0,1,2,3");
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await twice.Consumer.ReadAllAsync(Cancel).FirstAsync(Cancel));
        Assert.Throws<ArgumentException>(() => _client.Group(_name).Subscribe([], null));
        Assert.Throws<ArgumentException>(() => _client.Group(_name).Subscribe([_name], new GroupConsumerOptions { MaxBufferedReads = 0 }));
    }

    [Fact]
    public async Task While_the_coordinator_is_away_a_consumer_waits_and_then_goes_on()
    {
        await using var consumer = Consume();
        await consumer.UntilToldAsync("assigned 0,1,2,3");
        _groups.Silence(_name, ErrorCode.CoordinatorNotAvailable, calls: 5);
        await _groups.WhenSilentAsync();
        await AppendToAsync(0, "later");
        Assert.Equal(["later"], await consumer.ReadAsync(1));
        await UntilAsync(async () => (await _client.Group(_name).GetOffsetsAsync(Cancel)).Find(_name, 0) == 1);
        Assert.Equal(1, consumer.Consumer.GenerationId);
    }

    private TestConsumer Consume(
        Action<GroupConsumerOptions>? change = null, Func<ConsumedRecord, Task>? handle = null, string? topic = null) =>
        new(_client, _name, topic ?? _name, change, handle);

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        while (!await holds())
        {
            await Task.Yield();
        }
    }

    private async Task AppendToAsync(int partition, params string[] values)
    {
        var batch = RecordBatchBytes.Encode([.. values.Select(v => new Record { Value = System.Text.Encoding.UTF8.GetBytes(v) })]);
        Assert.True((await _cluster.Partition(_name, partition).AppendAsync(-1, batch, Cancel)).IsDone);
    }
}
