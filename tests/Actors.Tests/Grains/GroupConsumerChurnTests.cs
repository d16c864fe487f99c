using System.Collections.Concurrent;
using Actors.Abstractions;
using Actors.Client;
using Record = Actors.Model.Records.Record;

namespace Actors.Tests.Grains;

public sealed class GroupConsumerChurnTests(GroupsSilo silo) : IClassFixture<GroupsSilo>
{
    private const int Steps = 25;
    private const int RecordsPerStep = 20;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Members that leave properly finish what they handle and commit it: so nothing is handled twice either.</summary>
    [Fact]
    public async Task While_members_come_and_go_every_record_is_handled_exactly_once()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var name = $"churn-{seed:x}";
        await silo.Cluster.CreateAsync(name);
        await using var client = new ActorsClient(silo.Cluster.Client);
        var handled = new ConcurrentDictionary<(int Partition, long Offset), int>();
        using var progress = new SemaphoreSlim(0);
        var members = new List<TestConsumer>();
        var sent = 0;
        for (var step = 0; step < Steps; step++)
        {
            if (members.Count == 0 || (members.Count < 3 && random.Next(2) == 0))
            {
                members.Add(new TestConsumer(client, name, name, handle: async record =>
                {
                    await Task.Yield();
                    handled.AddOrUpdate((record.Partition, record.Offset), 1, (_, before) => before + 1);
                    progress.Release();
                }));
            }
            else if (random.Next(2) == 0)
            {
                var leaving = members[random.Next(members.Count)];
                members.Remove(leaving);
                await leaving.DisposeAsync();
            }

            var batch = RecordBatchBytes.Encode([.. Enumerable.Range(0, RecordsPerStep).Select(i => new Record { Value = new[] { (byte)i } })]);
            Assert.True((await silo.Cluster.Partition(name, random.Next(4)).AppendAsync(-1, batch, Cancel)).IsDone);
            sent += RecordsPerStep;
            for (var awaited = random.Next(3) == 0 && members.Count > 0 ? sent : 0; handled.Count < awaited;)
            {
                await ProgressAsync();
            }
        }

        var last = new TestConsumer(client, name, name, handle: record =>
        {
            handled.AddOrUpdate((record.Partition, record.Offset), 1, (_, before) => before + 1);
            progress.Release();
            return Task.CompletedTask;
        });
        members.Add(last);
        while (handled.Count < sent)
        {
            await ProgressAsync();
        }

        await Task.WhenAll(members.Select(m => m.DisposeAsync().AsTask()));
        Assert.True(handled.Values.All(n => n == 1), $"seed {seed}: {handled.Values.Count(n => n > 1)} were handled twice");
        Assert.Equal(0, (await client.Group(name).GetLagAsync(Cancel)).Total);
        Assert.Equal("Empty", (await client.Group(name).DescribeAsync(Cancel))!.State);

        // A member whose loop has failed would be waited for in vain: its exception is what there is to say.
        async Task ProgressAsync()
        {
            var more = progress.WaitAsync(Cancel);
            var ended = await Task.WhenAny(members.Select(m => m.Reading).Append(more));
            await ended;
        }
    }
}
