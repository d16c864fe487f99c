using System.Text;
using Actors.Model.Ports;
using Actors.Model.Znodes;
using Actors.Node.Tree;
using Actors.ZooKeeper.Wire;
using static Actors.Tests.TreeListener.TreeClient;

namespace Actors.Tests.TreeListener;

/// <summary>What those who look after the tree may list: children in pages, sessions, watches.</summary>
public sealed class ListingTests
{
    [Fact]
    public async Task Children_come_in_pages_in_ordinal_order_and_filtered()
    {
        await using var tree = await TreeHarness.StartAsync();
        var client = await tree.ConnectAsync();
        foreach (var path in new[] { "/a", "/a/Two", "/a/one", "/a/three", "/a/four" })
        {
            await client.CreateAsync(path);
        }

        var page = List(tree, "/a", limit: 2);
        Assert.Equal(("Two,four", 4, true, true), (Names(page), page.Matching, page.HasMore, page.IsWhole));
        page = List(tree, "/a", after: "four", limit: 2);
        Assert.Equal(("one,three", 4, false), (Names(page), page.Matching, page.HasMore));
        page = List(tree, "/a", contains: "t");
        Assert.Equal(("Two,three", 2, false), (Names(page), page.Matching, page.HasMore));
        Assert.Equal("three", Names(List(tree, "/a", contains: "th")));
        Assert.Equal("Two", Names(List(tree, "/a", contains: "T")));
        Assert.Equal(4, page.Parent.ChildCount);
        Assert.Equal(TreeErrorCode.NoNode, tree.Host.Tree.ListChildren("/none"u8, [], default, out _));
    }

    [Fact]
    public async Task A_walk_over_more_children_than_a_slice_finds_each_once()
    {
        await using var tree = await TreeHarness.StartAsync();
        var client = await tree.ConnectAsync();
        await client.CreateAsync("/q");
        const int Count = (2 * LocalTree.ChildrenPerSlice) + 500;
        const int Burst = 500;
        for (var i = 0; i < Count; i += Burst)
        {
            for (var k = 0; k < Burst; k++)
            {
                client.Send(OpCode.Create, Create($"/q/{i + k:D6}"));
            }

            for (var k = 0; k < Burst; k++)
            {
                await client.ReceiveAsync();
            }
        }

        var seen = new List<string>();
        ZnodeChildrenPage page;
        do
        {
            page = List(tree, "/q", after: seen.Count > 0 ? seen[^1] : "", limit: 1000);
            Assert.Equal((Count, true), (page.Matching, page.IsWhole));
            seen.AddRange(page.Names.Select(Encoding.UTF8.GetString));
        }
        while (page.HasMore);

        Assert.Equal(Enumerable.Range(0, Count).Select(i => $"{i:D6}"), seen);
    }

    [Fact]
    public async Task Sessions_are_told_with_their_ephemerals_watches_and_silence()
    {
        await using var tree = await TreeHarness.StartAsync();
        var (one, other) = (await tree.ConnectAsync(20_000), await tree.ConnectAsync());
        await one.CreateAsync("/e1", "", CreateMode.Ephemeral);
        await one.CreateAsync("/e2", "", CreateMode.Ephemeral);
        await other.GetAsync("/e1", watch: true);

        var sessions = tree.Host.Tree.ListSessions(long.MinValue, 10);
        Assert.Equal([one.SessionId, other.SessionId], sessions.Select(s => s.Id));
        Assert.Equal((20_000, 2, 0), (sessions[0].TimeoutMs, sessions[0].Ephemerals, sessions[0].WatchedPaths));
        Assert.Equal((0, 1), (sessions[1].Ephemerals, sessions[1].WatchedPaths));
        Assert.InRange(sessions[0].SilentMs, 0, 20_000);
        Assert.NotNull(tree.Listener.Connections.Find(sessions[0].Connection));
        Assert.Equal([other.SessionId], tree.Host.Tree.ListSessions(one.SessionId, 10).Select(s => s.Id));
        Assert.Equal(["/e1", "/e2"], tree.Host.Tree.ListEphemerals(one.SessionId, 10).Select(Encoding.UTF8.GetString));
        Assert.Single(tree.Host.Tree.ListEphemerals(one.SessionId, 1));
        Assert.False(tree.Host.Tree.TryDescribeSession(42, out _));
    }

    [Fact]
    public async Task Watches_are_told_by_path_and_by_session()
    {
        await using var tree = await TreeHarness.StartAsync();
        var (one, other) = (await tree.ConnectAsync(), await tree.ConnectAsync());
        await one.CreateAsync("/w");
        await one.GetAsync("/w", watch: true);
        await other.GetAsync("/w", watch: true);
        await other.AskAsync(OpCode.GetChildren, Watchable("/w", watch: true));
        await other.AskAsync(OpCode.Exists, Watchable("/none", watch: true));

        var watched = tree.Host.Tree.ListWatchers("/w"u8, 10);
        Assert.Equal(3, watched.Count);
        Assert.Equal(
            new HashSet<ZnodeWatcher> { new(one.SessionId, WatchMode.Data), new(other.SessionId, WatchMode.Data), new(other.SessionId, WatchMode.Child) },
            [.. watched.Watchers]);
        Assert.Equal(3, tree.Host.Tree.ListWatchers("/w"u8, 1).Count);
        Assert.Single(tree.Host.Tree.ListWatchers("/w"u8, 1).Watchers);
        Assert.Equal(["/none", "/w"], tree.Host.Tree.ListWatchesOf(other.SessionId, 10).Select(Encoding.UTF8.GetString));
        Assert.Equal(2, tree.Host.Tree.ListWatches(10, 10).Count);
        Assert.Single(tree.Host.Tree.ListWatches(1, 10));
    }

    [Fact]
    public async Task Kinds_that_a_stat_does_not_tell_are_told()
    {
        await using var tree = await TreeHarness.StartAsync();
        var client = await tree.ConnectAsync();
        await client.CreateAsync("/plain");
        await client.CreateAsync("/fleeting", "", CreateMode.Ephemeral);
        await client.AskAsync(OpCode.CreateContainer, Create("/box", "", CreateMode.Container));
        await client.AskAsync(OpCode.CreateTtl, writer =>
        {
            Create("/brief", "", CreateMode.PersistentWithTtl)(writer);
            writer.WriteInt64(90_000);
        });

        var view = tree.Host.Tree.BeginReads();
        try
        {
            Assert.Equal((CreateMode.Persistent, -1L), Kind("/plain"));
            Assert.Equal((CreateMode.Ephemeral, -1L), Kind("/fleeting"));
            Assert.Equal((CreateMode.Container, -1L), Kind("/box"));
            Assert.Equal((CreateMode.PersistentWithTtl, 90_000L), Kind("/brief"));
        }
        finally
        {
            tree.Host.Tree.EndReads();
        }

        (CreateMode Kind, long TtlMs) Kind(string path)
        {
            Assert.Equal(TreeErrorCode.Ok, view.Describe(Encoding.UTF8.GetBytes(path), [], out var znode));
            return (znode.Kind, znode.TtlMs);
        }
    }

    private static ZnodeChildrenPage List(TreeHarness tree, string path, string contains = "", string after = "", int limit = 100)
    {
        var query = new ZnodeChildrenQuery(Encoding.UTF8.GetBytes(contains), Encoding.UTF8.GetBytes(after), limit);
        Assert.Equal(TreeErrorCode.Ok, tree.Host.Tree.ListChildren(Encoding.UTF8.GetBytes(path), [], query, out var page));
        return page;
    }

    private static string Names(ZnodeChildrenPage page) => string.Join(',', page.Names.Select(Encoding.UTF8.GetString));
}
