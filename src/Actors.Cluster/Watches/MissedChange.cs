using Actors.Cluster.Acl;
using Actors.Cluster.Znodes;
using Actors.Model.Znodes;

namespace Actors.Cluster.Watches;

/// <summary>What a client missed while it was away.</summary>
public static class MissedChange
{
    /// <summary>
    /// The event to send at once for what changed after <paramref name="since"/>, or null: the watch is to be set. As ZooKeeper's
    /// DataTree.setWatches: a znode that came and went in between is not noticed. <paramref name="readers"/> says who may be told.
    /// </summary>
    public static WatchEventType? Find(TreeMachine tree, RewatchKind kind, ReadOnlySpan<byte> path, long since, out AccessList readers)
    {
        readers = AccessList.Open;
        if (!tree.TryGetStat(path, out var stat, out var acl))
        {
            return kind == RewatchKind.Exists ? null : WatchEventType.Deleted;
        }

        readers = acl;
        return kind switch
        {
            RewatchKind.Exists => WatchEventType.Created,
            RewatchKind.Data => stat.Mzxid > since ? WatchEventType.DataChanged : null,
            _ => stat.Pzxid > since ? WatchEventType.ChildrenChanged : null,
        };
    }
}
