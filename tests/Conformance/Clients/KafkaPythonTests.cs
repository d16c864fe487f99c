using Conformance.Fixtures;

namespace Conformance.Clients;

/// <summary>
/// Debian's kafka-python 2.0.2: an old client that guesses the broker's age from the versions it lists, and sends the oldest requests
/// of all. Each case is a function in <c>Scripts/kafka_python.py</c> that asserts for itself.
/// </summary>
[Collection(SharedNode.Name)]
public sealed class KafkaPythonTests(NodeUnderTest node)
{
    /// <summary>The distribution's python sees the distribution's packages; another one on the PATH does not.</summary>
    private const string Python = "/usr/bin/python3";

    [Theory(Explicit = true, Timeout = 180_000)]
    [InlineData("acks_0")]
    [InlineData("acks_1")]
    [InlineData("acks_all")]
    [InlineData("gzip")]
    [InlineData("snappy")]
    [InlineData("lz4")]
    [InlineData("zstd")]
    [InlineData("keys_headers_and_timestamps")]
    [InlineData("seek_and_positions")]
    [InlineData("offsets_for_times")]
    [InlineData("beginning_and_end_offsets")]
    [InlineData("several_partitions")]
    [InlineData("long_poll_wakes_for_a_new_record")]
    [InlineData("create_and_delete_topics")]
    [InlineData("create_partitions")]
    [InlineData("describe_configs")]
    [InlineData("oversized_record_is_refused")]
    [InlineData("group_goes_on_where_it_was")]
    [InlineData("group_shares_partitions")]
    [InlineData("groups_are_described")]
    [InlineData("alter_configs")]
    public async Task Old_python_client_gets_what_it_expects(string scenario)
    {
        var result = await ClientProcess.RunAsync(
            Python,
            [Checkout.Script("kafka_python.py"), node.Bootstrap, scenario, NodeUnderTest.NewTopic("py-" + scenario.Replace('_', '-'))],
            TestContext.Current.CancellationToken);

        Assert.Equal("ok", result.Succeeded().Output.Trim());
    }
}
