using static Actors.Tests.Net.NetHarness;

namespace Actors.Tests.Net;

public sealed class ConnectionTests
{
    [Fact]
    public async Task Replies_leave_in_the_order_of_requests_whenever_they_complete()
    {
        await using var net = new NetHarness();
        var (connection, client) = net.Connect();
        client.Send([.. Frame("hold 1"), .. Frame("hold 2"), .. Frame("echo 3")]);
        await Until(() => connection.Seen.Count == 3);
        connection.Held["hold 2"].Release(wake: true);
        await Until(() => connection.Outstanding == 3);
        Assert.Equal(0, client.ReceivedBytes);
        connection.Held["hold 1"].Release(wake: true);
        Assert.Equal("hold 1", await ReceiveText(client));
        Assert.Equal("hold 2", await ReceiveText(client));
        Assert.Equal("echo 3", await ReceiveText(client));
    }

    [Fact]
    public async Task A_frame_may_arrive_byte_by_byte()
    {
        await using var net = new NetHarness();
        var (_, client) = net.Connect();
        foreach (var b in (byte[])[.. Frame("echo one"), .. Frame(""), .. Frame("echo two")])
        {
            client.Send([b]);
        }

        Assert.Equal("echo one", await ReceiveText(client));
        Assert.Equal("", await ReceiveText(client));
        Assert.Equal("echo two", await ReceiveText(client));
    }

    [Theory]
    [InlineData(65_532)]
    [InlineData(65_533)]
    [InlineData(70_000)]
    [InlineData(262_144)]
    [InlineData(300_000)]
    [InlineData(1_048_588)]
    [InlineData(5_000_000)]
    public async Task Large_frames_arrive_whole_between_small_ones(int bodyBytes)
    {
        await using var net = new NetHarness();
        var (_, client) = net.Connect(windowBytes: 64 << 20);
        var body = new byte[bodyBytes];
        new Random(bodyBytes).NextBytes(body);
        for (var round = 0; round < 3; round++)
        {
            client.Send([.. Frame("echo a"), .. Frame(body), .. Frame("echo b"), .. Frame(body)]);
            Assert.Equal("echo a", await ReceiveText(client));
            Assert.True((await ReceiveFrame(client)).AsSpan().SequenceEqual(body));
            Assert.Equal("echo b", await ReceiveText(client));
            Assert.True((await ReceiveFrame(client)).AsSpan().SequenceEqual(body));
        }

        await Until(() => net.Pool.RentedBytes == 0);
    }

    [Fact]
    public async Task Any_cut_of_the_stream_gives_the_same_frames()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var net = new NetHarness();
        var (_, client) = net.Connect(windowBytes: 64 << 20);
        var bodies = Enumerable.Range(0, 200).Select(i =>
        {
            var body = new byte[random.Next(10) switch { 0 => random.Next(200_000), 1 => random.Next(2_000_000), _ => random.Next(2_000) }];
            random.NextBytes(body);
            return body;
        }).ToArray();
        var stream = bodies.SelectMany(b => Frame(b)).ToArray();
        var sending = Task.Run(() =>
        {
            for (var at = 0; at < stream.Length;)
            {
                var length = Math.Min(random.Next(1, random.Next(3) == 0 ? 100_000 : 1_500), stream.Length - at);
                client.Send(stream.AsSpan(at, length));
                at += length;
            }
        }, TestContext.Current.CancellationToken);
        foreach (var body in bodies)
        {
            Assert.True((await ReceiveFrame(client)).AsSpan().SequenceEqual(body));
        }

        await sending;
        await Until(() => net.Pool.RentedBytes == 0);
    }

    [Theory]
    [InlineData("ffffffff")]
    [InlineData("80000000")]
    [InlineData("7fffffff")]
    [InlineData("06400001")]
    public async Task A_length_that_is_negative_or_too_large_closes_without_an_allocation(string hex)
    {
        await using var net = new NetHarness();
        var (connection, client) = net.Connect();
        var (_, other) = net.Connect();
        client.Send(Convert.FromHexString(hex));
        await connection.Closed.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        await Until(() => net.Connections.OpenCount == 1 && net.Pool.RentedBytes == 0);
        other.Send(Frame("echo still here"));
        Assert.Equal("echo still here", await ReceiveText(other));
    }

    [Theory]
    [InlineData("fault")]
    [InlineData("bug")]
    public async Task A_fault_ends_its_own_connection_only(string command)
    {
        await using var net = new NetHarness();
        var (connection, client) = net.Connect();
        var (_, other) = net.Connect();
        client.Send([.. Frame("hold"), .. Frame(command)]);
        await connection.Closed.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.False(connection.Held["hold"].Sent);
        connection.Held["hold"].Release(wake: true);
        other.Send(Frame("echo"));
        Assert.Equal("echo", await ReceiveText(other));
    }

    [Fact]
    public async Task A_paused_connection_handles_no_further_frame_until_it_resumes()
    {
        await using var net = new NetHarness();
        var (connection, client) = net.Connect();
        client.Send([.. Frame("pause"), .. Frame("echo 1")]);
        await Until(() => connection.Held.ContainsKey("pause"));
        client.Send(Frame("echo 2"));
        connection.Wake();
        Assert.Single(connection.Seen);
        connection.Held["pause"].Release(wake: true);
        Assert.Equal("pause", await ReceiveText(client));
        Assert.Equal("echo 1", await ReceiveText(client));
        Assert.Equal("echo 2", await ReceiveText(client));
    }

    [Fact]
    public async Task A_client_that_closes_ends_the_connection_after_what_it_sent()
    {
        await using var net = new NetHarness();
        var (connection, client) = net.Connect();
        client.Send([.. Frame("echo 1"), 0, 0]);
        client.CloseSending();
        await connection.Closed.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(["echo 1"], connection.Seen);
        await Until(() => net.Pool.RentedBytes == 0 && net.Connections.OpenCount == 0);
    }

    [Fact]
    public async Task Stopping_answers_what_is_pending_and_closes()
    {
        var net = new NetHarness();
        var (connection, client) = net.Connect();
        client.Send([.. Frame("hold 1"), .. Frame("echo 2")]);
        await Until(() => connection.Seen.Count == 2);
        var stopping = net.Listener.StopAsync();
        Assert.Equal("hold 1", await ReceiveText(client));
        Assert.Equal("echo 2", await ReceiveText(client));
        await stopping.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.True(connection.IsClosed);
        await net.DisposeAsync();
    }
}
