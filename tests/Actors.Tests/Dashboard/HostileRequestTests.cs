using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Actors.Hosting.Silo;
using Actors.Model.Znodes;
using Actors.Tests.TreeListener;

namespace Actors.Tests.Dashboard;

/// <summary>Requests that no page sends: each is answered or refused, none is a fault of ours, and the next one is answered as ever.</summary>
public sealed class HostileRequestTests
{
    private const int RequestsPerSeed = 150;

    private static readonly string[] s_routes =
    [
        "/", "/app.js", "/metrics", "/health", "/health/ready", "/api/v1/overview", "/api/v1/topics", "/api/v1/topics/orders", "/api/v1/history",
        "/api/v1/nodes", "/api/v1/connections", "/api/v1/tree", "/api/v1/tree/znode", "/api/v1/tree/children", "/api/v1/tree/stats",
        "/api/v1/tree/sessions", "/api/v1/tree/session", "/api/v1/tree/watches", "/api/v1/groups", "/api/v1/group",
    ];

    private static readonly string[] s_names = ["path", "limit", "after", "contains", "id", "PATH", "", "a b"];

    private static readonly string[] s_values =
    [
        "/", "", "//", "/..", "/%2e%2e/%2e%2e/etc/passwd", "%00", "%", "%zz", "%ff%fe", "%ED%A0%80", "%F0%9F%92%A9", "%u0041", "+", "&", "=",
        "-1", "0", "1", "500", "2147483648", "99999999999999999999", "0x", "0xffffffffffffffff", "0x10000000000000000", "NaN",
        "<script>", "'\"", "\\", "/a/b/c", "/zookeeper", "..;/", "%0d%0aX-Injected:%201", "${jndi:ldap://x}",
    ];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<int> Seeds => [1, 2, 3, Environment.TickCount & 0xFFFF];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Garbage_is_answered_or_refused_and_never_a_fault(int seed)
    {
        await using var tree = await TreeHarness.StartAsync();
        await using var dashboard = await DashboardUnderTest.StartAsync();
        Serve(dashboard, tree);
        dashboard.Node.AddTopic("orders", 2);
        var client = await tree.ConnectAsync();
        await client.CreateAsync("/a");
        await client.CreateAsync("/a/b", "x", CreateMode.Ephemeral);

        await dashboard.PassOneSecondAsync();

        var random = new Random(seed);
        for (var i = 0; i < RequestsPerSeed; i++)
        {
            var request = Request(random, out var isMutated);
            var answer = await AskAsync(dashboard.Http.BaseAddress!.Port, request, isMutated);
            var status = Status(answer);

            // 505: a mutation of the protocol's version.
            Assert.True(status is < 500 or 505, $"seed {seed}, request {i}: {status} for {Shown(request)}");
            var body = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
            if (status == 200 && answer.AsSpan(0, body).Contains("Content-Type: application/json", StringComparison.Ordinal)
                && answer.AsSpan(0, body).Contains("Content-Length", StringComparison.Ordinal))
            {
                using var json = JsonDocument.Parse(answer.AsMemory(body));
                Assert.Equal(JsonValueKind.Object, json.RootElement.ValueKind);
            }

            Assert.DoesNotContain("\r\nX-Injected", answer, StringComparison.OrdinalIgnoreCase);
        }

        Assert.Equal("x", (await dashboard.GetAsync("/api/v1/tree/znode?path=/a/b")).GetProperty("data").GetProperty("text").GetString());
        Assert.Empty(tree.Errors);
    }

    [Fact]
    public async Task The_longest_path_that_can_be_asked_for_is_answered_and_a_longer_one_refused()
    {
        await using var tree = await TreeHarness.StartAsync();
        await using var dashboard = await DashboardUnderTest.StartAsync();
        Serve(dashboard, tree);
        foreach (var (length, expected) in new[] { (60_000, 200), (70_000, 414) })
        {
            foreach (var path in new[] { new string('a', length), string.Concat(Enumerable.Repeat("/a", length / 2)) })
            {
                var answer = await AskAsync(dashboard.Http.BaseAddress!.Port, Plain($"/api/v1/tree/znode?path=/{path}"));
                Assert.Equal(expected, Status(answer));
            }
        }
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    public async Task Nothing_can_be_changed_through_it(string method)
    {
        await using var dashboard = await DashboardUnderTest.StartAsync();
        foreach (var route in s_routes.Where(r => r.StartsWith("/api", StringComparison.Ordinal)))
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), route) { Content = new StringContent("{}") };
            using var answer = await dashboard.Http.SendAsync(request, Cancelled);
            Assert.Equal(System.Net.HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        }
    }

    private static void Serve(DashboardUnderTest dashboard, TreeHarness tree)
    {
        dashboard.Node.Tree = tree.Host.Tree;
        dashboard.Node.MoreListeners.Add(new ListenerStatistics("zookeeper", tree.Listener.Connections, () => tree.Listener.Times));
        dashboard.Status.Ports = dashboard.Node.Ports;
    }

    private static byte[] Request(Random random, out bool isMutated)
    {
        var target = new StringBuilder(s_routes[random.Next(s_routes.Length)]);
        if (random.Next(6) == 0)
        {
            target.Append('/').Append(s_values[random.Next(s_values.Length)]);
        }

        for (var p = random.Next(random.Next(10) == 0 ? 200 : 4); p > 0; p--)
        {
            target.Append(target.ToString().Contains('?', StringComparison.Ordinal) ? '&' : '?').Append(s_names[random.Next(s_names.Length)])
                .Append('=').Append(s_values[random.Next(s_values.Length)]);
            if (random.Next(20) == 0)
            {
                target.Append((char)random.Next('a', 'z'), random.Next(30_000));
            }
        }

        var bytes = Plain(target.ToString());
        isMutated = random.Next(4) == 0;
        for (var mutations = isMutated ? random.Next(1, 6) : 0; mutations > 0; mutations--)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        return bytes;
    }

    private static byte[] Plain(string target) =>
        Encoding.Latin1.GetBytes($"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

    private static async Task<string> AskAsync(int port, byte[] request, bool endsSending = false)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync("127.0.0.1", port, Cancelled);
        var answer = new StringBuilder();
        try
        {
            await socket.SendAsync(request, Cancelled);
            if (endsSending)
            {
                socket.Shutdown(SocketShutdown.Send); // a mutated request may promise more than comes: nobody is to wait for it
            }

            var buffer = new byte[65536];
            for (var read = 1; read > 0;)
            {
                read = await socket.ReceiveAsync(buffer, Cancelled);
                answer.Append(Encoding.Latin1.GetString(buffer, 0, read));
            }
        }
        catch (SocketException)
        {
            // Refused before all of it was read: what came until then is the answer.
        }

        return answer.ToString();
    }

    /// <summary>The status of an answer; 0: the connection was closed without one.</summary>
    private static int Status(string answer) =>
        answer.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) ? int.Parse(answer.AsSpan(9, 3), CultureInfo.InvariantCulture) : 0;

    private static string Shown(byte[] request) => Encoding.Latin1.GetString(request, 0, Math.Min(request.Length, 500));
}
