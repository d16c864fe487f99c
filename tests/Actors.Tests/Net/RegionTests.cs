using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Actors.Net;
using Microsoft.Extensions.Logging;
using static Actors.Tests.Net.NetHarness;

namespace Actors.Tests.Net;

public sealed class RegionTests : IDisposable
{
    private readonly byte[] _bytes = new byte[9_000_001];
    private readonly List<TestRegionFile> _files = [];

    public RegionTests() => new Random(11).NextBytes(_bytes);

    public void Dispose() => _files.ForEach(f => f.Dispose());

    [Theory]
    [InlineData(1)]
    [InlineData(777)]
    [InlineData(1 << 20)]
    public async Task Bytes_and_regions_arrive_in_order_through_a_window_of_any_size(int windowBytes)
    {
        var file = File(onDisk: false);
        var size = windowBytes == 1 ? 3000 : 200_000;
        await using var net = new NetHarness(replyTo: _ => Interleaved(file, size));
        var (_, client) = net.Connect(windowBytes);
        for (var i = 0; i < 3; i++)
        {
            client.Send(Frame("interleaved"));
            Assert.True((await ReceiveFrame(client)).AsSpan().SequenceEqual(Expected(size)));
        }

        await Until(() => file.Holds == 0 && net.Pool.RentedBytes == 0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Bytes_and_regions_arrive_in_order_over_sockets(int ioThreads)
    {
        var file = File(onDisk: true);
        await using var net = new NetHarness(new NetLimits { IoThreads = ioThreads }, replyTo: _ => Interleaved(file, 4_000_000));
        net.Listener.Start(new IPEndPoint(IPAddress.Loopback, 0));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async n =>
        {
            using var client = new TcpClient { ReceiveBufferSize = n * 10_000 };
            await client.ConnectAsync(net.Listener.BoundTo!);
            for (var i = 0; i < 3; i++)
            {
                await client.GetStream().WriteAsync(Frame("interleaved"));
                Assert.True((await ReadFrame(client.GetStream())).AsSpan().SequenceEqual(Expected(4_000_000)));
            }
        }));
        await Until(() => file.Holds == 0 && net.Pool.RentedBytes == 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_that_ends_too_early_ends_the_connection_as_our_own_fault(bool onDisk)
    {
        var file = File(onDisk);
        var log = new FaultLog();
        await using var net = new NetHarness(
            new NetLimits { IoThreads = 1 }, replyTo: _ => new RegionReply(file.Region(_bytes.Length - 10, 11), file.Region(0, 5)), logger: log);
        net.Listener.Start(new IPEndPoint(IPAddress.Loopback, 0));
        using var client = new TcpClient();
        await client.ConnectAsync(net.Listener.BoundTo!, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync(Frame("short"), TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<IOException>(() => ReadFrame(client.GetStream()));
        await Until(() => file.Holds == 0 && net.Connections.OpenCount == 0);
        Assert.Contains(log.Errors, e => e.Contains(file.Path, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_lost_connection_gives_back_every_region_that_was_queued_or_half_sent(int ioThreads)
    {
        var file = File(onDisk: true);
        await using var net = new NetHarness(new NetLimits { IoThreads = ioThreads }, replyTo: _ => new RegionReply(file.Region(0, _bytes.Length)));
        net.Listener.Start(new IPEndPoint(IPAddress.Loopback, 0));
        for (var i = 0; i < 20; i++)
        {
            using var client = new TcpClient { ReceiveBufferSize = 4096 };
            await client.ConnectAsync(net.Listener.BoundTo!, TestContext.Current.CancellationToken);
            for (var n = 0; n < 5; n++)
            {
                await client.GetStream().WriteAsync(Frame("whole file"), TestContext.Current.CancellationToken);
            }

            await client.GetStream().ReadExactlyAsync(new byte[100_000], TestContext.Current.CancellationToken);
        }

        await Until(() => net.Connections.OpenCount == 0 && file.Holds == 0);
        Assert.Equal(0, net.Pool.RentedBytes);
    }

    [Fact]
    public async Task A_region_that_left_the_page_cache_is_loaded_before_it_is_sent_and_holds_up_nobody_else()
    {
        var file = File(onDisk: false);
        file.Cached = false;
        await using var net = new NetHarness(replyTo: text => text == "cold" ? new RegionReply(file.Region(5, 3_000_000)) : null);
        var (_, cold) = net.Connect();
        var (_, other) = net.Connect();
        cold.Send(Frame("cold"));
        await Until(() => file.WaitingLoads == 1);
        other.Send(Frame("echo"));
        Assert.Equal("echo", await ReceiveText(other));
        Assert.Equal(4, cold.ReceivedBytes); // the frame's length

        var receiving = ReceiveFrame(cold);
        await Until(() =>
        {
            file.FinishLoads();
            return receiving.IsCompleted;
        });
        Assert.True((await receiving).AsSpan().SequenceEqual(_bytes.AsSpan(5, 3_000_000)));
        Assert.True(file.Loads is >= 2 and < 10, $"{file.Loads} loads");
    }

    [Fact]
    public async Task A_connection_may_be_lost_while_its_region_is_loaded()
    {
        var file = File(onDisk: false);
        file.Cached = false;
        await using var net = new NetHarness(replyTo: _ => new RegionReply(file.Region(0, 100)));
        var (connection, client) = net.Connect();
        client.Send(Frame("cold"));
        await Until(() => file.WaitingLoads == 1);
        client.Abort();
        await connection.Closed.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(0, file.Holds);
        file.FinishLoads();
    }

    [Fact]
    public void A_region_is_released_once()
    {
        var region = File(onDisk: false).Region(0, 1);
        region.Release();
        Assert.Throws<InvalidOperationException>(region.Release);
    }

    private TestRegionFile File(bool onDisk)
    {
        _files.Add(new TestRegionFile(_bytes, onDisk));
        return _files[^1];
    }

    private RegionReply Interleaved(TestRegionFile file, int size) =>
        new(_bytes[..7], file.Region(3, size), file.Region(9, 1), _bytes[..1000], file.Region(0, 2), _bytes[..1]);

    private byte[] Expected(int size) =>
        [.. _bytes.AsSpan(0, 7), .. _bytes.AsSpan(3, size), _bytes[9], .. _bytes.AsSpan(0, 1000), .. _bytes.AsSpan(0, 2), _bytes[0]];

    private static async Task<byte[]> ReadFrame(NetworkStream stream)
    {
        using var patience = new CancellationTokenSource(Patience);
        var length = new byte[4];
        await stream.ReadExactlyAsync(length, patience.Token);
        var body = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
        await stream.ReadExactlyAsync(body, patience.Token);
        return body;
    }

    private sealed class FaultLog : ILogger
    {
        private readonly List<string> _errors = [];

        public IReadOnlyList<string> Errors
        {
            get
            {
                lock (_errors)
                {
                    return [.. _errors];
                }
            }
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_errors)
            {
                _errors.Add($"{exception}");
            }
        }
    }
}
