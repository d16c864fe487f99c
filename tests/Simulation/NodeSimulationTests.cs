using Simulation.Runs;
using Simulation.Worlds;

namespace Simulation;

/// <summary>One node under every kind of trouble; each test says what must hold, over many seeds.</summary>
public sealed class NodeSimulationTests(ITestOutputHelper output)
{
    [Fact]
    public void Acknowledged_batches_are_all_there_in_order_and_once_after_any_crash() =>
        Run(nameof(Acknowledged_batches_are_all_there_in_order_and_once_after_any_crash), 800, new WorldOptions());

    [Fact]
    public void Every_batch_synced_survives_a_power_cut_at_any_call() =>
        Run(nameof(Every_batch_synced_survives_a_power_cut_at_any_call), 500, new WorldOptions { WeakTopics = false });

    [Fact]
    public void A_failed_disk_acknowledges_nothing_more_and_loses_nothing_acknowledged() =>
        Run(nameof(A_failed_disk_acknowledges_nothing_more_and_loses_nothing_acknowledged), 500, new WorldOptions { DiskErrors = true });

    [Fact]
    public void A_full_disk_refuses_loses_nothing_and_serves_again_by_itself() =>
        Run(nameof(A_full_disk_refuses_loses_nothing_and_serves_again_by_itself), 400, new WorldOptions { FullDisk = true });

    [Fact]
    public void Bit_rot_is_refused_or_reported_and_never_served() =>
        Run(nameof(Bit_rot_is_refused_or_reported_and_never_served), 400, new WorldOptions { BitRot = true });

    [Fact]
    public void Compaction_keeps_the_newest_record_of_each_key_and_brings_nothing_back_whatever_crashes() =>
        Run(nameof(Compaction_keeps_the_newest_record_of_each_key_and_brings_nothing_back_whatever_crashes), 500, Compaction);

    [Fact]
    public void Compaction_on_disks_that_fail_and_fill_up_loses_nothing() => Run(
        nameof(Compaction_on_disks_that_fail_and_fill_up_loses_nothing), 200, Compaction with { DiskErrors = true, FullDisk = true });

    [Fact]
    public void Compaction_of_rotten_logs_serves_nothing_rotten_and_loses_nothing() =>
        Run(nameof(Compaction_of_rotten_logs_serves_nothing_rotten_and_loses_nothing), 200, Compaction with { BitRot = true });

    [Fact]
    public void Everything_at_once_loses_nothing() =>
        Run(nameof(Everything_at_once_loses_nothing), 400, new WorldOptions { DiskErrors = true, FullDisk = true });

    [Fact]
    public void The_same_seed_gives_the_same_run()
    {
        var options = new WorldOptions { DiskErrors = true, FullDisk = true };
        for (var seed = 1; seed <= 30; seed++)
        {
            Assert.Equal(new NodeWorld(seed, options).Run().Hash, new NodeWorld(seed, options).Run().Hash);
        }
    }

    private static WorldOptions Compaction { get; } = new() { Compaction = true, Steps = 250 };

    private void Run(string test, int seeds, WorldOptions options) => Seeds.Run(test, seeds, seed => new NodeWorld(seed, options).Run(), output);
}
