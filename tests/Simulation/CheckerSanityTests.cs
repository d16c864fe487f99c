using Simulation.Cluster;
using Simulation.Runs;
using Simulation.Worlds;

namespace Simulation;

/// <summary>The checks can fail: what breaks a guarantee on purpose is found.</summary>
public sealed class CheckerSanityTests
{
    private const int Seeds = 200;

    [Fact]
    public void A_disk_that_lies_about_syncs_is_found_out() =>
        MustBeFound(seed => new NodeWorld(seed, new WorldOptions { LyingSyncs = true, WeakTopics = false }).Run(), "has to survive");

    [Fact]
    public void A_disk_that_forgets_synced_names_is_found_out() =>
        MustBeFound(seed => new NodeWorld(seed, new WorldOptions { LyingDirectorySyncs = true, WeakTopics = false }).Run(), "has to survive");

    [Fact]
    public void A_disk_that_lies_about_syncs_is_found_out_by_the_cluster_log() =>
        MustBeFound(seed => new ClusterWorld(seed, new WorldOptions { LyingSyncs = true }).Run(), "commands were applied");

    private static void MustBeFound(Func<int, RunReport> run, string reason)
    {
        var found = 0;
        for (var seed = 1; seed <= Seeds && found == 0; seed++)
        {
            found += Runs.Seeds.Fails(seed, run, out var why) && why.Contains(reason, StringComparison.Ordinal) ? 1 : 0;
        }

        Assert.True(found > 0, $"{Seeds} seeds do not notice");
    }
}
