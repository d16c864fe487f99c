using Actors.Model.Ports;
using Actors.Model.Znodes;

namespace Actors.Cluster.Znodes;

/// <summary>Reads for those who look after the tree. Like other reads: many beside each other, none beside a command.</summary>
public sealed partial class TreeMachine
{
    /// <summary>Stat and kind of a znode; needs the right to read it.</summary>
    public TreeErrorCode Describe(ReadOnlySpan<byte> path, IReadOnlyList<ZnodeIdentity> caller, out ZnodeDescription znode)
    {
        var error = ReachRead(path, ZnodePermissions.Read, caller, out var index, out var stat);
        znode = default;
        if (error == TreeErrorCode.Ok)
        {
            ref readonly var node = ref _tree[index];
            var kind = node.IsContainer ? CreateMode.Container
                : node.HasTtl ? CreateMode.PersistentWithTtl
                : node.IsEphemeral ? CreateMode.Ephemeral
                : CreateMode.Persistent;
            znode = new ZnodeDescription(stat, kind, node.HasTtl ? node.TtlMs : -1);
        }

        return error;
    }

    /// <summary>
    /// Tells the names of at most <paramref name="max"/> children from <paramref name="cursor"/> on, which it moves. Between two calls
    /// commands may be applied: a cursor whose child has gone is lost, and the walk begins anew.
    /// </summary>
    public TreeErrorCode WalkChildren(
        ReadOnlySpan<byte> path, IReadOnlyList<ZnodeIdentity> caller, int max, ref ChildCursor cursor, IZnodeNames names, out ZnodeStat stat)
    {
        ArgumentNullException.ThrowIfNull(names);
        var error = ReachRead(path, ZnodePermissions.Read, caller, out var parent, out stat);
        if (error != TreeErrorCode.Ok)
        {
            return error;
        }

        var next = cursor.Phase == ChildCursor.Walk.Begins ? _tree[parent].FirstChild : cursor.Slot;
        if (cursor.Phase == ChildCursor.Walk.Goes
            && !(_tree.IsInUse(next) && _tree[next].Parent == parent && _tree[next].Czxid == cursor.Czxid))
        {
            cursor = new ChildCursor { Phase = ChildCursor.Walk.Lost };
            return TreeErrorCode.Ok;
        }

        names.Begin(stat.ChildCount);
        for (var told = 0; told < max && next != ZnodeTree.None; told++)
        {
            names.Add(_tree.NameOf(next));
            next = _tree[next].NextSibling;
        }

        cursor = next == ZnodeTree.None
            ? new ChildCursor { Phase = ChildCursor.Walk.Ended }
            : new ChildCursor { Phase = ChildCursor.Walk.Goes, Slot = next, Czxid = _tree[next].Czxid };
        return TreeErrorCode.Ok;
    }

    /// <summary>The paths of some of a session's ephemeral znodes, at most <paramref name="limit"/>, in ordinal order.</summary>
    public IReadOnlyList<byte[]> ListEphemerals(long sessionId, int limit)
    {
        var paths = new List<byte[]>();
        if (Sessions.TryGet(sessionId, out var session))
        {
            foreach (var index in session.Ephemerals)
            {
                if (paths.Count >= limit)
                {
                    break;
                }

                var path = new byte[_tree.PathLengthOf(index)];
                _tree.CopyPath(index, path);
                paths.Add(path);
            }
        }

        paths.Sort(static (a, b) => a.AsSpan().SequenceCompareTo(b));
        return paths;
    }
}

/// <summary>Where a walk over children stands: the next child, known by its slot and by when it was created.</summary>
public struct ChildCursor
{
    internal enum Walk : byte
    {
        Begins,
        Goes,
        Ended,
        Lost,
    }

    /// <summary>All have been told.</summary>
    public readonly bool IsEnded => Phase == Walk.Ended;

    /// <summary>The child it stood at has gone: the walk has to begin anew.</summary>
    public readonly bool IsLost => Phase == Walk.Lost;

    internal Walk Phase { readonly get; init; }

    internal int Slot { readonly get; init; }

    internal long Czxid { readonly get; init; }
}
