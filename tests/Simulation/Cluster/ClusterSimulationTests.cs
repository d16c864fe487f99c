using Simulation.Runs;
using Simulation.Worlds;

namespace Simulation.Cluster;

/// <summary>The cluster log under crashes and power cuts, over many seeds.</summary>
public sealed class ClusterSimulationTests(ITestOutputHelper output)
{
    [Fact]
    public void Applied_commands_stay_in_order_and_once_and_the_state_is_their_fold() =>
        Run(nameof(Applied_commands_stay_in_order_and_once_and_the_state_is_their_fold), 800, new WorldOptions());

    [Fact]
    public void A_failing_disk_stops_the_node_and_loses_nothing_applied() =>
        Run(nameof(A_failing_disk_stops_the_node_and_loses_nothing_applied), 600, new WorldOptions { DiskErrors = true });

    [Fact]
    public void A_full_disk_delays_commands_and_loses_none() =>
        Run(nameof(A_full_disk_delays_commands_and_loses_none), 500, new WorldOptions { FullDisk = true });

    [Fact]
    public void Bit_rot_is_refused_or_reported_and_never_applied() =>
        Run(nameof(Bit_rot_is_refused_or_reported_and_never_applied), 500, new WorldOptions { BitRot = true });

    [Fact]
    public void All_of_it_at_once_loses_nothing() =>
        Run(nameof(All_of_it_at_once_loses_nothing), 500, new WorldOptions { DiskErrors = true, FullDisk = true, BitRot = true });

    [Fact]
    public void The_same_seed_gives_the_same_cluster_run()
    {
        var trouble = new WorldOptions { DiskErrors = true, FullDisk = true, BitRot = true };
        for (var seed = 1; seed <= 20; seed++)
        {
            Assert.Equal(new ClusterWorld(seed, trouble).Run().Hash, new ClusterWorld(seed, trouble).Run().Hash);
        }
    }

    private void Run(string test, int seeds, WorldOptions trouble) => Seeds.Run(test, seeds, seed => new ClusterWorld(seed, trouble).Run(), output);
}
