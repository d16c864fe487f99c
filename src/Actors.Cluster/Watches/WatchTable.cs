using System.Runtime.InteropServices;
using Actors.Model.Znodes;

namespace Actors.Cluster.Watches;

/// <summary>
/// The watches of one node's connections: no part of the replicated state. A watcher is a small number the node gives a connection. Used
/// where commands are applied and where reads register, never both at once.
/// </summary>
public sealed partial class WatchTable
{
    /// <summary>Most watched paths of one watcher, a million: one that wants more is refused.</summary>
    public const int MaxWatchesPerWatcher = 1_000_000;

    /// <summary>Most watches of a node, five million, at about 200 bytes each: whoever wants one more is refused.</summary>
    public const int MaxWatches = 5_000_000;

    private readonly int _maxPerWatcher;
    private readonly int _max;
    private readonly Dictionary<byte[], WatchEntry> _entries = new(new PathComparer());
    private readonly Dictionary<byte[], WatchEntry>.AlternateLookup<ReadOnlySpan<byte>> _byPath;
    private readonly Dictionary<int, HashSet<WatchEntry>> _byWatcher = [];
    private readonly List<int> _told = [];
    private readonly List<int> _once = [];
    private int[] _toldAt = new int[64];
    private int _firing;
    private int _recursiveCount;

    /// <summary>A table without watches.</summary>
    public WatchTable(int maxPerWatcher = MaxWatchesPerWatcher, int max = MaxWatches)
    {
        (_maxPerWatcher, _max) = (maxPerWatcher, max);
        _byPath = _entries.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>Watched paths.</summary>
    public int PathCount => _entries.Count;

    /// <summary>Watches: a watcher on a path in a mode.</summary>
    public int Count { get; private set; }

    /// <summary>Watchers that have any.</summary>
    public int WatcherCount => _byWatcher.Count;

    /// <summary>Watches a path. False if the watcher, or the node, has too many.</summary>
    public bool Add(int watcher, WatchMode mode, ReadOnlySpan<byte> path)
    {
        if (Count >= _max)
        {
            return false;
        }

        ref var paths = ref CollectionsMarshal.GetValueRefOrAddDefault(_byWatcher, watcher, out _);
        paths ??= [];
        if (!_byPath.TryGetValue(path, out var entry))
        {
            if (paths.Count >= _maxPerWatcher)
            {
                return false;
            }

            entry = new WatchEntry(path.ToArray());
            _entries.Add(entry.Path, entry);
        }
        else if (paths.Count >= _maxPerWatcher && !paths.Contains(entry))
        {
            return false;
        }

        paths.Add(entry);
        if (entry[mode].Add(watcher))
        {
            Count++;
            _recursiveCount += mode == WatchMode.PersistentRecursive ? 1 : 0;
        }

        return true;
    }

    /// <summary>Whether the path is watched so (checkWatches).</summary>
    public bool Contains(int watcher, WatchMode mode, ReadOnlySpan<byte> path) =>
        _byPath.TryGetValue(path, out var entry) && entry[mode].Contains(watcher);

    /// <summary>Whether the path is watched in any mode.</summary>
    public bool Contains(int watcher, ReadOnlySpan<byte> path) => _byPath.TryGetValue(path, out var entry) && entry.Has(watcher);

    /// <summary>Ends a watch. False if there is none.</summary>
    public bool Remove(int watcher, WatchMode mode, ReadOnlySpan<byte> path) =>
        _byPath.TryGetValue(path, out var entry) && Remove(watcher, mode, entry, isLast: true);

    /// <summary>Ends all watches of a path. False if there are none.</summary>
    public bool Remove(int watcher, ReadOnlySpan<byte> path) => _byPath.TryGetValue(path, out var entry) && RemoveAllModes(watcher, entry);

    /// <summary>The connection is gone.</summary>
    public void RemoveWatcher(int watcher)
    {
        if (_byWatcher.Remove(watcher, out var paths))
        {
            foreach (var entry in paths)
            {
                RemoveAllModes(watcher, entry);
            }
        }
    }

    /// <summary>
    /// Something happened to a path: the watchers that are to be told, each once, whatever the number of its watches. Watches for once
    /// are used up, also where the watcher turns out not to have the right to know. Valid until the next call.
    /// </summary>
    public ReadOnlySpan<int> Fire(WatchEventType type, ReadOnlySpan<byte> path)
    {
        _told.Clear();
        if (_entries.Count == 0)
        {
            return default;
        }

        _firing++;
        if (_byPath.TryGetValue(path, out var entry))
        {
            if (type != WatchEventType.ChildrenChanged)
            {
                TellOnce(entry, WatchMode.Data);
            }

            if (type is WatchEventType.ChildrenChanged or WatchEventType.Deleted)
            {
                TellOnce(entry, WatchMode.Child);
            }

            Tell(entry.Persistent);
            DropIfEmpty(entry);
        }

        if (_recursiveCount > 0 && type != WatchEventType.ChildrenChanged)
        {
            TellRecursive(path);
        }

        return CollectionsMarshal.AsSpan(_told);
    }

    private void TellOnce(WatchEntry entry, WatchMode mode)
    {
        ref var set = ref entry[mode];
        if (set.Count == 0)
        {
            return;
        }

        _once.Clear();
        set.CopyTo(_once);
        Count -= set.Count;
        set.Clear();
        foreach (var watcher in _once)
        {
            TellOne(watcher);
            ForgetIfLast(watcher, entry);
        }
    }

    private void TellRecursive(ReadOnlySpan<byte> path)
    {
        while (true)
        {
            if (_byPath.TryGetValue(path, out var entry))
            {
                Tell(entry.Recursive);
            }

            if (path.Length <= 1)
            {
                return;
            }

            path = path[..Math.Max(path.LastIndexOf((byte)'/'), 1)];
        }
    }

    private void Tell(in WatcherSet set)
    {
        if (set.Count > 0)
        {
            _once.Clear();
            set.CopyTo(_once);
            foreach (var watcher in _once)
            {
                TellOne(watcher);
            }
        }
    }

    private void TellOne(int watcher)
    {
        if (watcher >= _toldAt.Length)
        {
            Array.Resize(ref _toldAt, Math.Max(watcher + 1, _toldAt.Length * 2));
        }

        if (_toldAt[watcher] != _firing)
        {
            _toldAt[watcher] = _firing;
            _told.Add(watcher);
        }
    }

    private bool RemoveAllModes(int watcher, WatchEntry entry)
    {
        var removed = Remove(watcher, WatchMode.Data, entry, isLast: false) | Remove(watcher, WatchMode.Child, entry, isLast: false)
            | Remove(watcher, WatchMode.Persistent, entry, isLast: false) | Remove(watcher, WatchMode.PersistentRecursive, entry, isLast: false);
        ForgetIfLast(watcher, entry);
        DropIfEmpty(entry);
        return removed;
    }

    private bool Remove(int watcher, WatchMode mode, WatchEntry entry, bool isLast)
    {
        var removed = entry[mode].Remove(watcher);
        if (removed)
        {
            Count--;
            _recursiveCount -= mode == WatchMode.PersistentRecursive ? 1 : 0;
        }

        if (isLast && removed)
        {
            ForgetIfLast(watcher, entry);
            DropIfEmpty(entry);
        }

        return removed;
    }

    private void ForgetIfLast(int watcher, WatchEntry entry)
    {
        if (!entry.Has(watcher) && _byWatcher.TryGetValue(watcher, out var paths) && paths.Remove(entry) && paths.Count == 0)
        {
            _byWatcher.Remove(watcher);
        }
    }

    private void DropIfEmpty(WatchEntry entry)
    {
        if (entry.IsEmpty)
        {
            _entries.Remove(entry.Path);
        }
    }
}
