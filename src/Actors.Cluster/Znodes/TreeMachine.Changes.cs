using Actors.Cluster.Acl;
using Actors.Cluster.Commands;
using Actors.Model.Znodes;

namespace Actors.Cluster.Znodes;

/// <summary>Deleting znodes, setting data and access lists, checking versions.</summary>
public sealed partial class TreeMachine
{
    private const int AnyVersion = -1;

    private TreeErrorCode Delete(in TreeOperation operation, IReadOnlyList<ZnodeIdentity> caller)
    {
        var path = operation.Path;
        if (!path.Contains((byte)'/') || path.Contains((byte)0) || IsSpecial(path))
        {
            return TreeErrorCode.BadArguments;
        }

        var parent = _tree.Find(ZnodePath.ParentOf(path));
        if (parent == ZnodeTree.None)
        {
            return TreeErrorCode.NoNode;
        }

        if (MayNot(parent, ZnodePermissions.Delete, caller))
        {
            return TreeErrorCode.NoAuth;
        }

        var index = _tree.Find(path);
        var error = index == ZnodeTree.None ? TreeErrorCode.NoNode
            : !IsVersion(operation.Version, _tree[index].Version) ? TreeErrorCode.BadVersion
            : _tree[index].ChildCount > 0 ? TreeErrorCode.NotEmpty
            : TreeErrorCode.Ok;
        if (error == TreeErrorCode.Ok)
        {
            Uproot(index);
            Succeed(CommandKind.DeleteZnode, ZnodeTree.None);
        }

        return error;
    }

    private TreeErrorCode SetData(in TreeOperation operation, IReadOnlyList<ZnodeIdentity> caller)
    {
        var error = Reach(operation.Path, ZnodePermissions.Write, caller, out var index);
        if (error != TreeErrorCode.Ok)
        {
            return error;
        }

        var growth = operation.Data.Length - Math.Max(_tree[index].DataLength, 0);
        error = CheckQuota(operation.Path, operation.Data, operation.DataIsNull, growth, 0);
        if (error != TreeErrorCode.Ok)
        {
            return error;
        }

        if (!IsVersion(operation.Version, _tree[index].Version))
        {
            return TreeErrorCode.BadVersion;
        }

        ref var node = ref _tree.Change(index);
        node.Version = Next(node.Version);
        node.MtimeMs = _timeMs;
        node.Mzxid = _zxid.Value;
        _tree.SetData(index, operation.Data, operation.DataIsNull);
        _tree.Changed(index);
        Succeed(CommandKind.SetZnodeData, index);
        CountQuota(operation.Path, growth, 0);
        Note(WatchEventType.DataChanged, index);
        return TreeErrorCode.Ok;
    }

    private TreeErrorCode SetAcl(in TreeOperation operation, IReadOnlyList<ZnodeIdentity> caller)
    {
        if (!ZnodePath.IsValid(operation.Path))
        {
            return TreeErrorCode.BadArguments;
        }

        if (AclSchemes.FixUp(operation.Acl, caller) is not { } acl)
        {
            return TreeErrorCode.InvalidAcl;
        }

        var error = Reach(operation.Path, ZnodePermissions.Admin, caller, out var index);
        if (error != TreeErrorCode.Ok)
        {
            return error;
        }

        if (!IsVersion(operation.Version, _tree[index].Aversion))
        {
            return TreeErrorCode.BadVersion;
        }

        ref var node = ref _tree.Change(index);
        node.Aversion = Next(node.Aversion);
        _tree.SetAcl(index, _tree.Acls.Acquire(acl));
        _tree.Changed(index);
        Succeed(CommandKind.SetZnodeAcl, index);
        return TreeErrorCode.Ok;
    }

    private TreeErrorCode Check(in TreeOperation operation, IReadOnlyList<ZnodeIdentity> caller)
    {
        var error = Reach(operation.Path, ZnodePermissions.Read, caller, out var index);
        if (error == TreeErrorCode.Ok && !IsVersion(operation.Version, _tree[index].Version))
        {
            error = TreeErrorCode.BadVersion;
        }

        if (error == TreeErrorCode.Ok)
        {
            Succeed(CommandKind.CheckZnode, ZnodeTree.None);
        }

        return error;
    }

    /// <summary>A container without children, or a znode whose time is over, if it is still as the leader saw it.</summary>
    private TreeErrorCode DeleteExpired(ref CommandReader body)
    {
        var mzxid = body.ReadInt64();
        var pzxid = body.ReadInt64();
        var path = body.ReadBytes(out _);
        if (!body.IsComplete)
        {
            return TreeErrorCode.MarshallingError;
        }

        var index = _tree.Find(path);
        if (index == ZnodeTree.None)
        {
            return TreeErrorCode.NoNode;
        }

        ref readonly var node = ref _tree[index];
        if (!(node.IsContainer || node.HasTtl) || node.Mzxid != mzxid || node.Pzxid != pzxid)
        {
            return TreeErrorCode.BadVersion;
        }

        if (node.ChildCount > 0)
        {
            return TreeErrorCode.NotEmpty;
        }

        Uproot(index);
        return TreeErrorCode.Ok;
    }

    /// <summary>Takes a leaf away, with all that follows from it.</summary>
    private void Uproot(int index)
    {
        var length = _tree.PathLengthOf(index);
        _tree.CopyPath(index, Outcome.AddPath(length, out var start));
        Outcome.AddChange(WatchEventType.Deleted, start, length, _tree.Acls[_tree[index].Acl]);
        if (_tree[index].IsEphemeral)
        {
            LetGo(index);
        }

        var parent = _tree[index].Parent;
        var bytes = Math.Max(_tree[index].DataLength, 0);
        ref var above = ref _tree.Change(parent);
        above.Pzxid = _zxid.Value;
        _tree.Changed(parent);
        _tree.Remove(index);
        CountQuota(Outcome.PathOf(Outcome.Changes[^1]), -bytes, -1);
        Note(WatchEventType.ChildrenChanged, parent);
    }

    /// <summary>The znode of a valid path, if the caller may do this to it.</summary>
    private TreeErrorCode Reach(ReadOnlySpan<byte> path, ZnodePermissions wanted, IReadOnlyList<ZnodeIdentity> caller, out int index)
    {
        index = ZnodeTree.None;
        if (!ZnodePath.IsValid(path))
        {
            return TreeErrorCode.BadArguments;
        }

        index = _tree.Find(path);
        return index == ZnodeTree.None ? TreeErrorCode.NoNode : MayNot(index, wanted, caller) ? TreeErrorCode.NoAuth : TreeErrorCode.Ok;
    }

    private static bool IsVersion(int wanted, int version) => wanted == AnyVersion || wanted == version;

    /// <summary>Never -1, which means any version (ZOOKEEPER-4743).</summary>
    private static int Next(int version) => unchecked(version + 1) is not AnyVersion and var next ? next : 0;

    private static bool IsSpecial(ReadOnlySpan<byte> path) =>
        path.SequenceEqual("/"u8) || path.SequenceEqual("/zookeeper"u8) || path.SequenceEqual("/zookeeper/quota"u8)
        || path.SequenceEqual("/zookeeper/config"u8);
}
