using System.Diagnostics.CodeAnalysis;
using Actors.Cluster.Sessions;
using Actors.Cluster.Znodes;
using Actors.Model.Ports;
using Actors.Model.Znodes;

namespace Actors.Node.Tree;

/// <summary>Who watches what, for those who look after the tree. Under the gate's shared side, like other reads.</summary>
internal sealed partial class TreeView
{
    /// <summary>How many paths each of some sessions watches; sessions that no connection of this node serves are left out.</summary>
    public void CountWatches(IDictionary<long, int> bySession)
    {
        lock (_gate)
        {
            for (var watcher = 0; watcher < _watchers.Count; watcher++)
            {
                if (_watchers[watcher] is { } owner && bySession.TryGetValue(owner.SessionId, out var count))
                {
                    bySession[owner.SessionId] = count + _watches.PathCountOf(watcher);
                }
            }
        }
    }

    public IReadOnlyList<byte[]> ListWatchesOf(long sessionId, int limit)
    {
        var paths = new List<byte[]>();
        lock (_gate)
        {
            for (var watcher = 0; watcher < _watchers.Count && paths.Count < limit; watcher++)
            {
                if (sessionId != 0 && _watchers[watcher]?.SessionId == sessionId)
                {
                    paths.AddRange(_watches.ListPathsOf(watcher, limit - paths.Count));
                }
            }
        }

        paths.Sort(static (a, b) => a.AsSpan().SequenceCompareTo(b));
        return paths;
    }

    public IReadOnlyList<WatchedPath> ListWatches(int limit, int maxWatchers)
    {
        lock (_gate)
        {
            return _watches.List(limit, maxWatchers, SessionOf);
        }
    }

    public WatchedPath ListWatchers(ReadOnlySpan<byte> path, int maxWatchers)
    {
        lock (_gate)
        {
            return _watches.List(path, maxWatchers, SessionOf);
        }
    }

    public TreeErrorCode WalkChildren(
        ReadOnlySpan<byte> path, IReadOnlyList<ZnodeIdentity> caller, int max, ref ChildCursor cursor, IZnodeNames names, out ZnodeStat stat) =>
        tree.WalkChildren(path, caller, max, ref cursor, names, out stat);

    public IReadOnlyList<byte[]> ListEphemerals(long sessionId, int limit) => tree.ListEphemerals(sessionId, limit);

    public bool TryGetSession(long id, [NotNullWhen(true)] out TreeSession? session) => tree.Sessions.TryGet(id, out session);

    private long SessionOf(int watcher) => _watchers[watcher]?.SessionId ?? 0;
}
