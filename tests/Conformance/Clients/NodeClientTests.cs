using Conformance.Fixtures;

namespace Conformance.Clients;

/// <summary>
/// Two clients of Node.js, both without native code: kafkajs, which asks for old versions, and @platformatic/kafka, which knows only new
/// ones. Each case is a function in the client's script that asserts for itself; <c>tests/install-clients.sh</c> installs them there.
/// </summary>
[Collection(SharedNode.Name)]
public sealed class NodeClientTests(NodeUnderTest node)
{
    [Theory(Explicit = true, Timeout = 180_000)]
    [InlineData("produce_and_consume")]
    [InlineData("group_grows_and_shrinks")]
    [InlineData("seek_goes_back")]
    [InlineData("offsets_by_time")]
    [InlineData("administration")]
    [InlineData("idempotent")]
    public Task Kafkajs_gets_what_it_expects(string scenario) => RunAsync("kafkajs.mjs", "kjs", scenario);

    [Theory(Explicit = true, Timeout = 180_000)]
    [InlineData("produce_and_consume")]
    [InlineData("group_grows_and_goes_on_where_it_was")]
    [InlineData("administration")]
    public Task Platformatic_kafka_gets_what_it_expects(string scenario) => RunAsync("platformatic.mjs", "plat", scenario);

    private async Task RunAsync(string script, string prefix, string scenario)
    {
        var file = Path.Combine(Checkout.Root, "tests", "Conformance", "Clients", "Node", script);
        var result = await ClientProcess.RunAsync(
            "node",
            [file, node.Bootstrap, scenario, NodeUnderTest.NewTopic($"{prefix}-{scenario.Replace('_', '-')}")],
            TestContext.Current.CancellationToken);

        Assert.Equal("ok", result.Succeeded().Output.Trim());
    }
}
