using Actors.Model.Ports;
using Actors.Model.Znodes;

namespace Actors.Cluster.Watches;

/// <summary>What is watched by whom, for those who look after the tree.</summary>
public sealed partial class WatchTable
{
    private static readonly WatchMode[] s_modes = Enum.GetValues<WatchMode>();

    /// <summary>Paths that a watcher watches.</summary>
    public int PathCountOf(int watcher) => _byWatcher.TryGetValue(watcher, out var paths) ? paths.Count : 0;

    /// <summary>At most <paramref name="limit"/> of the paths that a watcher watches. They are the table's own: not to be changed.</summary>
    public IReadOnlyList<byte[]> ListPathsOf(int watcher, int limit) =>
        _byWatcher.TryGetValue(watcher, out var paths) ? [.. paths.Take(limit).Select(entry => entry.Path)] : [];

    /// <summary>At most <paramref name="limit"/> watched paths, each with at most <paramref name="maxWatchers"/> of its watchers.</summary>
    public IReadOnlyList<WatchedPath> List(int limit, int maxWatchers, Func<int, long> sessionOf) =>
        [.. _entries.Values.Take(limit).Select(entry => Describe(entry, maxWatchers, sessionOf))];

    /// <summary>One path with at most <paramref name="maxWatchers"/> of its watchers.</summary>
    public WatchedPath List(ReadOnlySpan<byte> path, int maxWatchers, Func<int, long> sessionOf) =>
        _byPath.TryGetValue(path, out var entry) ? Describe(entry, maxWatchers, sessionOf) : new WatchedPath(path.ToArray(), 0, []);

    private static WatchedPath Describe(WatchEntry entry, int maxWatchers, Func<int, long> sessionOf)
    {
        var count = 0;
        var watchers = new List<ZnodeWatcher>();
        var numbers = new List<int>();
        foreach (var mode in s_modes)
        {
            ref var set = ref entry[mode];
            count += set.Count;
            if (set.Count == 0 || watchers.Count >= maxWatchers)
            {
                continue;
            }

            numbers.Clear();
            set.CopyTo(numbers, maxWatchers - watchers.Count);
            watchers.AddRange(numbers.Select(number => new ZnodeWatcher(sessionOf(number), mode)));
        }

        return new WatchedPath(entry.Path, count, watchers);
    }
}
