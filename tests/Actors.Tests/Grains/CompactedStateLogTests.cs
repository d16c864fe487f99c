using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Actors.Grains;
using Actors.Model;
using Actors.Model.Ports;
using Actors.Storage.Codecs;
using Actors.Tests.Grains.Fakes;
using Actors.Tests.Node;
using Orleans.Runtime;
using Orleans.Storage;
using Simulation.Fakes;

namespace Actors.Tests.Grains;

/// <summary>States of grains in a log that compaction has gone through: the newest of each, nothing that was cleared, the same ETags.</summary>
public sealed class CompactedStateLogTests
{
    private const int Grains = 9;

    /// <summary>Written and cleared at the beginning, and never again.</summary>
    private const int Cleared = 100;

    /// <summary>Calls between two crashes; 1 takes all of them.</summary>
    private const int Stride = 11;

    private const string StateTopic = "__state.logs";

    [Fact]
    public async Task States_in_a_compacted_log_are_the_newest_and_cleared_ones_stay_away()
    {
        var life = await LiveAsync(new SimulatedStorageDevice(), int.MaxValue);
        var records = await life.Partition.RecordsAsync();
        Assert.True(records.Count < life.Writes / 2, $"{records.Count} of {life.Writes} records are left");
        Assert.DoesNotContain(records, r => r.Key == Convert.ToHexString(Key(Cleared))); // its tombstone neither
        await CheckAsync(life.States, life.Model, "the fold from before the cleanings");
        await CheckAsync(StatesOf(life.Partition), life.Model, "loaded from the compacted log");
    }

    [Fact]
    public async Task They_are_whatever_call_to_the_disk_was_the_last_of_a_cleaning()
    {
        var calls = (await LiveAsync(new SimulatedStorageDevice(), int.MaxValue)).Calls;
        Assert.True(calls > 100, $"the cleanings made {calls} calls");
        for (var last = 0; last < calls; last += Stride)
        {
            var device = new SimulatedStorageDevice();
            var life = await LiveAsync(device, last);
            device.Faults = null;
            var isPowerCut = last / Stride % 2 == 0;
            device = isPowerCut ? device.Crash(last) : device.Kill();
            var context = $"crash at call {last}, {(isPowerCut ? "power cut" : "kill")}";
            var again = new CompactedPartition(device, StateTopic, leaderEpoch: 2, life.Partition.NowMs);
            var states = StatesOf(again);
            await CheckAsync(states, life.Model, context);
            again.Clean();
            await CheckAsync(states, life.Model, $"{context}, the fold from before it was cleaned again");
            await CheckAsync(StatesOf(again), life.Model, $"{context}, cleaned again");
            await WriteAsync(states, again, life.Model, 0, "written on");
            await CheckAsync(StatesOf(again), life.Model, $"{context}, written on");
        }
    }

    private sealed record Life(CompactedPartition Partition, StateLog States, Dictionary<int, (long Offset, string? State)> Model, int Writes, int Calls);

    private static async Task<Life> LiveAsync(SimulatedStorageDevice device, int last)
    {
        var partition = new CompactedPartition(device, StateTopic, leaderEpoch: 1);
        var states = StatesOf(partition);
        var model = new Dictionary<int, (long Offset, string? State)>();
        var random = new Random(7);
        var (writes, calls) = (0, 0);
        Func<int> armed = () => 0;
        await WriteAsync(states, partition, model, Cleared, "for a moment");
        await WriteAsync(states, partition, model, Cleared, null);
        try
        {
            for (var pass = 0; pass < 3; pass++)
            {
                device.Faults = null;
                for (var i = 0; i < 60; i++, writes++)
                {
                    var grain = random.Next(Grains - pass); // some are not written again
                    await WriteAsync(states, partition, model, grain, random.Next(4) == 0 ? null : $"{pass}-{i}-{new string('s', random.Next(100))}");
                }

                partition.Time.Advance(TimeSpan.FromSeconds(61));
                armed = LastCall.Arm(device, last - calls);
                partition.Clean();
                calls += armed();
            }
        }
        catch (LastCall)
        {
            // as planned
        }

        return new Life(partition, states, model, writes, calls);
    }

    private static async Task WriteAsync(
        StateLog states, CompactedPartition partition, Dictionary<int, (long Offset, string? State)> model, int grain, string? state)
    {
        var expected = model.TryGetValue(grain, out var before) && before.State is not null ? before.Offset : -1;
        if (state is null && expected < 0)
        {
            return;
        }

        var writing = states.WriteAsync(Key(grain), expected, state is null ? default(ReadOnlyMemory<byte>?) : Encoding.UTF8.GetBytes(state)).AsTask();
        partition.RunRound();
        model[grain] = (await writing.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken), state);
    }

    private static async Task CheckAsync(StateLog states, Dictionary<int, (long Offset, string? State)> model, string context)
    {
        foreach (var (grain, expected) in model)
        {
            var found = await states.ReadAsync(Key(grain));
            var state = found is null ? null : Encoding.UTF8.GetString(found.State);
            Assert.True(
                state == expected.State && (found is null || found.Offset == expected.Offset),
                $"{context}: grain {grain} has {found?.Offset} {state ?? "nothing"}, {expected} was written");
            var wrong = expected.State is null ? 0 : expected.Offset + 1;
            await Assert.ThrowsAsync<InconsistentStateException>(async () => await states.WriteAsync(Key(grain), wrong, new byte[] { 1 }));
        }
    }

    private static byte[] Key(int grain) => StateRecords.Key("state", GrainId.Create("tests.grain", grain.ToString(CultureInfo.InvariantCulture)));

    private static StateLog StatesOf(CompactedPartition partition)
    {
        var world = new FakeWorld();
        var node = new FakeNode(world, 1);
        world.Create(new NewTopic { Name = StateTopic, PartitionCount = 1, ReplicationFactor = 1, IsInternal = true }, 1);
        var door = new PartitionDoor(node, new OnePartition(partition.Partition));
        return new StateLog(
            "logs", new LogServices(door, new InternalTopics(node, node), partition.Leases, partition.Time, new BatchInflater()));
    }

    private sealed class OnePartition(ILocalPartition partition) : ILocalPartitions
    {
        public IReadOnlyList<LogDirectoryStatus> LogDirectories => [];

        public bool TryGetOpen(TopicPartitionId id, [NotNullWhen(true)] out ILocalPartition? open)
        {
            open = partition;
            return true;
        }

        public ValueTask<PartitionOpening> OpenAsync(TopicPartitionId id, CancellationToken cancellationToken) =>
            new(new PartitionOpening(ErrorCode.None, partition));

        public long GetSizeBytes(TopicPartitionId id) => -1;
    }
}
