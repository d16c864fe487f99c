using Actors.Abstractions;
using Actors.Client;
using Record = Actors.Model.Records.Record;

namespace Actors.Tests.Grains;

public sealed class GroupConsumerTests(GroupsSilo silo) : IClassFixture<GroupsSilo>, IAsyncLifetime
{
    private readonly GrainsCluster _cluster = silo.Cluster;
    private readonly ActorsClient _client = new(silo.Cluster.Client, new ActorsClientOptions { DeliveryTimeout = TimeSpan.FromSeconds(10) });
    private readonly string _name = $"g-{Guid.NewGuid():N}";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _cluster.CreateAsync(_name);

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    [Fact]
    public async Task A_member_alone_is_given_every_record_and_leaves_a_group_that_stands_behind_them()
    {
        await AppendAsync("a", "b", "c", "d", "e", "f");
        await using (var consumer = Consume())
        {
            Assert.Equal("assigned 0,1,2,3", await consumer.ToldAsync());
            Assert.Equal(["a", "b", "c", "d", "e", "f"], (await consumer.ReadAsync(6)).Order());
            Assert.Equal((1, 4), (consumer.Consumer.GenerationId, consumer.Consumer.Partitions.Count));
            await consumer.StopReadingAsync();
        }

        var info = await _client.Group(_name).DescribeAsync(Cancel);
        Assert.Equal(("Empty", "consumer"), (info!.State, info.ProtocolType));
        Assert.Equal(0, (await _client.Group(_name).GetLagAsync(Cancel)).Total);
    }

    [Fact]
    public async Task Two_members_share_the_partitions_and_one_that_leaves_hands_its_part_on()
    {
        await using var first = Consume();
        await first.UntilToldAsync("assigned 0,1,2,3");
        await using (var second = Consume())
        {
            Assert.Equal("revoked 0,1,2,3", await first.ToldAsync());
            var parts = new[] { await first.ToldAsync(), await second.ToldAsync() };
            Assert.Equal(["assigned 0,1", "assigned 2,3"], parts.Order());
            var info = await _client.Group(_name).DescribeAsync(Cancel);
            Assert.Equal(("Stable", "range", 2), (info!.State, info.Protocol, info.Members.Length));
            await AppendAsync(Enumerable.Range(0, 40).Select(i => $"{i}").ToArray());
        }

        await first.UntilToldAsync("assigned 0,1,2,3");
        await AppendAsync("last");
        while ((await first.ReadAsync(1))[0] != "last")
        {
        }
    }

    [Fact]
    public async Task A_record_is_handled_to_its_end_and_committed_before_its_partition_goes_to_another_member()
    {
        var isHandled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var first = Consume(handle: async _ =>
        {
            isHandled.TrySetResult();
            await goOn.Task;
        });
        await first.UntilToldAsync("assigned 0,1,2,3");
        await AppendToAsync(0, "in hand", "next");
        await isHandled.Task.WaitAsync(Cancel);

        await using var second = Consume();
        await UntilAsync(async () => (await _client.Group(_name).DescribeAsync(Cancel))!.State == "PreparingRebalance");
        Assert.Empty((await _client.Group(_name).GetOffsetsAsync(Cancel)).Offsets.Where(o => o is { Partition: 0, Offset: > 0 }));
        goOn.SetResult();

        Assert.Equal("revoked 0,1,2,3", await first.ToldAsync());
        var committed = (await _client.Group(_name).GetOffsetsAsync(Cancel)).Find(_name, 0);
        var handled = await first.ReadAsync((int)committed!); // all that it was given: perhaps the next one as well
        Assert.Equal(new[] { "in hand", "next" }[..(int)committed], handled);
        if (committed == 1)
        {
            await Task.WhenAll(first.ToldAsync(), second.ToldAsync());
            var owner = first.Consumer.Partitions.Any(p => p.Partition == 0) ? first : second;
            Assert.Equal(["next"], await owner.ReadAsync(1));
        }
    }

    [Fact]
    public async Task What_was_not_handled_is_given_again_and_what_was_committed_is_not()
    {
        await AppendToAsync(2, "one", "two", "three");
        var options = new GroupConsumerOptions { OffsetReset = OffsetReset.Earliest };
        await foreach (var record in _client.Group(_name).ConsumeAsync([_name], options, Cancel))
        {
            if (record.ValueText == "two")
            {
                break; // "one" was handled; this one was not
            }
        }

        await foreach (var record in _client.Group(_name).ConsumeAsync([_name], options, Cancel))
        {
            Assert.Equal((_name, 2, 1, "two"), (record.Topic, record.Partition, record.Offset, record.ValueText));
            await record.CommitAsync(Cancel);
            break;
        }

        Assert.Equal(2, (await _client.Group(_name).GetOffsetsAsync(Cancel)).Find(_name, 2));
        Assert.Equal("three", (await _client.Group(_name).ConsumeAsync([_name], options, Cancel).FirstAsync(Cancel)).ValueText);
    }

    [Fact]
    public async Task Without_automatic_commits_only_what_is_committed_counts()
    {
        await AppendToAsync(0, "a", "b", "c");
        await using (var consumer = _client.Group(_name).Subscribe(
            [_name], new GroupConsumerOptions { OffsetReset = OffsetReset.Earliest, AutoCommit = false }))
        {
            Assert.Empty((await consumer.CommitAsync(Cancel)).Offsets);
            await using var reading = consumer.ReadBatchesAsync(Cancel).GetAsyncEnumerator(Cancel);
            Assert.True(await reading.MoveNextAsync());
            Assert.Equal(["a", "b", "c"], reading.Current.Records.Select(r => r.ValueText));
            Assert.Empty((await _client.Group(_name).GetOffsetsAsync(Cancel)).Offsets);
            Assert.Equal(3, (await consumer.CommitAsync(Cancel)).Find(_name, 0));
            Assert.Null((await consumer.CommitAsync(Cancel)).Find(_name, 0)); // nothing new; an empty partition's start may come only now
            await AppendToAsync(0, "d");
            Assert.True(await reading.MoveNextAsync());
        }

        Assert.Equal(3, (await _client.Group(_name).GetOffsetsAsync(Cancel)).Find(_name, 0));
    }

    [Fact]
    public async Task A_group_without_offsets_begins_where_its_policy_says()
    {
        await AppendToAsync(1, "before");
        var none = new GroupConsumerOptions { OffsetReset = OffsetReset.None };
        var thrown = await Assert.ThrowsAsync<NoOffsetException>(
            async () => await _client.Group(_name).ConsumeAsync([_name], none, Cancel).FirstAsync(Cancel));
        Assert.Equal((_name, -1), (thrown.Partition.Topic, thrown.Offset));

        await using var latest = Consume(c => c.OffsetReset = OffsetReset.Latest);
        await latest.UntilToldAsync("assigned 0,1,2,3");
        await UntilAsync(async () => (await _client.Group(_name).GetOffsetsAsync(Cancel)).Find(_name, 1) == 1); // committed like any other
        await AppendToAsync(1, "after");
        Assert.Equal(["after"], await latest.ReadAsync(1));
    }

    [Fact]
    public async Task A_reader_that_retention_has_outrun_goes_on_where_its_policy_says()
    {
        await AppendToAsync(3, "0", "1", "2");
        await AppendToAsync(3, "3");
        await _client.Group(_name).CommitAsync(GroupOffsets.Of(new GroupOffset(_name, 3, 1)), Cancel);
        _cluster.World.Log(_name, 3).LogStart = 3;
        await using (var consumer = Consume(c => c.OffsetReset = OffsetReset.Earliest))
        {
            Assert.Equal(["3"], await consumer.ReadAsync(1));
        }

        _cluster.World.Log(_name, 3).LogStart = 4;
        await AppendToAsync(3, "4");
        await _client.Group(_name).ResetAsync(new GroupReset { Topic = _name, To = GroupResetTarget.Latest }, Cancel);
        await _client.Group(_name).CommitAsync(GroupOffsets.Of(new GroupOffset(_name, 3, 3)), Cancel);
        var none = new GroupConsumerOptions { OffsetReset = OffsetReset.None };
        var thrown = await Assert.ThrowsAsync<NoOffsetException>(
            async () => await _client.Group(_name).ConsumeAsync([_name], none, Cancel).FirstAsync(Cancel));
        Assert.Equal((3, 3), (thrown.Partition.Partition, thrown.Offset));
    }

    private TestConsumer Consume(Action<GroupConsumerOptions>? change = null, Func<ConsumedRecord, Task>? handle = null) =>
        new(_client, _name, _name, change, handle);

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        while (!await holds())
        {
            await Task.Yield();
        }
    }

    private async Task AppendAsync(params string[] values)
    {
        foreach (var value in values)
        {
            await _client.Topic(_name).AppendTextAsync(key: null, value, Cancel);
        }
    }

    private async Task AppendToAsync(int partition, params string[] values)
    {
        var batch = RecordBatchBytes.Encode([.. values.Select(v => new Record { Value = System.Text.Encoding.UTF8.GetBytes(v) })]);
        Assert.True((await _cluster.Partition(_name, partition).AppendAsync(-1, batch, Cancel)).IsDone);
    }
}
