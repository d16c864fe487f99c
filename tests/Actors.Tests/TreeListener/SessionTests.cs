using Actors.Model.Znodes;
using Actors.Tests.Net;
using Actors.Tests.Node;
using Actors.ZooKeeper.Wire;
using static Actors.Tests.TreeListener.TreeClient;

namespace Actors.Tests.TreeListener;

/// <summary>Sessions: opened, taken up again, moved, closed, expired.</summary>
public sealed class SessionTests
{
    [Theory]
    [InlineData(1, 50)]
    [InlineData(10_000, 10_000)]
    [InlineData(int.MaxValue, 40_000)]
    public async Task A_timeout_is_kept_within_what_the_server_allows(int asked, int given)
    {
        await using var tree = await TreeHarness.StartAsync(lookPeriod: TimeSpan.FromMinutes(1));
        var (client, _) = tree.Accept();
        Assert.True(await client.ConnectAsync(asked));
        Assert.Equal(given, client.TimeoutMs);
    }

    [Fact]
    public async Task Sessions_have_ids_and_passwords_of_their_own()
    {
        await using var tree = await TreeHarness.StartAsync();
        var (one, other) = (await tree.ConnectAsync(), await tree.ConnectAsync());
        Assert.NotEqual(one.SessionId, other.SessionId);
        Assert.NotEqual(one.Password, other.Password);
    }

    [Fact]
    public async Task A_session_moves_to_the_connection_that_takes_it_up_and_the_old_one_is_closed()
    {
        await using var tree = await TreeHarness.StartAsync();
        var (first, connection) = tree.Accept();
        Assert.True(await first.ConnectAsync(30_000));
        await first.CreateAsync("/e", "", CreateMode.Ephemeral);
        var (second, _) = tree.Accept();
        Assert.True(await second.ConnectAsync(30_000, first.SessionId, first.Password));
        Assert.Equal(first.SessionId, second.SessionId);
        await NetHarness.Until(() => connection.IsClosed);
        Assert.Equal(TreeErrorCode.Ok, (await second.GetAsync("/e")).Error);
    }

    [Fact]
    public async Task A_wrong_password_gets_no_session_and_disturbs_none()
    {
        await using var tree = await TreeHarness.StartAsync();
        var first = await tree.ConnectAsync();
        var (thief, connection) = tree.Accept();
        Assert.False(await thief.ConnectAsync(30_000, first.SessionId, new byte[16]));
        Assert.Equal((0, 0L), (thief.TimeoutMs, thief.SessionId));
        await NetHarness.Until(() => connection.IsClosed);
        Assert.Equal(TreeErrorCode.Ok, (await first.CreateAsync("/a")).Error);
    }

    [Fact]
    public async Task A_client_that_has_seen_more_than_this_node_is_sent_elsewhere_without_an_answer()
    {
        await using var tree = await TreeHarness.StartAsync();
        var (client, connection) = tree.Accept();
        client.SendConnect(10_000, 0, null, lastZxidSeen: long.MaxValue);
        await NetHarness.Until(() => connection.IsClosed);
        Assert.Equal(0, client.Raw.ReceivedBytes);
    }

    [Fact]
    public async Task Closing_takes_the_ephemerals_along_then_answers_then_closes()
    {
        await using var tree = await TreeHarness.StartAsync();
        var watcher = await tree.ConnectAsync();
        var (client, connection) = tree.Accept();
        await client.ConnectAsync();
        await client.CreateAsync("/e", "", CreateMode.Ephemeral);
        await client.CreateAsync("/p");
        await watcher.GetAsync("/e", watch: true);
        Assert.Equal(TreeErrorCode.Ok, (await client.AskAsync(OpCode.CloseSession)).Error);
        await NetHarness.Until(() => connection.IsClosed);
        var told = await watcher.ReceiveAsync();
        Assert.Equal((-1, WatchEventType.Deleted, "/e"), (told.Xid, told.EventType, told.EventPath));
        Assert.Equal(TreeErrorCode.Ok, (await watcher.GetAsync("/p")).Error);
        Assert.False(await tree.Accept().Client.ConnectAsync(10_000, client.SessionId, client.Password));
    }

    [Fact]
    public async Task A_session_that_is_silent_ends_and_its_ephemerals_with_it()
    {
        await using var tree = await TreeHarness.StartAsync();
        var watcher = await tree.ConnectAsync();
        var (client, connection) = tree.Accept();
        await client.ConnectAsync(timeoutMs: 100);
        await client.CreateAsync("/e", "", CreateMode.Ephemeral);
        await watcher.GetAsync("/e", watch: true);
        Assert.Equal(WatchEventType.Deleted, (await watcher.ReceiveAsync()).EventType);
        await NetHarness.Until(() => connection.IsClosed);
        Assert.Equal(1, tree.Host.Tree.Statistics.Sessions);
    }

    [Fact]
    public async Task A_connection_that_ends_leaves_its_session_to_be_taken_up_again()
    {
        await using var tree = await TreeHarness.StartAsync();
        var (client, connection) = tree.Accept();
        await client.ConnectAsync(30_000);
        await client.CreateAsync("/e", "", CreateMode.Ephemeral);
        client.Raw.CloseSending();
        await NetHarness.Until(() => connection.IsClosed);
        var (again, _) = tree.Accept();
        Assert.True(await again.ConnectAsync(30_000, client.SessionId, client.Password));
        Assert.Equal(TreeErrorCode.Ok, (await again.GetAsync("/e")).Error);
    }

    [Fact]
    public async Task Sessions_znodes_and_ephemerals_outlive_the_process()
    {
        var directory = TestNode.NewDirectory();
        TreeClient client;
        long zxid;
        await using (var tree = await TreeHarness.StartAsync(directory))
        {
            client = await tree.ConnectAsync();
            await client.CreateAsync("/p", "data");
            zxid = (await client.CreateAsync("/e", "", CreateMode.Ephemeral)).Zxid;
        }

        await using (var again = await TreeHarness.StartAsync(directory))
        {
            var (back, _) = again.Accept();
            Assert.True(await back.ConnectAsync(30_000, client.SessionId, client.Password, lastZxidSeen: zxid));
            Assert.Equal("data", (await back.GetAsync("/p")).Text);
            var get = await back.GetAsync("/e");
            Assert.Equal(TreeErrorCode.Ok, get.Error);
            Assert.True(get.Zxid >= zxid);
            Assert.True((await back.CreateAsync("/q")).Zxid > zxid);
        }

        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Before_the_handshake_is_answered_nothing_else_is_read()
    {
        await using var tree = await TreeHarness.StartAsync();
        var (client, _) = tree.Accept();
        client.SendConnect(10_000, 0, null, 0);
        client.Send(OpCode.Create, Create("/a", "x"));
        client.Send(OpCode.GetData, Watchable("/a", false));
        Assert.Equal(37, (await NetHarness.ReceiveFrame(client.Raw)).Length);
        Assert.Equal(TreeErrorCode.Ok, (await client.ReceiveAsync()).Error);
        Assert.Equal("x", (await client.ReceiveAsync()).Text);
    }
}
