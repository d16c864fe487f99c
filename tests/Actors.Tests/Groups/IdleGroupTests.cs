using System.Diagnostics;
using Actors.Groups;
using Actors.Model;
using Actors.Model.Groups;
using Actors.Model.Machines;
using Actors.Node.Groups;

namespace Actors.Tests.Groups;

[Collection(AloneCollection.Name)]
public sealed class IdleGroupTests(ITestOutputHelper output)
{
    private const int Groups = 2000;

    [Fact]
    public void An_idle_group_takes_less_than_20_KB_and_a_tick_over_it_allocates_nothing()
    {
        var groups = new TestGroups(new GroupSettings { InitialRebalanceDelayMs = 0 });
        groups.Log.Capacity = 0;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < Groups; i++)
        {
            AddGroup(groups, $"group-{i}");
            groups.Log.Clear();
        }

        var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / Groups;
        output.WriteLine($"{bytes} bytes per group");
        Assert.True(bytes < 20 * 1024, $"a group takes {bytes} bytes");

        Effects<GroupEffect> effects = default;
        groups.Machine.Step(GroupInput.Tick(groups.NowMs, groups.MonotonicMs), ref effects); // compiled by now
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var started = Stopwatch.GetTimestamp();
        for (var i = 1; i <= 50; i++) // five seconds: nobody's session ends
        {
            groups.Machine.Step(GroupInput.Tick(groups.NowMs + (i * 100), groups.MonotonicMs + (i * 100)), ref effects);
        }

        var passed = Stopwatch.GetElapsedTime(started);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - allocated);
        output.WriteLine($"{passed.TotalMicroseconds / 50:F1} us per tick over {Groups} groups");
        Assert.Equal(Groups, groups.Machine.GroupCount);
    }

    [Fact]
    public async Task A_group_of_100_members_over_1000_partitions_rebalances()
    {
        var options = new GroupHostOptions { Groups = new GroupSettings { InitialRebalanceDelayMs = 200 }, TickPeriod = TimeSpan.FromMilliseconds(20) };
        await using var node = await GroupNode.StartAsync(options: options);
        await node.CommitAsync("other", 1, topic: "t"); // the topic of groups is there and loaded
        await GroupNode.AskAsync<GroupDescription>(
            w => node.Groups.Describe("g", w, 0), a => a.Error == ErrorCode.GroupIdNotFound ? ErrorCode.None : a.Error);
        var joins = Join(node, [.. Enumerable.Repeat("", 100)]);
        var ids = await SyncAsync(node, joins);

        var started = Stopwatch.GetTimestamp();
        var again = Join(node, [ids[0], .. ids[1..]]);
        await SyncAsync(node, again);
        output.WriteLine($"a rebalance of 100 members over 1,000 partitions: {Stopwatch.GetElapsedTime(started).TotalMilliseconds:F1} ms");
        Assert.Equal(2, again[0].Value.GenerationId);
    }

    private static void AddGroup(TestGroups groups, string group)
    {
        var joined = groups.Join(TestGroups.JoinRequest(group)).Value;
        var synced = new Answer<SyncGroupAnswer>();
        groups.Step(GroupInput.Sync(
            new SyncGroup
            {
                GroupId = group,
                GenerationId = 1,
                MemberId = joined.MemberId,
                Assignments = [new GroupAssignment(joined.MemberId, new byte[100])],
            },
            synced, 0, groups.NowMs));
        for (var partition = 0; partition < 10; partition++)
        {
            Assert.Equal(
                ErrorCode.None,
                groups.CommitOffset(partition, group, joined.MemberId, 1, partition: partition, metadata: $"note {partition}").Value.Error);
        }
    }

    private static Answer<JoinGroupAnswer>[] Join(GroupNode node, string[] ids)
    {
        return [.. ids.Select(id =>
        {
            var answer = new Answer<JoinGroupAnswer>();
            node.Groups.Join(TestGroups.JoinRequest(member: id), answer, 0);
            return answer;
        })];
    }

    private static async Task<string[]> SyncAsync(GroupNode node, Answer<JoinGroupAnswer>[] joins)
    {
        var answers = await Task.WhenAll(joins.Select(j => j.Task));
        var plan = answers.Select(a => new GroupAssignment(a.MemberId, new byte[80])).ToArray(); // ten partitions each
        var syncs = answers.Select(a =>
        {
            var answer = new Answer<SyncGroupAnswer>();
            node.Groups.Sync(
                new SyncGroup
                {
                    GroupId = "g",
                    GenerationId = a.GenerationId,
                    MemberId = a.MemberId,
                    Assignments = a.MemberId == a.LeaderId ? plan : [],
                },
                answer, 0);
            return answer.Task;
        }).ToArray();
        Assert.All(await Task.WhenAll(syncs), s => Assert.Equal(ErrorCode.None, s.Error));
        return [.. answers.Select(a => a.MemberId)];
    }
}
