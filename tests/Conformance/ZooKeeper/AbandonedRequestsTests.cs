using System.Net.Sockets;
using System.Text;
using Conformance.Wire;

namespace Conformance.ZooKeeper;

/// <summary>Clients that go away with writes, and reads behind them, still under way.</summary>
[Collection(SharedZooKeeper.Name)]
public sealed class AbandonedRequestsTests(ZooKeeperNode node)
{
    private const int Create = 1;
    private const int GetData = 4;
    private const int GetChildren = 8;

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task Clients_that_leave_in_the_middle_stop_nothing()
    {
        for (var i = 0; i < 200; i++)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(node.Host, node.Port, TestContext.Current.CancellationToken);
            var stream = client.GetStream();
            await stream.WriteAsync(Handshake(), TestContext.Current.CancellationToken);
            await stream.ReadExactlyAsync(new byte[41], TestContext.Current.CancellationToken);
            await stream.WriteAsync(Burst($"/abandoned-{Environment.ProcessId:x}-{i}"), TestContext.Current.CancellationToken);
            client.LingerState = new LingerOption(i % 2 == 0, 0); // half of them leave with a reset
        }

        await ClientScript.PythonAsync(node, "kazoo_basics.py", "get_set_delete", TestContext.Current.CancellationToken);
    }

    private static byte[] Handshake() =>
        Frame(new WireWriter().Int32(0).Int64(0).Int32(10_000).Int64(0).Int32(16).Raw(new byte[16]).Int8(0));

    private static byte[] Burst(string prefix)
    {
        var all = new WireWriter();
        for (var i = 0; i < 20; i++)
        {
            var path = $"{prefix}-{i}";
            var acl = Text(Text(new WireWriter().Int32(1).Int32(31), "world"), "anyone").ToArray();
            all.Raw(Frame(Text(Request(i, Create), path).Int32(1).Raw("x"u8).Raw(acl).Int32(1)));
            all.Raw(Frame(Text(Request(i, GetData), path).Int8(1)));
            all.Raw(Frame(Text(Request(i, GetChildren), "/").Int8(1)));
        }

        return all.ToArray();
    }

    private static WireWriter Request(int xid, int type) => new WireWriter().Int32(xid + 1).Int32(type);

    private static WireWriter Text(WireWriter writer, string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        return writer.Int32(bytes.Length).Raw(bytes);
    }

    private static byte[] Frame(WireWriter body)
    {
        var bytes = body.ToArray();
        return new WireWriter().Int32(bytes.Length).Raw(bytes).ToArray();
    }
}
