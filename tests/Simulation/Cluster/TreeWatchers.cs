using System.Text;
using Actors.Cluster.Watches;
using Actors.Cluster.Znodes;
using Actors.Model.Znodes;

namespace Simulation.Cluster;

/// <summary>
/// Clients that watch a few paths and outlive the node: one reads a znode and watches it, is told once when it changes, and reads it again.
/// Whoever finds a newer state than it knew while its watch stands has not been told in time. After a start they set their watches again,
/// from the last zxid they have seen.
/// </summary>
internal sealed class TreeWatchers
{
    private const long Missing = -1;

    private readonly Dictionary<(int Watcher, string Path), long> _watched = [];
    private readonly Dictionary<int, long> _seen = [];
    private WatchTable _table = new();
    private bool _isConnected;

    /// <summary>Events told.</summary>
    public int Told { get; private set; }

    /// <summary>The node that held the watches is gone.</summary>
    public void Disconnect() => (_table, _isConnected) = (new WatchTable(), false);

    /// <summary>The clients come back: what they missed is told, the rest is watched again.</summary>
    public void Reconnect(TreeMachine tree)
    {
        if (_isConnected || _seen.Values.Any(zxid => zxid > tree.LastZxid))
        {
            return; // a node that is behind a client has to wait
        }

        _isConnected = true;
        foreach (var ((watcher, path), known) in _watched.ToArray())
        {
            var bytes = Encoding.UTF8.GetBytes(path);
            var kind = known == Missing ? RewatchKind.Exists : RewatchKind.Data;
            if (MissedChange.Find(tree, kind, bytes, _seen[watcher], out _) is null)
            {
                _table.Add(watcher, WatchMode.Data, bytes);
            }
            else
            {
                _watched.Remove((watcher, path));
                Told++;
            }
        }
    }

    /// <summary>A command was applied: watchers are told before anybody reads.</summary>
    public void Applied(TreeOutcome outcome)
    {
        foreach (ref readonly var change in outcome.Changes)
        {
            var path = outcome.PathOf(change);
            foreach (var watcher in _table.Fire(change.Type, path))
            {
                ClusterHistory.Must(_watched.Remove((watcher, Encoding.UTF8.GetString(path))), $"{watcher} is told of {change.Type} and watches nothing");
                _seen[watcher] = outcome.ZxidValue;
                Told++;
            }
        }
    }

    /// <summary>A client reads a path and watches it.</summary>
    public void Look(TreeMachine tree, int watcher, string path)
    {
        if (!_isConnected)
        {
            return;
        }

        var bytes = Encoding.UTF8.GetBytes(path);
        var state = tree.Exists(bytes, TreeIntent.Caller, out var stat) == TreeErrorCode.Ok ? stat.Mzxid : Missing;
        ClusterHistory.Must(
            !_watched.TryGetValue((watcher, path), out var known) || known == state, $"{watcher} finds {path} at {state:x}, not {known:x}, and was not told");
        _watched[(watcher, path)] = state;
        _seen[watcher] = tree.LastZxid;
        _table.Add(watcher, WatchMode.Data, bytes);
    }
}
