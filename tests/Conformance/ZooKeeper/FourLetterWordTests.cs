using System.Net.Sockets;
using System.Text;

namespace Conformance.ZooKeeper;

/// <summary>The words in the formats that monitoring reads.</summary>
[Collection(SharedZooKeeper.Name)]
public sealed class FourLetterWordTests(ZooKeeperNode node)
{
    [Theory(Explicit = true, Timeout = 30_000)]
    [InlineData("ruok", "^imok$")]
    [InlineData("isro", "^rw$")]
    [InlineData("srvr", @"^Zookeeper version: .+\nLatency min/avg/max: \d+/[\d.]+/\d+\nReceived: \d+\nSent: \d+\nConnections: \d+\n"
        + @"Outstanding: \d+\nZxid: 0x[0-9a-f]+\nMode: standalone\nNode count: \d+\n$")]
    [InlineData("stat", @"^Zookeeper version: .+\nClients:\n /127\.0\.0\.1:\d+\[\d\]\(queued=\d+,recved=\d+,sent=\d+[^\n]*\)\n"
        + @"(.*\n)*\nLatency min/avg/max: \d+/[\d.]+/\d+\n(.*\n)*Mode: standalone\nNode count: \d+\n$")]
    [InlineData("conf", @"^clientPort=\d+\n(.+=.*\n)*tickTime=2000\n(.+=.*\n)*minSessionTimeout=4000\nmaxSessionTimeout=40000\n")]
    [InlineData("envi", @"^Environment:\nzookeeper\.version=\d+\.\d+\.\d+.*\nhost\.name=.+\n(.+=.*\n)+$")]
    [InlineData("mntr", @"^zk_version\t.+\n(zk_\w+\t.+\n)*zk_server_state\tstandalone\n(zk_\w+\t.+\n)*zk_znode_count\t\d+\n(zk_\w+\t.+\n)*$")]
    [InlineData("wchc", @"^wchc is not executed because it is not in the whitelist\.\n$")]
    [InlineData("dump", @"^dump is not executed because it is not in the whitelist\.\n$")]
    public async Task Word_is_answered_in_its_format(string word, string pattern)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(node.Host, node.Port, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(word), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(client.GetStream());

        Assert.Matches(pattern, await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
    }
}
