using System.Text;
using System.Text.Json;
using Actors.Dashboard.Api;
using Actors.Hosting.Silo;
using Actors.Model.Znodes;
using Actors.Tests.Net;
using Actors.Tests.TreeListener;
using Actors.ZooKeeper.Wire;
using static Actors.Tests.TreeListener.TreeClient;

namespace Actors.Tests.Dashboard;

/// <summary>The tree as the API shows it: what anybody may see, in bounded answers.</summary>
public sealed class TreeApiTests : IAsyncLifetime
{
    private TreeHarness _tree = null!;
    private DashboardUnderTest _dashboard = null!;

    public async ValueTask InitializeAsync()
    {
        _tree = await TreeHarness.StartAsync();
        _dashboard = await DashboardUnderTest.StartAsync();
        _dashboard.Node.Tree = _tree.Host.Tree;
        _dashboard.Node.MoreListeners.Add(new ListenerStatistics("zookeeper", _tree.Listener.Connections, () => _tree.Listener.Times));
        _dashboard.Status.Ports = _dashboard.Node.Ports;
    }

    public async ValueTask DisposeAsync()
    {
        await _dashboard.DisposeAsync();
        await _tree.DisposeAsync();
    }

    [Fact]
    public async Task A_znode_is_shown_with_stat_kind_data_and_access_list()
    {
        var client = await _tree.ConnectAsync();
        await client.CreateAsync("/shop", "{\"a\":1}");
        await client.AskAsync(OpCode.SetData, SetData("/shop", "{\"a\":2}"));
        await client.CreateAsync("/shop/worker-", "x", CreateMode.EphemeralSequential);

        var shop = await _dashboard.GetAsync("/api/v1/tree/znode?path=/shop");
        var znode = shop.GetProperty("znode");
        Assert.Equal(("ok", "persistent"), (Text(shop, "outcome"), Text(znode, "kind")));
        Assert.Equal((1, 1, 7), (Int(znode, "version"), Int(znode, "childCount"), Int(znode, "dataLengthBytes")));
        Assert.Equal("{\"a\":2}", Text(shop.GetProperty("data"), "text"));
        Assert.Equal("cdrwa", Text(shop.GetProperty("acl")[0], "permissions"));
        Assert.Equal(Text(shop, "zxid"), Text(znode, "pzxid"));

        var worker = (await _dashboard.GetAsync("/api/v1/tree/znode?path=/shop/worker-0000000000")).GetProperty("znode");
        Assert.Equal("ephemeral", Text(worker, "kind"));
        Assert.True(worker.GetProperty("looksSequential").GetBoolean());
        Assert.Equal($"0x{client.SessionId:x}", Text(worker, "ephemeralOwner"));
        Assert.Equal("no-znode", Text(await _dashboard.GetAsync("/api/v1/tree/znode?path=/none"), "outcome"));
    }

    [Fact]
    public async Task Only_the_first_4_KiB_of_data_are_shown_and_never_a_torn_character()
    {
        var client = await _tree.ConnectAsync();
        await client.CreateAsync("/long", "x" + new string('é', 4000));
        var data = (await _dashboard.GetAsync("/api/v1/tree/znode?path=/long")).GetProperty("data");
        Assert.Equal((8001, true), (Int(data, "lengthBytes"), data.GetProperty("isCut").GetBoolean()));
        Assert.Equal("x" + new string('é', 2047), Text(data, "text"));
        Assert.Equal(TreeReader.PreviewBytes, Convert.FromBase64String(Text(data, "base64")!).Length);
    }

    [Theory]
    [InlineData("\u0001\u0002", null)]
    [InlineData("tab\tand\nline", "tab\tand\nline")]
    [InlineData("<script>alert(1)</script>", "<script>alert(1)</script>")]
    public async Task Data_is_text_if_a_person_can_read_it(string data, string? text)
    {
        var client = await _tree.ConnectAsync();
        await client.CreateAsync("/d", data);
        Assert.Equal(text, Text((await _dashboard.GetAsync("/api/v1/tree/znode?path=/d")).GetProperty("data"), "text"));
    }

    [Fact]
    public async Task What_anybody_may_not_read_is_told_by_its_name_only()
    {
        var client = await _tree.ConnectAsync();
        await CreateSecretAsync(client, "/secret", "the password");
        await client.AskAsync(OpCode.Exists, Watchable("/secret/below", watch: true));

        var secret = await _dashboard.GetAsync("/api/v1/tree/znode?path=/secret");
        Assert.Equal("no-permission", Text(secret, "outcome"));
        Assert.Equal(
            (JsonValueKind.Null, JsonValueKind.Null, JsonValueKind.Null),
            (secret.GetProperty("znode").ValueKind, secret.GetProperty("data").ValueKind, secret.GetProperty("acl").ValueKind));
        var listed = (await _dashboard.GetAsync("/api/v1/tree/children?path=/")).GetProperty("children").EnumerateArray()
            .Single(c => Text(c, "name") == "secret");
        Assert.Equal(("hidden", -1, -1), (Text(listed, "kind"), Int(listed, "dataLengthBytes"), Int(listed, "childCount")));
        Assert.Equal("no-permission", Text(await _dashboard.GetAsync("/api/v1/tree/children?path=/secret"), "outcome"));
        Assert.Equal("no-permission", Text((await _dashboard.GetAsync("/api/v1/tree/stats?path=/secret")).GetProperty("stats")[0], "outcome"));
        var watches = await _dashboard.GetAsync("/api/v1/tree/watches");
        Assert.Equal((1, 0), (Int(watches, "hidden"), watches.GetProperty("paths").GetArrayLength()));
        var session = await _dashboard.GetAsync($"/api/v1/tree/session?id=0x{client.SessionId:x}");
        Assert.Equal((1, 0), (Int(session, "hidden"), session.GetProperty("watches").GetArrayLength()));
    }

    [Fact]
    public async Task Children_are_paged_and_filtered()
    {
        var client = await _tree.ConnectAsync();
        await client.CreateAsync("/p");
        foreach (var name in new[] { "b", "a", "c+d e&f", "<b>bold<b>" })
        {
            await client.CreateAsync("/p/" + name);
        }

        var page = await _dashboard.GetAsync("/api/v1/tree/children?path=/p&limit=3");
        Assert.Equal("<b>bold<b>|a|b", Names(page));
        Assert.Equal((4, true), (Int(page, "count"), page.GetProperty("hasMore").GetBoolean()));
        Assert.Equal("c+d e&f", Names(await _dashboard.GetAsync("/api/v1/tree/children?path=/p&after=b")));
        Assert.Equal("c+d e&f", Names(await _dashboard.GetAsync("/api/v1/tree/children?path=/p&contains=%2Bd%20e%26")));
        Assert.Equal("no-znode", Text(await _dashboard.GetAsync("/api/v1/tree/children?path=/none"), "outcome"));
        Assert.Equal("ok", Text(
            await _dashboard.GetAsync("/api/v1/tree/znode?path=" + Uri.EscapeDataString("/p/c+d e&f")), "outcome"));
    }

    [Fact]
    public async Task Stats_tell_whether_what_is_open_has_moved()
    {
        var client = await _tree.ConnectAsync();
        await client.CreateAsync("/s");
        var before = (await _dashboard.GetAsync("/api/v1/tree/stats?path=/s&path=/none")).GetProperty("stats");
        await client.CreateAsync("/s/child");
        var after = (await _dashboard.GetAsync("/api/v1/tree/stats?path=/s")).GetProperty("stats");
        Assert.Equal(Text(before[0], "mzxid"), Text(after[0], "mzxid"));
        Assert.NotEqual(Text(before[0], "pzxid"), Text(after[0], "pzxid"));
        Assert.Equal("no-znode", Text(before[1], "outcome"));
        var many = string.Join('&', Enumerable.Range(0, TreeReader.MaxStatsPerAnswer + 50).Select(i => $"path=/{i}"));
        Assert.Equal(
            TreeReader.MaxStatsPerAnswer, (await _dashboard.GetAsync("/api/v1/tree/stats?" + many)).GetProperty("stats").GetArrayLength());
    }

    [Fact]
    public async Task Sessions_show_timeout_ephemerals_and_watches()
    {
        var (one, other) = (await _tree.ConnectAsync(20_000), await _tree.ConnectAsync());
        await one.CreateAsync("/e", "", CreateMode.Ephemeral);
        await other.GetAsync("/e", watch: true);

        var answer = await _dashboard.GetAsync("/api/v1/tree/sessions");
        var first = answer.GetProperty("sessions")[0];
        Assert.Equal(2, Int(answer, "count"));
        Assert.Equal(($"0x{one.SessionId:x}", 20_000, 1, 0), (
            Text(first, "id"), Int(first, "timeoutMs"), Int(first, "ephemerals"), Int(first, "watchedPaths")));
        Assert.NotNull(Text(first, "address"));
        var next = await _dashboard.GetAsync($"/api/v1/tree/sessions?after={Text(first, "id")}");
        Assert.Equal($"0x{other.SessionId:x}", Text(next.GetProperty("sessions")[0], "id"));

        var session = await _dashboard.GetAsync($"/api/v1/tree/session?id=0x{one.SessionId:x}");
        Assert.Equal("/e", session.GetProperty("ephemerals")[0].GetString());
        var watched = (await _dashboard.GetAsync("/api/v1/tree/watches")).GetProperty("paths")[0];
        Assert.Equal(("/e", 1), (Text(watched, "path"), Int(watched, "count")));
        Assert.Equal(("data", $"0x{other.SessionId:x}"), (
            Text(watched.GetProperty("watchers")[0], "mode"), Text(watched.GetProperty("watchers")[0], "session")));
        Assert.Equal("no-session", Text(await _dashboard.GetAsync("/api/v1/tree/session?id=0x1"), "outcome"));
    }

    [Fact]
    public async Task Figures_agree_between_overview_metrics_and_mntr()
    {
        var client = await _tree.ConnectAsync();
        await client.CreateAsync("/e", "12345", CreateMode.Ephemeral);
        await client.GetAsync("/e", watch: true);
        await _dashboard.PassOneSecondAsync();
        var tree = await _dashboard.GetAsync("/api/v1/tree");
        var metrics = await _dashboard.Http.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        var (word, connection) = _tree.Accept();
        word.Raw.Send("mntr"u8);
        await NetHarness.Until(() => connection.IsClosed);
        var bytes = new byte[word.Raw.ReceivedBytes];
        await word.Raw.ReceiveExactlyAsync(bytes, TestContext.Current.CancellationToken);
        var mntr = Encoding.ASCII.GetString(bytes);

        foreach (var (field, metric, key) in new[]
        {
            ("znodes", "actors_tree_znodes", "znode_count"), ("ephemerals", "actors_tree_ephemerals", "ephemerals_count"),
            ("dataBytes", "actors_tree_data_bytes", "approximate_data_size"), ("sessions", "actors_tree_sessions", "global_sessions"),
            ("watches", "actors_tree_watches", "watch_count"),
        })
        {
            Assert.Matches($$"""(?m)^{{metric}}\{[^}]*\} {{Int(tree, field)}}$""", metrics);
            Assert.Contains($"zk_{key}\t{Int(tree, field)}\n", mntr, StringComparison.Ordinal);
        }

        Assert.Matches($$"""(?m)^actors_tree_zxid\{[^}]*\} {{_tree.Host.Tree.LastZxid}}$""", metrics);
        Assert.Equal($"0x{_tree.Host.Tree.LastZxid:x}", Text(tree, "zxid"));
        Assert.True(Int(tree, "answered") > 0);
    }

    private static Task<Answer> CreateSecretAsync(TreeClient client, string path, string data) => client.AskAsync(OpCode.Create, writer =>
    {
        writer.WriteString(path);
        writer.WriteString(data);
        writer.WriteInt32(1);
        writer.WriteInt32((int)ZnodePermissions.All);
        writer.WriteString("ip");
        writer.WriteString("127.0.0.1");
        writer.WriteInt32(0);
    });

    private static string Names(JsonElement page) =>
        string.Join('|', page.GetProperty("children").EnumerateArray().Select(c => Text(c, "name")));

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static int Int(JsonElement element, string name) => element.GetProperty(name).GetInt32();
}
