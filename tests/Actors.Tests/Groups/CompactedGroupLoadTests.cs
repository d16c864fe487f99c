using System.Text.Json;
using Actors.Groups;
using Actors.Model;
using Actors.Model.Groups;
using Actors.Node.Groups;
using Actors.Storage.Codecs;
using Actors.Tests.Node;
using Simulation.Fakes;

namespace Actors.Tests.Groups;

/// <summary>
/// A coordinator that loads a compacted log knows what one knows that loads all that was ever written: superseded offsets and groups are
/// gone from the log, tombstones too, wherever a cleaning was cut short.
/// </summary>
public sealed class CompactedGroupLoadTests
{
    private const int Groups = 12;

    /// <summary>Calls between two crashes; 1 takes all of them, which takes a minute.</summary>
    private const int Stride = 19;

    private static readonly GroupSettings s_settings = new() { InitialRebalanceDelayMs = 100, OffsetRetentionMs = 600_000, OffsetCheckIntervalMs = 60_000 };

    [Fact]
    public async Task A_coordinator_loads_from_a_compacted_log_what_it_would_load_from_the_whole_one()
    {
        var device = new SimulatedStorageDevice();
        var life = Live(device, int.MaxValue, out _);
        var partition = life.Partition;
        var records = await partition.RecordsAsync();
        Assert.True(records.Count < life.Appended / 3, $"{records.Count} of {life.Appended} records are left");
        Assert.DoesNotContain(records, r => !r.HasValue && r.Offset < partition.Log.Entry.CleanedEnd / 2); // the first pass's tombstones have gone
        await CheckAsync(life, partition, "never stopped");
        Assert.Equal(-1, (await LoadAsync(partition, life)).OffsetOf("expired"));
        Assert.Equal(-1, (await LoadAsync(partition, life)).OffsetOf("deleted"));
        Assert.Equal(GroupState.Dead, (await LoadAsync(partition, life)).Describe("deleted").State);
        Assert.True((await LoadAsync(partition, life)).OffsetOf("group-1", partition: 1) > 0);
    }

    [Fact]
    public async Task It_loads_the_same_whatever_call_to_the_disk_was_the_last_of_a_cleaning()
    {
        Live(new SimulatedStorageDevice(), int.MaxValue, out var calls);
        Assert.True(calls() > 100, $"the cleanings made {calls()} calls");
        for (var last = 0; last < calls(); last += Stride)
        {
            var device = new SimulatedStorageDevice();
            var life = Live(device, last, out _);
            device.Faults = null;
            var isPowerCut = last / Stride % 2 == 0;
            device = isPowerCut ? device.Crash(last) : device.Kill();
            var context = $"crash at call {last}, {(isPowerCut ? "power cut" : "kill")}";
            var again = new CompactedPartition(device, GroupPlacement.Topic, leaderEpoch: 2, life.Partition.NowMs);
            await CheckAsync(life, again, context);
            again.Clean();
            await CheckAsync(life, again, $"{context}, cleaned again");
        }
    }

    private sealed record Life(CompactedPartition Partition, TestGroups Model)
    {
        public int Appended { get; set; }
    }

    /// <summary>Commits, groups that come and go, offsets that expire; cleaned three times, the last two after tombstones have aged.</summary>
    private static Life Live(SimulatedStorageDevice device, int last, out Func<int> calls)
    {
        var life = new Life(new CompactedPartition(device, GroupPlacement.Topic, leaderEpoch: 1), new TestGroups(s_settings));
        calls = () => 0;
        var made = 0;
        try
        {
            for (var pass = 0; pass < 3; pass++)
            {
                device.Faults = null;
                Use(life, pass);
                life.Partition.Time.Advance(TimeSpan.FromSeconds(61));
                var soFar = made;
                var armed = LastCall.Arm(device, last - soFar);
                calls = () => soFar + armed();
                life.Partition.Clean();
                made = calls();
            }
        }
        catch (LastCall)
        {
            // as planned
        }

        return life;
    }

    private static void Use(Life life, int pass)
    {
        var groups = life.Model;
        if (pass == 0)
        {
            groups.CommitOffset(1, "expired", retentionMs: 1000);
            groups.CommitOffset(2, "deleted");
            groups.Stable(2, "instance-1");
            Write(life);
            groups.Stall(1_200_000); // beyond the retention, and a look at it: "expired" goes, and what else nobody uses
            Write(life);
            Assert.Equal(-1, groups.OffsetOf("expired"));
            groups.CommitOffset(3, "deleted");
            Write(life);
            Assert.Equal(ErrorCode.None, groups.Delete("deleted").Value);
            Write(life);
        }

        for (var i = 0; i < 60; i++)
        {
            groups.CommitOffset((pass * 1000) + i, $"group-{i % Groups}", partition: i % 3);
            Write(life);
        }

        if (pass == 1)
        {
            groups.DeleteOffset("orders", 1);
            groups.Join(TestGroups.JoinRequest("later"));
            Write(life);
        }

        Assert.Equal(ErrorCode.None, groups.Delete($"group-{pass * 3}").Value);
        Write(life);
    }

    private static void Write(Life life)
    {
        var records = life.Model.Log.Skip(life.Appended).ToList();
        if (records.Count > 0)
        {
            life.Appended += records.Count;
            life.Partition.Append(records);
        }
    }

    private static async Task<TestGroups> LoadAsync(CompactedPartition partition, Life life)
    {
        var load = new GroupLoad(partition.Partition, partition.Partition.LeaderEpoch, s_settings, new BatchInflater());
        var machine = await load.RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, machine.UnreadRecords);
        return TestGroups.Over(machine, s_settings, life.Model.NowMs);
    }

    private static async Task CheckAsync(Life life, CompactedPartition partition, string context)
    {
        var expected = life.Model.Reloaded();
        var actual = await LoadAsync(partition, life);
        Assert.True(Text(expected) == Text(actual), $"{context}:\n{Text(expected)}\n{Text(actual)}");

        // What expires later does so in both.
        expected.Stall(1_200_000);
        actual.Stall(1_200_000);
        Assert.True(Text(expected) == Text(actual), $"{context}, after the retention:\n{Text(expected)}\n{Text(actual)}");
    }

    private static string Text(TestGroups groups)
    {
        var listed = new List<ListedGroup>();
        groups.Machine.CopyGroups(new ListGroups([], []), listed);
        return string.Join('\n', listed.OrderBy(g => g.GroupId, StringComparer.Ordinal).Select(g =>
            $"{g} {JsonSerializer.Serialize(groups.Describe(g.GroupId))} {Offsets(groups.FetchAll(g.GroupId).Value)}"));
    }

    private static string Offsets(FetchOffsetsAnswer answer) => string.Join(
        ' ', answer.Topics.SelectMany(t => t.Offsets.Select(o => $"{t.Topic} {JsonSerializer.Serialize(o)}")).Order(StringComparer.Ordinal));
}
