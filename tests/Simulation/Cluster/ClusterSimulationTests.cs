using Simulation.Runs;

namespace Simulation.Cluster;

/// <summary>The cluster log under crashes and power cuts, over many seeds.</summary>
public sealed class ClusterSimulationTests(ITestOutputHelper output)
{
    [Fact]
    public void Applied_commands_stay_in_order_and_once_and_the_state_is_their_fold() =>
        Seeds.Run(nameof(Applied_commands_stay_in_order_and_once_and_the_state_is_their_fold), 600, seed => new ClusterWorld(seed).Run(), output);

    [Fact]
    public void The_same_seed_gives_the_same_cluster_run()
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            Assert.Equal(new ClusterWorld(seed).Run().Hash, new ClusterWorld(seed).Run().Hash);
        }
    }
}
