using Simulation.Groups;
using Simulation.Runs;

namespace Simulation;

/// <summary>Groups under every kind of trouble.</summary>
public sealed class GroupSimulationTests(ITestOutputHelper output)
{
    [Fact]
    public void Members_share_partitions_and_offsets_never_go_back_whatever_dies() =>
        Run(nameof(Members_share_partitions_and_offsets_never_go_back_whatever_dies), 600, new GroupWorldOptions());

    [Fact]
    public void Members_come_and_go_on_a_node_that_lives() =>
        Run(nameof(Members_come_and_go_on_a_node_that_lives), 300, new GroupWorldOptions { Crashes = false });

    [Fact]
    public void A_node_that_stands_still_expires_nobody_who_does_everything_right() =>
        Run(
            nameof(A_node_that_stands_still_expires_nobody_who_does_everything_right), 200,
            new GroupWorldOptions { Crashes = false, RestlessClients = false, Steps = 600 });

    [Fact]
    public void The_same_seed_gives_the_same_run_of_groups()
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            Assert.Equal(new GroupWorld(seed, new GroupWorldOptions()).Run().Hash, new GroupWorld(seed, new GroupWorldOptions()).Run().Hash);
        }
    }

    [Fact]
    public void A_log_that_lies_about_commits_is_found_out()
    {
        var found = Enumerable.Range(1, 50).Any(seed => Seeds.Fails(
            seed, s => new GroupWorld(s, new GroupWorldOptions { LyingLog = true }).Run(), out var why)
            && why.Contains("was acknowledged or read", StringComparison.Ordinal));
        Assert.True(found, "50 seeds do not notice");
    }

    private void Run(string test, int seeds, GroupWorldOptions options) => Seeds.Run(test, seeds, seed => new GroupWorld(seed, options).Run(), output);
}
