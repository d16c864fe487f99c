namespace Conformance.ZooKeeper;

/// <summary>
/// Debian's kazoo 2.8. Each case is a function in <c>Scripts/kazoo_basics.py</c> (the client's own calls) or
/// <c>Scripts/kazoo_recipes.py</c> (its recipes, with the node killed and back in the middle) that asserts for itself.
/// </summary>
[Collection(SharedZooKeeper.Name)]
public sealed class KazooTests(ZooKeeperNode node)
{
    [Theory(Explicit = true, Timeout = 180_000)]
    [InlineData("create_modes")]
    [InlineData("get_set_delete")]
    [InlineData("children")]
    [InlineData("acl")]
    [InlineData("transactions")]
    [InlineData("sync_sees_everything")]
    [InlineData("ephemerals_go_with_close")]
    [InlineData("ephemerals_go_with_a_killed_client")]
    [InlineData("watches_in_order")]
    [InlineData("reconnect_keeps_session_and_watches")]
    [InlineData("server_words")]
    [InlineData("server_killed_and_back")]
    [InlineData("session_lost_while_away")]
    public async Task Kazoo_gets_what_it_expects(string scenario) =>
        await ClientScript.PythonAsync(node, "kazoo_basics.py", scenario, TestContext.Current.CancellationToken);

    [Theory(Explicit = true, Timeout = 180_000)]
    [InlineData("lock")]
    [InlineData("lock_counts")]
    [InlineData("rwlock")]
    [InlineData("semaphore")]
    [InlineData("election")]
    [InlineData("barrier")]
    [InlineData("double_barrier")]
    [InlineData("party")]
    [InlineData("queue")]
    [InlineData("locking_queue")]
    [InlineData("counter")]
    [InlineData("children_watch")]
    [InlineData("data_watch")]
    [InlineData("tree_cache")]
    [InlineData("transaction")]
    public async Task Recipes_outlive_a_killed_node(string recipe) =>
        await ClientScript.PythonAsync(node, "kazoo_recipes.py", recipe, TestContext.Current.CancellationToken);
}
