namespace Conformance.ZooKeeper;

/// <summary>
/// node-zookeeper-client of npm, which speaks the protocol of 3.4. Each case is a function in <c>Node/client.mjs</c> that asserts for itself.
/// </summary>
[Collection(SharedZooKeeper.Name)]
public sealed class NodeClientTests(ZooKeeperNode node)
{
    [Theory(Explicit = true, Timeout = 180_000)]
    [InlineData("basics")]
    [InlineData("watches")]
    [InlineData("ephemeral_and_sequential")]
    [InlineData("transaction")]
    [InlineData("acl_and_auth")]
    [InlineData("reconnect")]
    public async Task Node_zookeeper_client_gets_what_it_expects(string scenario) =>
        await ClientScript.NodeAsync(node, "client.mjs", scenario, TestContext.Current.CancellationToken);
}
