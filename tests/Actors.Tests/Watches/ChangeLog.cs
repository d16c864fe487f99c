using System.Text;
using Actors.Abstractions;
using Actors.Model.Ports;
using Actors.Model.Znodes;

namespace Actors.Tests.Watches;

/// <summary>All changes of the tree, noted where they are applied: what subscriptions are compared with.</summary>
internal sealed class ChangeLog : ITreeSessionOwner, IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<ZnodeEvent> _changes = [];
    private readonly ILocalTree _tree;
    private readonly int _watcher;

    public ChangeLog(ILocalTree tree, IEnumerable<string> paths)
    {
        _tree = tree;
        _watcher = tree.AddWatcher(this);
        var view = tree.BeginReads();
        try
        {
            view.Watch(_watcher, WatchMode.PersistentRecursive, "/"u8);
            foreach (var path in paths)
            {
                view.Watch(_watcher, WatchMode.Persistent, Encoding.UTF8.GetBytes(path));
            }
        }
        finally
        {
            tree.EndReads();
        }
    }

    public IReadOnlyList<ZnodeIdentity> Identities => [];

    public IReadOnlyList<ZnodeEvent> Changes
    {
        get
        {
            lock (_gate)
            {
                return [.. _changes];
            }
        }
    }

    /// <summary>What a watch of this path tells.</summary>
    public static bool IsFor(in ZnodeEvent change, string path, bool isRecursive) => isRecursive
        ? change.Type != WatchEventType.ChildrenChanged
            && (path == "/" || change.Path == path || change.Path.StartsWith(path + "/", StringComparison.Ordinal))
        : change.Path == path;

    public void OnEvent(ChangePosition position, WatchEventType type, ReadOnlySpan<byte> path)
    {
        lock (_gate)
        {
            _changes.Add(new ZnodeEvent { Type = type, Path = Encoding.UTF8.GetString(path), Zxid = position.Zxid, Index = position.Index });
        }
    }

    public void OnEvent(long zxid, WatchEventType type, ReadOnlySpan<byte> path) => throw new NotSupportedException();

    public void OnSessionEnded()
    {
    }

    public void OnSessionMoved()
    {
    }

    public void OnRoundEnd()
    {
    }

    public void Dispose() => _tree.RemoveWatcher(_watcher);
}
