using System.Diagnostics;
using Actors.Cluster.Acl;

namespace Actors.Cluster.Znodes;

/// <summary>What a multi has done so far, to be taken back if one of its operations fails.</summary>
internal sealed partial class ZnodeTree
{
    private readonly List<(UndoKind Kind, int Index, Znode Before)> _undo = [];
    private readonly List<(int Name, int Data, int Acl)> _dropLater = [];
    private ulong _digestBefore;

    private enum UndoKind
    {
        Added,
        Removed,
        Changed,
    }

    private bool IsRecording { get; set; }

    /// <summary>From here on changes can be taken back.</summary>
    public void BeginRecording()
    {
        IsRecording = true;
        _digestBefore = Digest;
    }

    /// <summary>What was recorded stays.</summary>
    public void Keep()
    {
        IsRecording = false;
        foreach (var (name, data, acl) in _dropLater)
        {
            Drop(name, data, acl);
        }

        _dropLater.Clear();
        _undo.Clear();
    }

    /// <summary>What was recorded is taken back, last first; <paramref name="undone"/> is told of each znode that came or went.</summary>
    public void TakeBack(Action<int, bool> undone)
    {
        for (var i = _undo.Count - 1; i >= 0; i--)
        {
            var (kind, index, before) = _undo[i];
            switch (kind)
            {
                case UndoKind.Added:
                    undone(index, false);
                    Unlink(index);
                    Drop(_slab[index].Name, _slab[index].Data, _slab[index].Acl);
                    _slab.Give(index);
                    break;
                case UndoKind.Removed:
                    var back = _slab.Take();
                    Debug.Assert(back == index, "slots are given out last freed first");
                    _slab[index] = before;
                    Link(index);
                    undone(index, true);
                    break;
                default:
                    Restore(index, before);
                    break;
            }
        }

        _undo.Clear();
        _dropLater.Clear();
        IsRecording = false;
        Digest = _digestBefore;
    }

    private void Restore(int index, in Znode before)
    {
        ref var node = ref _slab[index];
        if (node.Data != before.Data)
        {
            Drop(ByteArena.None, node.Data, AclTable.None);
            DataBytes += Math.Max(before.DataLength, 0) - Math.Max(node.DataLength, 0);
        }

        if (node.Acl != before.Acl)
        {
            Drop(ByteArena.None, ByteArena.None, node.Acl);
        }

        (node.Czxid, node.Mzxid, node.Pzxid) = (before.Czxid, before.Mzxid, before.Pzxid);
        (node.CtimeMs, node.MtimeMs) = (before.CtimeMs, before.MtimeMs);
        (node.Version, node.Creations, node.Aversion) = (before.Version, before.Creations, before.Aversion);
        (node.Acl, node.Data, node.DataLength, node.DataHash) = (before.Acl, before.Data, before.DataLength, before.DataHash);
    }

    private void DropOrLater(int name, int data, int acl)
    {
        if (IsRecording)
        {
            _dropLater.Add((name, data, acl));
        }
        else
        {
            Drop(name, data, acl);
        }
    }

    private void Drop(int name, int data, int acl)
    {
        _bytes.Free(name);
        _bytes.Free(data);
        if (acl != AclTable.None)
        {
            Acls.Release(acl);
        }
    }

    private void NoteAdded(int index)
    {
        if (IsRecording)
        {
            _undo.Add((UndoKind.Added, index, default));
        }
    }

    private void NoteRemoved(int index)
    {
        if (IsRecording)
        {
            _undo.Add((UndoKind.Removed, index, _slab[index]));
        }
    }

    private void NoteChanged(int index)
    {
        if (IsRecording)
        {
            _undo.Add((UndoKind.Changed, index, _slab[index]));
        }
    }
}
