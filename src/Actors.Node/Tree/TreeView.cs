using Actors.Cluster.Acl;
using Actors.Cluster.Watches;
using Actors.Cluster.Znodes;
using Actors.Model.Ports;
using Actors.Model.Znodes;

namespace Actors.Node.Tree;

/// <summary>
/// The tree between two commands, for those who read it, and the watches of this node's connections. Readers run beside each other: what
/// changes the watches is serialized here; firing runs where commands are applied, when nobody reads.
/// </summary>
internal sealed partial class TreeView(TreeMachine tree) : ITreeView
{
    private readonly Lock _gate = new();
    private readonly WatchTable _watches = new();
    private readonly List<ITreeSessionOwner?> _watchers = [];
    private readonly Stack<int> _free = new();

    public long LastZxid => tree.LastZxid;

    /// <summary>How large the tree is.</summary>
    public TreeStatistics Statistics => new(
        tree.ZnodeCount, tree.EphemeralCount, tree.DataBytes, tree.Sessions.Count, _watches.Count, _watches.PathCount);

    public int AddWatcher(ITreeSessionOwner owner)
    {
        lock (_gate)
        {
            if (_free.TryPop(out var number))
            {
                _watchers[number] = owner;
                return number;
            }

            _watchers.Add(owner);
            return _watchers.Count - 1;
        }
    }

    public void RemoveWatcher(int watcher)
    {
        lock (_gate)
        {
            _watches.RemoveWatcher(watcher);
            _watchers[watcher] = null;
            _free.Push(watcher);
        }
    }

    /// <summary>Tells a change to those who watch it and may know. Where commands are applied.</summary>
    public void Fire(TreeOutcome outcome, int index, HashSet<ITreeSessionOwner> toWake)
    {
        ref readonly var change = ref outcome.Changes[index];
        var path = outcome.PathOf(change);
        foreach (var watcher in _watches.Fire(change.Type, path))
        {
            if (_watchers[watcher] is { } owner && tree.MayRead(change.Readers, owner.Identities))
            {
                owner.OnEvent(new ChangePosition(outcome.ZxidValue, index), change.Type, path);
                toWake.Add(owner);
            }
        }
    }

    /// <summary>Whether somebody may be told of a change of what has this access list.</summary>
    public bool MayRead(AccessList readers, IReadOnlyList<ZnodeIdentity> caller) => tree.MayRead(readers, caller);

    public bool Watch(int watcher, WatchMode mode, ReadOnlySpan<byte> path)
    {
        lock (_gate)
        {
            return _watches.Add(watcher, mode, path);
        }
    }

    public bool IsWatched(int watcher, WatchMode? mode, ReadOnlySpan<byte> path)
    {
        lock (_gate)
        {
            return mode is { } one ? _watches.Contains(watcher, one, path) : _watches.Contains(watcher, path);
        }
    }

    public bool Unwatch(int watcher, WatchMode? mode, ReadOnlySpan<byte> path)
    {
        lock (_gate)
        {
            return mode is { } one ? _watches.Remove(watcher, one, path) : _watches.Remove(watcher, path);
        }
    }

    public WatchEventType? FindMissed(
        RewatchKind kind, ReadOnlySpan<byte> path, long sinceZxid, IReadOnlyList<ZnodeIdentity> caller, out bool mayRead)
    {
        var missed = MissedChange.Find(tree, kind, path, sinceZxid, out var readers);
        mayRead = tree.MayRead(readers, caller);
        return missed;
    }

    public TreeErrorCode GetData(
        ReadOnlySpan<byte> path, IReadOnlyList<ZnodeIdentity> caller, out ReadOnlySpan<byte> data, out bool isNull, out ZnodeStat stat) =>
        tree.GetData(path, caller, out data, out isNull, out stat);

    public TreeErrorCode Exists(ReadOnlySpan<byte> path, IReadOnlyList<ZnodeIdentity> caller, out ZnodeStat stat) =>
        tree.Exists(path, caller, out stat);

    public TreeErrorCode Describe(ReadOnlySpan<byte> path, IReadOnlyList<ZnodeIdentity> caller, out ZnodeDescription znode) =>
        tree.Describe(path, caller, out znode);

    public TreeErrorCode GetChildren(ReadOnlySpan<byte> path, IReadOnlyList<ZnodeIdentity> caller, IZnodeNames names, out ZnodeStat stat)
    {
        var error = tree.GetChildren(path, caller, out var children, out stat);
        if (error == TreeErrorCode.Ok)
        {
            names.Begin(children.Count);
            foreach (var name in children)
            {
                names.Add(name);
            }
        }

        return error;
    }

    public TreeErrorCode GetAcl(ReadOnlySpan<byte> path, IReadOnlyList<ZnodeIdentity> caller, out IReadOnlyList<ZnodeAcl> acl, out ZnodeStat stat) =>
        tree.GetAcl(path, caller, out acl, out stat);

    public TreeErrorCode GetAllChildrenNumber(ReadOnlySpan<byte> path, IReadOnlyList<ZnodeIdentity> caller, out int count) =>
        tree.GetAllChildrenNumber(path, caller, out count);

    public IReadOnlyList<byte[]> GetEphemerals(long sessionId, ReadOnlySpan<byte> prefix) => tree.GetEphemerals(sessionId, prefix);
}
