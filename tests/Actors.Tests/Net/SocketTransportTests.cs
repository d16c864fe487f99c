using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using static Actors.Tests.Net.NetHarness;

namespace Actors.Tests.Net;

public sealed class SocketTransportTests
{
    [Fact]
    public async Task A_listener_serves_real_sockets_and_stops()
    {
        await using var net = new NetHarness();
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

    [Fact]
    public async Task Megabytes_pass_in_both_directions_at_once()
    {
        await using var net = new NetHarness();
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
