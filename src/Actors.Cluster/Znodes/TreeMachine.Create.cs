using Actors.Cluster.Acl;
using Actors.Cluster.Commands;
using Actors.Model.Znodes;

namespace Actors.Cluster.Znodes;

/// <summary>Creating znodes.</summary>
public sealed partial class TreeMachine
{
    private const int SequenceDigits = 10;
    private const int MaxSequenceBytes = 11; // ten digits, and a sign once the count has wrapped

    private byte[] _composed = new byte[256];

    private TreeErrorCode Create(in TreeOperation operation, long sessionId, IReadOnlyList<ZnodeIdentity> caller)
    {
        var error = CheckMode(operation, out var mode);
        if (error != TreeErrorCode.Ok)
        {
            return error;
        }

        if (sessionId == 0 && (mode is CreateMode.Ephemeral or CreateMode.EphemeralSequential))
        {
            return TreeErrorCode.SessionExpired;
        }

        var slash = operation.Path.LastIndexOf((byte)'/');
        if (slash < 0 || operation.Path.Contains((byte)0))
        {
            return TreeErrorCode.BadArguments;
        }

        if (AclSchemes.FixUp(operation.Acl, caller) is not { } acl)
        {
            return TreeErrorCode.InvalidAcl;
        }

        var parent = _tree.Find(operation.Path[..slash]);
        if (parent == ZnodeTree.None)
        {
            return TreeErrorCode.NoNode;
        }

        if (MayNot(parent, ZnodePermissions.Create, caller))
        {
            return TreeErrorCode.NoAuth;
        }

        var path = mode is CreateMode.PersistentSequential or CreateMode.EphemeralSequential or CreateMode.PersistentSequentialWithTtl
            ? Compose(operation.Path, _tree[parent].Creations)
            : operation.Path;
        if (!ZnodePath.IsValid(path))
        {
            return TreeErrorCode.BadArguments;
        }

        if (_tree.Find(path) != ZnodeTree.None)
        {
            return TreeErrorCode.NodeExists;
        }

        if (_tree[parent].IsEphemeral)
        {
            return TreeErrorCode.NoChildrenForEphemerals;
        }

        error = CheckQuota(path, operation.Data, operation.DataIsNull, operation.Data.Length, 1);
        if (error == TreeErrorCode.Ok)
        {
            Plant(parent, path, path[(slash + 1)..], operation, OwnerOf(mode, operation.TtlMs, sessionId), acl);
        }

        return error;
    }

    private TreeErrorCode CheckMode(in TreeOperation operation, out CreateMode mode)
    {
        mode = (CreateMode)operation.Flags;
        if (mode is < CreateMode.Persistent or > CreateMode.PersistentSequentialWithTtl)
        {
            return TreeErrorCode.BadArguments;
        }

        var hasTtl = mode is CreateMode.PersistentWithTtl or CreateMode.PersistentSequentialWithTtl;
        return hasTtl && !Settings.ExtendedTypes ? TreeErrorCode.Unimplemented
            : hasTtl ? (operation.TtlMs is > 0 and <= Znode.MaxTtlMs ? TreeErrorCode.Ok : TreeErrorCode.BadArguments)
            : operation.TtlMs >= 0 ? TreeErrorCode.BadArguments
            : TreeErrorCode.Ok;
    }

    private static long OwnerOf(CreateMode mode, long ttlMs, long sessionId) => mode switch
    {
        CreateMode.Ephemeral or CreateMode.EphemeralSequential => sessionId,
        CreateMode.Container => Znode.ContainerOwner,
        CreateMode.PersistentWithTtl or CreateMode.PersistentSequentialWithTtl => Znode.OwnerOfTtl(ttlMs),
        _ => 0,
    };

    private void Plant(int parent, ReadOnlySpan<byte> path, ReadOnlySpan<byte> name, in TreeOperation operation, long owner, AccessList acl)
    {
        ref var above = ref _tree.Change(parent);
        above.Creations = unchecked(above.Creations + 1);
        above.Pzxid = _zxid.Value;
        _tree.Changed(parent);
        var fields = new Znode
        {
            Czxid = _zxid.Value, Mzxid = _zxid.Value, Pzxid = _zxid.Value, CtimeMs = _timeMs, MtimeMs = _timeMs, Owner = owner,
            Acl = _tree.Acls.Acquire(acl),
        };
        var index = _tree.Add(parent, name, fields, operation.Data, operation.DataIsNull);
        if (_tree[index].IsEphemeral)
        {
            Hold(index);
        }

        path.CopyTo(Outcome.AddPath(path.Length, out var start));
        Succeed(CommandKind.CreateZnode, index, start, path.Length);
        OnCreated(parent, index, name, path, operation.Data.Length);
        Outcome.AddChange(WatchEventType.Created, start, path.Length, _tree.Acls[_tree[index].Acl]);
        Note(WatchEventType.ChildrenChanged, parent);
    }

    /// <summary>The path with the parent's count of creations, as Java's <c>%010d</c> writes it.</summary>
    private ReadOnlySpan<byte> Compose(ReadOnlySpan<byte> path, int creations)
    {
        if (_composed.Length < path.Length + MaxSequenceBytes)
        {
            _composed = new byte[(path.Length + MaxSequenceBytes) * 2];
        }

        path.CopyTo(_composed);
        var digits = creations < 0 ? SequenceDigits - 1 : SequenceDigits;
        var end = path.Length;
        if (creations < 0)
        {
            _composed[end++] = (byte)'-';
        }

        Math.Abs((long)creations).TryFormat(
            _composed.AsSpan(end), out var written, digits == SequenceDigits ? "D10" : "D9", System.Globalization.CultureInfo.InvariantCulture);
        return _composed.AsSpan(0, end + written);
    }
}
