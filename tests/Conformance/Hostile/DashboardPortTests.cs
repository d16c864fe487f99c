using System.Net.Sockets;
using System.Text;
using Conformance.Fixtures;

namespace Conformance.Hostile;

/// <summary>Whatever is sent to the dashboard's port: its connections suffer, the clients of the other ports do not.</summary>
public sealed class DashboardPortTests : IDisposable
{
    private const long MemoryLimitBytes = 1_000_000_000;
    private const int Each = 150;

    /// <summary>For a machine that is busy with the attack itself.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private readonly TempFolder _data = new("dashboard-port");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task Garbage_half_requests_and_readers_that_never_read_disturb_nobody_else()
    {
        await using var silo = await SiloProcess.StartAsync(new SiloSettings(_data.Path) { ZooKeeperPort = 0 }, Cancellation);
        await using var healthy = await HealthyClient.StartAsync(silo.Kafka);
        var sockets = new List<Socket>();
        try
        {
            var random = new Random(815);
            for (var i = 0; i < Each; i++)
            {
                var garbage = new byte[random.Next(1, 20_000)];
                random.NextBytes(garbage);
                sockets.Add(await SendAsync(silo, garbage));
                sockets.Add(await SendAsync(silo, "GET /api/v1/tree/children?path=/&limit=500 HTT"u8.ToArray()));
                sockets.Add(await SendAsync(silo, Get("/api/v1/events")));
                sockets.Add(await SendAsync(silo, [.. Enumerable.Repeat(Get("/app.js"), 20).SelectMany(r => r)]));
                sockets.Add(await SendAsync(silo, "POST /api/v1/overview HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999999999\r\n\r\n"u8.ToArray()));
                sockets.Add(await SendAsync(silo, "mntr"u8.ToArray()));
            }

            using var http = new HttpClient { BaseAddress = silo.Ready.Dashboard, Timeout = LongestWait };
            for (var i = 0; i < 20; i++)
            {
                Assert.Equal("ready\n", await http.GetStringAsync("/health/ready", Cancellation));
                Assert.Contains("\"outcome\":\"ok\"", await http.GetStringAsync("/api/v1/tree/znode?path=/zookeeper", Cancellation), StringComparison.Ordinal);
            }

            await healthy.WasNotDisturbedAsync(LongestWait);
            Assert.InRange(silo.ResidentBytes, 1, MemoryLimitBytes);
        }
        finally
        {
            sockets.ForEach(s => s.Dispose());
        }
    }

    public void Dispose() => _data.Dispose();

    private static byte[] Get(string target) => Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n");

    private static async Task<Socket> SendAsync(SiloProcess silo, byte[] bytes)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        try
        {
            await socket.ConnectAsync(silo.Ready.Dashboard.Host, silo.Ready.Dashboard.Port, Cancellation);
            await socket.SendAsync(bytes, Cancellation);
        }
        catch (SocketException)
        {
            // Closed as soon as the first bytes were no request.
        }

        return socket;
    }
}
