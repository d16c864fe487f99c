using Actors.Model.Leases;
using Actors.Net;
using Actors.Net.Transports;
using static Actors.Tests.Net.NetHarness;

namespace Actors.Tests.Net;

public sealed class ConnectionLimitsTests
{
    [Fact]
    public async Task Thousands_of_idle_connections_hold_no_lease()
    {
        await using var net = new NetHarness();
        var connected = Enumerable.Range(0, 2_000).Select(_ => net.Connect()).ToArray();
        foreach (var (_, client) in connected)
        {
            client.Send([.. Frame("echo hello"), 0, 0, 0, 9, 1]); // and the beginning of another one
        }

        foreach (var (_, client) in connected)
        {
            Assert.Equal("echo hello", await ReceiveText(client));
        }

        await Until(() => net.Pool.RentedBytes == 0);
        Assert.Equal(2_000, net.Connections.OpenCount);
        Assert.DoesNotContain(connected, c => c.Connection.HoldsLease);
    }

    [Fact]
    public async Task A_slow_sender_is_cut_off_at_the_frame_deadline()
    {
        await using var net = new NetHarness(new NetLimits { FrameDeadlineMs = 10_000 });
        var (connection, client) = net.Connect();
        var (healthy, _) = net.Connect();
        client.Send([0, 0, 0, 100, 1]);
        await Until(() => connection.BytesIn == 5);
        net.Time.Advance(TimeSpan.FromSeconds(9));
        client.Send([2]);
        await Until(() => connection.BytesIn == 6);
        Assert.False(connection.IsClosed);
        net.Time.Advance(TimeSpan.FromSeconds(2));
        await connection.Closed.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.False(healthy.IsClosed);
    }

    [Fact]
    public async Task A_large_frame_has_time_by_its_size()
    {
        await using var net = new NetHarness(new NetLimits { FrameDeadlineMs = 10_000, MinFrameBytesPerSecond = 10_000 });
        var (connection, client) = net.Connect();
        client.Send([.. Frame(new byte[1_000_000]).AsSpan(0, 500_000)]);
        await Until(() => connection.BytesIn == 500_000);
        net.Time.Advance(TimeSpan.FromSeconds(100));
        connection.Wake();
        client.Send(new byte[500_004]);
        Assert.Equal(1_000_000, (await ReceiveFrame(client)).Length);
    }

    [Fact]
    public async Task A_reader_that_does_not_read_is_cut_off_and_its_memory_comes_back()
    {
        await using var net = new NetHarness(new NetLimits { WriteStallMs = 5_000 });
        var (connection, client) = net.Connect(windowBytes: 1000);
        client.Send(Frame("big 100000"));
        await Until(() => client.ReceivedBytes == 1000);
        await Until(() => net.Pool.RentedBytes > 0);
        net.Time.Advance(TimeSpan.FromSeconds(6));
        await connection.Closed.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(0, net.Pool.RentedBytes);
    }

    [Fact]
    public async Task A_slow_reader_gets_everything_in_the_end()
    {
        await using var net = new NetHarness();
        var (_, client) = net.Connect(windowBytes: 777);
        for (var i = 0; i < 5; i++)
        {
            client.Send(Frame("big 300000"));
        }

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(300_000, (await ReceiveFrame(client)).Length);
        }

        await Until(() => net.Pool.RentedBytes == 0);
    }

    [Fact]
    public async Task An_idle_connection_is_closed_after_its_time_and_a_busy_one_is_not()
    {
        await using var net = new NetHarness();
        var (idle, _) = net.Connect();
        var (busy, client) = net.Connect();
        client.Send(Frame("hold"));
        await Until(() => busy.Seen.Count == 1);
        net.Time.Advance(TimeSpan.FromMinutes(11));
        await idle.Closed.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        busy.Held["hold"].Release(wake: true);
        Assert.Equal("hold", await ReceiveText(client));
    }

    [Fact]
    public async Task Receiving_stops_at_the_limit_of_outstanding_requests()
    {
        await using var net = new NetHarness(new NetLimits { MaxOutstandingRequests = 3 });
        var (connection, client) = net.Connect();
        for (var i = 0; i < 10; i++)
        {
            client.Send(Frame($"hold {i}"));
        }

        await Until(() => connection.Seen.Count == 3);
        connection.Wake();
        Assert.Equal(3, connection.Seen.Count);
        for (var i = 0; i < 10; i++)
        {
            await Until(() => connection.Held.ContainsKey($"hold {i}"));
            connection.Held[$"hold {i}"].Release(wake: true);
            Assert.Equal($"hold {i}", await ReceiveText(client));
            Assert.True(connection.Outstanding <= 3);
        }
    }

    [Fact]
    public async Task At_the_budget_receiving_waits_until_memory_comes_back()
    {
        var pool = new LeasePool(LeasePool.LargeBytes);
        await using var net = new NetHarness(pool: pool);
        var blocker = pool.TryRent(LeasePool.LargeBytes)!;
        var (connection, client) = net.Connect();
        client.Send(Frame("echo 1"));
        connection.Wake();
        Assert.Empty(connection.Seen);
        blocker.Release();
        Assert.Equal("echo 1", await ReceiveText(client));
    }

    [Fact]
    public async Task Connections_above_the_limits_are_refused()
    {
        await using var net = new NetHarness(new NetLimits { MaxConnections = 2, MaxConnectionsPerAddress = 1 });
        var home = System.Net.IPAddress.Loopback;
        Assert.Null(net.Connections.TryEnter(home));
        net.Listener.Accept(new InMemoryTransport());
        Assert.Contains("MaxConnectionsPerAddress", net.Connections.TryEnter(home), StringComparison.Ordinal);
        var other = System.Net.IPAddress.Parse("10.0.0.1");
        Assert.Null(net.Connections.TryEnter(other));
        var transport = new InMemoryTransport(remote: new System.Net.IPEndPoint(other, 1));
        var second = net.Listener.Accept(transport);
        Assert.Contains("MaxConnections=2", net.Connections.TryEnter(home), StringComparison.Ordinal);
        transport.Client.CloseSending();
        await Until(() => second.IsClosed && net.Connections.OpenCount == 1);
        Assert.Null(net.Connections.TryEnter(other));
        Assert.Equal(2, net.Connections.RefusedCount);
    }

    [Fact]
    public async Task A_busy_connection_lets_others_have_their_turn()
    {
        await using var net = new NetHarness(new NetLimits { SliceBytes = 1000 });
        var (greedy, client) = net.Connect(windowBytes: 64 << 20);
        client.Send([.. Enumerable.Range(0, 5_000).SelectMany(i => Frame($"echo {i}"))]);
        for (var i = 0; i < 5_000; i++)
        {
            Assert.Equal($"echo {i}", await ReceiveText(client));
        }

        Assert.Equal(5_000, greedy.Seen.Count);
    }
}
