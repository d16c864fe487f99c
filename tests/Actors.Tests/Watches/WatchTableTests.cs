using System.Text;
using Actors.Cluster.Watches;
using Actors.Model.Znodes;
using CsCheck;

namespace Actors.Tests.Watches;

/// <summary>Watches: who is told of what, how often, and that nothing is left behind.</summary>
public sealed class WatchTableTests
{
    private static readonly string[] s_paths = ["/", "/a", "/a/b", "/a/b/c", "/ab"];

    private static readonly Gen<(int What, int Watcher, WatchMode Mode, string Path, WatchEventType Type)> s_step =
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 150], Gen.Int[0, 3], Gen.Int[0, s_paths.Length - 1], Gen.Int[1, 4])
            .Select((what, watcher, mode, path, type) => (what, watcher, (WatchMode)mode, s_paths[path], (WatchEventType)type));

    [Theory]
    [InlineData(3)]
    [InlineData(64)]
    [InlineData(200)]
    public void A_listing_tells_how_many_watch_and_names_as_many_as_asked_for(int watchers)
    {
        var table = new WatchTable();
        for (var watcher = 0; watcher < watchers; watcher++)
        {
            table.Add(watcher, WatchMode.Data, "/a"u8);
        }

        table.Add(1000, WatchMode.PersistentRecursive, "/a"u8);
        var listed = table.List("/a"u8, 2, static watcher => watcher + 5);
        Assert.Equal((watchers + 1, "5 6"), (listed.Count, string.Join(' ', listed.Watchers.Select(w => w.SessionId))));
        listed = Assert.Single(table.List(10, int.MaxValue, static watcher => watcher));
        Assert.Equal([.. Enumerable.Range(0, watchers).Select(w => (long)w), 1000], listed.Watchers.Select(w => w.SessionId));
        Assert.Equal(WatchMode.PersistentRecursive, listed.Watchers[^1].Mode);
        Assert.Empty(table.List("/none"u8, 2, static watcher => watcher).Watchers);
    }

    [Fact]
    public void The_told_are_those_of_a_list_of_all_watches() => s_step.Array[1, 400].Sample(
        steps =>
        {
            var table = new WatchTable();
            var all = new HashSet<(int Watcher, WatchMode Mode, string Path)>();
            foreach (var (what, watcher, mode, path, type) in steps)
            {
                switch (what)
                {
                    case < 6:
                        Assert.True(table.Add(watcher, mode, Bytes(path)));
                        all.Add((watcher, mode, path));
                        break;
                    case 6:
                        Assert.Equal(all.Remove((watcher, mode, path)), table.Remove(watcher, mode, Bytes(path)));
                        break;
                    case 7:
                        Assert.Equal(all.RemoveWhere(w => w.Watcher == watcher && w.Path == path) > 0, table.Remove(watcher, Bytes(path)));
                        break;
                    case 8:
                        table.RemoveWatcher(watcher);
                        all.RemoveWhere(w => w.Watcher == watcher);
                        break;
                    default:
                        var told = all.Where(w => IsTold(w.Mode, w.Path, type, path)).ToList();
                        Assert.Equal(told.Select(w => w.Watcher).Distinct().Order(), table.Fire(type, Bytes(path)).ToArray().Order());
                        all.ExceptWith(told.Where(w => w.Mode is WatchMode.Data or WatchMode.Child));
                        break;
                }

                Assert.Equal(all.Count, table.Count);
                Assert.Equal(all.Select(w => w.Path).Distinct().Count(), table.PathCount);
                Assert.Equal(all.Select(w => w.Watcher).Distinct().Count(), table.WatcherCount);
                Assert.Equal(all.Contains((watcher, mode, path)), table.Contains(watcher, mode, Bytes(path)));
            }
        },
        iter: 200, threads: 2);

    [Fact]
    public void A_watcher_with_many_watches_is_told_once()
    {
        var table = new WatchTable();
        foreach (var mode in Enum.GetValues<WatchMode>())
        {
            table.Add(3, mode, "/a"u8);
        }

        table.Add(3, WatchMode.PersistentRecursive, "/"u8);
        Assert.Equal([3], table.Fire(WatchEventType.Deleted, "/a"u8).ToArray());
        Assert.Equal([3], table.Fire(WatchEventType.Created, "/a"u8).ToArray());
        Assert.Equal([3], table.Fire(WatchEventType.ChildrenChanged, "/a"u8).ToArray());
        Assert.Equal(3, table.Count);
    }

    [Fact]
    public void Thousands_of_watchers_of_one_path_are_told_and_forgotten()
    {
        var table = new WatchTable();
        for (var watcher = 0; watcher < 10_000; watcher++)
        {
            table.Add(watcher, WatchMode.Data, "/a"u8);
        }

        Assert.Equal(Enumerable.Range(0, 10_000), table.Fire(WatchEventType.DataChanged, "/a"u8).ToArray().Order());
        Assert.Equal((0, 0, 0), (table.Count, table.PathCount, table.WatcherCount));
    }

    [Fact]
    public void Who_comes_back_learns_what_changed_meanwhile()
    {
        var log = Znodes.TreeLog.WithSession(1);
        log.Create("/a", 1);
        var since = log.Machine.LastZxid.Value;
        Assert.Null(Find(log, RewatchKind.Data, "/a", since));
        Assert.Null(Find(log, RewatchKind.Exists, "/b", since));
        Assert.Equal(WatchEventType.Deleted, Find(log, RewatchKind.Data, "/b", since));
        Assert.Equal(WatchEventType.Created, Find(log, RewatchKind.Exists, "/a", since));
        log.Create("/a/c", 1);
        Assert.Equal(WatchEventType.ChildrenChanged, Find(log, RewatchKind.Children, "/a", since));
        Assert.Null(Find(log, RewatchKind.Data, "/a", since));
        log.Set("/a", 1, "x");
        Assert.Equal(WatchEventType.DataChanged, Find(log, RewatchKind.Data, "/a", since));
    }

    private static WatchEventType? Find(Znodes.TreeLog log, RewatchKind kind, string path, long since) =>
        MissedChange.Find(log.Tree, kind, Bytes(path), since, out _);

    private static bool IsTold(WatchMode mode, string watched, WatchEventType type, string path) => mode switch
    {
        WatchMode.Data => watched == path && type != WatchEventType.ChildrenChanged,
        WatchMode.Child => watched == path && type is WatchEventType.ChildrenChanged or WatchEventType.Deleted && watched == path,
        WatchMode.Persistent => watched == path,
        _ => type != WatchEventType.ChildrenChanged
            && (watched == path || watched == "/" || path.StartsWith(watched + "/", StringComparison.Ordinal)),
    };

    private static byte[] Bytes(string path) => Encoding.UTF8.GetBytes(path);
}
