using Actors.Cluster.Acl;
using Actors.Model;
using Actors.Model.Znodes;

namespace Actors.Cluster.Znodes;

/// <summary>
/// Reads, at the command applied last. Many may run beside each other, none beside a command; what they answer lies in the tree and is
/// copied before the next command.
/// </summary>
public sealed partial class TreeMachine
{
    /// <summary>The data of a znode; null data is not the same as empty.</summary>
    public TreeErrorCode GetData(
        ReadOnlySpan<byte> path, IReadOnlyList<ZnodeIdentity> caller, out ReadOnlySpan<byte> data, out bool isNull, out ZnodeStat stat)
    {
        var error = ReachRead(path, ZnodePermissions.Read, caller, out var index, out stat);
        data = error == TreeErrorCode.Ok ? _tree.DataOf(index) : default;
        isNull = error == TreeErrorCode.Ok && _tree[index].DataLength < 0;
        return error;
    }

    /// <summary>Whether there is a znode; needs the right to read it (ZOOKEEPER-2590).</summary>
    public TreeErrorCode Exists(ReadOnlySpan<byte> path, IReadOnlyList<ZnodeIdentity> caller, out ZnodeStat stat) =>
        ReachRead(path, ZnodePermissions.Read, caller, out _, out stat);

    /// <summary>A znode's Stat and access list, whoever asks.</summary>
    internal bool TryGetStat(ReadOnlySpan<byte> path, out ZnodeStat stat, out AccessList acl)
    {
        var index = _tree.Find(path);
        (stat, acl) = index == ZnodeTree.None ? (default, AccessList.Open) : (_tree[index].Stat, _tree.Acls[_tree[index].Acl]);
        return index != ZnodeTree.None;
    }

    /// <summary>Whether somebody may be told of a change.</summary>
    public bool MayRead(AccessList readers, IReadOnlyList<ZnodeIdentity> caller) =>
        Settings.SkipAcl || AclSchemes.Allows(readers, ZnodePermissions.Read, caller);

    /// <summary>zxid of the command applied last.</summary>
    public long LastZxid => _zxid.Value;

    /// <summary>The state was restored: the last command was this one.</summary>
    public void ResumeAt(Zxid zxid) => _zxid = zxid;

    /// <summary>The children of a znode, to be walked.</summary>
    public TreeErrorCode GetChildren(ReadOnlySpan<byte> path, IReadOnlyList<ZnodeIdentity> caller, out ZnodeChildren children, out ZnodeStat stat)
    {
        var error = ReachRead(path, ZnodePermissions.Read, caller, out var index, out stat);
        children = new ZnodeChildren(_tree, error == TreeErrorCode.Ok ? index : ZnodeTree.None);
        return error;
    }

    /// <summary>
    /// The access list of a znode: for those who may read or administer it; without the latter digests are hidden.
    /// </summary>
    public TreeErrorCode GetAcl(ReadOnlySpan<byte> path, IReadOnlyList<ZnodeIdentity> caller, out IReadOnlyList<ZnodeAcl> acl, out ZnodeStat stat)
    {
        acl = [];
        var error = ReachRead(path, ZnodePermissions.Read | ZnodePermissions.Admin, caller, out var index, out stat);
        if (error != TreeErrorCode.Ok)
        {
            return error;
        }

        acl = _tree.Acls[_tree[index].Acl].Entries;
        if (MayNot(index, ZnodePermissions.Admin, caller))
        {
            acl = [.. acl.Select(Hidden)];
        }

        return TreeErrorCode.Ok;
    }

    /// <summary>Number of all znodes below one.</summary>
    public TreeErrorCode GetAllChildrenNumber(ReadOnlySpan<byte> path, IReadOnlyList<ZnodeIdentity> caller, out int count)
    {
        var error = ReachRead(path, ZnodePermissions.Read, caller, out var index, out _);
        count = error == TreeErrorCode.Ok ? (index == ZnodeTree.RootIndex ? _tree.Count : Measure(index).Count) - 1 : 0;

        // ZooKeeper counts the keys that begin with the path and a slash: with the empty path the root is one of them.
        count += error == TreeErrorCode.Ok && path.IsEmpty ? 1 : 0;
        return error;
    }

    /// <summary>The paths of a session's ephemeral znodes that begin with a prefix, in ordinal order.</summary>
    public IReadOnlyList<byte[]> GetEphemerals(long sessionId, ReadOnlySpan<byte> prefix)
    {
        var paths = new List<byte[]>();
        if (Sessions.TryGet(sessionId, out var session))
        {
            foreach (var index in session.Ephemerals)
            {
                var path = new byte[_tree.PathLengthOf(index)];
                _tree.CopyPath(index, path);
                if (path.AsSpan().StartsWith(prefix))
                {
                    paths.Add(path);
                }
            }
        }

        paths.Sort(static (a, b) => a.AsSpan().SequenceCompareTo(b));
        return paths;
    }

    /// <summary>
    /// Containers and znodes with a time to live that the leader may delete now, as it sees them; it proposes, apply decides. Walks at
    /// most <paramref name="maxSlots"/> slots from <paramref name="cursor"/> on, which it moves; 0 begins anew.
    /// </summary>
    public void FindExpired(ref int cursor, int maxSlots, long nowMs, long neverUsedMs, ICollection<ExpiredZnode> found)
    {
        var end = (int)Math.Min((long)cursor + maxSlots, _tree.End);
        for (; cursor < end; cursor++)
        {
            if (!_tree.IsInUse(cursor) || _tree[cursor].ChildCount > 0)
            {
                continue;
            }

            ref readonly var node = ref _tree[cursor];
            if ((node.IsContainer && (node.Creations != 0 || nowMs - node.CtimeMs >= neverUsedMs))
                || (node.HasTtl && nowMs - node.MtimeMs > node.TtlMs))
            {
                var path = new byte[_tree.PathLengthOf(cursor)];
                _tree.CopyPath(cursor, path);
                found.Add(new ExpiredZnode(path, node.Mzxid, node.Pzxid));
            }
        }

        cursor = cursor >= _tree.End ? 0 : cursor;
    }

    private TreeErrorCode ReachRead(
        ReadOnlySpan<byte> path, ZnodePermissions wanted, IReadOnlyList<ZnodeIdentity> caller, out int index, out ZnodeStat stat)
    {
        // Only writes look at a path's form; to a read a path that no znode can have is one that none has, and the empty one is the root.
        index = _tree.Find(path);
        var error = index == ZnodeTree.None ? TreeErrorCode.NoNode : MayNot(index, wanted, caller) ? TreeErrorCode.NoAuth : TreeErrorCode.Ok;
        stat = error == TreeErrorCode.Ok ? _tree[index].Stat : default;
        return error;
    }

    private static ZnodeAcl Hidden(ZnodeAcl entry) =>
        entry is { Scheme: AclSchemes.Digest, Id: { } id } && id.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon
            ? entry with { Id = id[..colon] + ":x" }
            : entry;
}

/// <summary>A znode that may be deleted, as the leader saw it.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Mzxid">When its data was last set.</param>
/// <param name="Pzxid">When a child last came or went.</param>
public readonly record struct ExpiredZnode(byte[] Path, long Mzxid, long Pzxid);
