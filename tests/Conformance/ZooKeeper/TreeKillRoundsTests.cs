namespace Conformance.ZooKeeper;

/// <summary>kill -9 at fault points and at any instant under writers of several sessions: see <c>Scripts/kill_rounds.py</c>.</summary>
[Collection(SharedZooKeeper.Name)]
public sealed class TreeKillRoundsTests(ZooKeeperNode node)
{
    [Fact(Explicit = true, Timeout = 300_000)]
    public async Task Nothing_acknowledged_is_lost_or_done_twice() =>
        await ClientScript.PythonAsync(node, "kill_rounds.py", "30", TestContext.Current.CancellationToken);
}
