using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Actors.Net;
using static Actors.Tests.Net.NetHarness;

namespace Actors.Tests.Net;

public sealed class SocketTransportTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_listener_serves_real_sockets_and_stops(int ioThreads)
    {
        await using var net = new NetHarness(new NetLimits { IoThreads = ioThreads });
        net.Listener.Start(new IPEndPoint(IPAddress.Loopback, 0));
        using var client = new TcpClient();
        await client.ConnectAsync(net.Listener.BoundTo!, TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        for (var i = 0; i < 100; i++)
        {
            await stream.WriteAsync(Frame($"echo {i}"), TestContext.Current.CancellationToken);
            Assert.Equal($"echo {i}", System.Text.Encoding.ASCII.GetString(await ReadFrame(stream)));
        }

        await net.Listener.StopAsync();
        Assert.Equal(0, await stream.ReadAsync(new byte[1], TestContext.Current.CancellationToken));
        Assert.Equal(0, net.Pool.RentedBytes);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Megabytes_pass_in_both_directions_at_once(int ioThreads)
    {
        await using var net = new NetHarness(new NetLimits { IoThreads = ioThreads });
        net.Listener.Start(new IPEndPoint(IPAddress.Loopback, 0));
        using var client = new TcpClient();
        await client.ConnectAsync(net.Listener.BoundTo!, TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        var body = new byte[3_000_000];
        new Random(7).NextBytes(body);
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < 20; i++)
            {
                await stream.WriteAsync(Frame(body));
            }
        }, TestContext.Current.CancellationToken);
        for (var i = 0; i < 20; i++)
        {
            Assert.True((await ReadFrame(stream)).AsSpan().SequenceEqual(body));
        }

        await sending;
        await Until(() => net.Pool.RentedBytes == 0);
    }

    [Fact]
    public async Task A_peer_that_closes_while_its_request_is_read_is_noticed()
    {
        await using var net = new NetHarness(new NetLimits { IoThreads = 1 });
        net.Listener.Start(new IPEndPoint(IPAddress.Loopback, 0));
        for (var i = 0; i < 200; i++)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(net.Listener.BoundTo!, TestContext.Current.CancellationToken);
            await client.GetStream().WriteAsync(Frame("last words"), TestContext.Current.CancellationToken);
        }

        await Until(() => net.Listener.Connections.OpenCount == 0);
        Assert.Equal(0, net.Pool.RentedBytes);
    }

    [Fact]
    public async Task Many_connections_share_few_threads()
    {
        await using var net = new NetHarness(new NetLimits { IoThreads = 2 });
        net.Listener.Start(new IPEndPoint(IPAddress.Loopback, 0));
        await Task.WhenAll(Enumerable.Range(0, 100).Select(async n =>
        {
            using var client = new TcpClient();
            await client.ConnectAsync(net.Listener.BoundTo!);
            for (var i = 0; i < 50; i++)
            {
                await client.GetStream().WriteAsync(Frame($"echo {n} {i}"));
                Assert.Equal($"echo {n} {i}", System.Text.Encoding.ASCII.GetString(await ReadFrame(client.GetStream())));
            }
        }));
    }

    private static async Task<byte[]> ReadFrame(NetworkStream stream)
    {
        using var patience = new CancellationTokenSource(Patience);
        var length = new byte[4];
        await stream.ReadExactlyAsync(length, patience.Token);
        var body = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
        await stream.ReadExactlyAsync(body, patience.Token);
        return body;
    }
}
