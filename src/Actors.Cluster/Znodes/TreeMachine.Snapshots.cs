using Actors.Cluster.Commands;
using Actors.Cluster.Snapshots;

namespace Actors.Cluster.Znodes;

/// <summary>
/// Into snapshots and out of them: a head with settings, access lists and sessions, written at once, then znodes in slices.
/// <code>
/// head: 8 digest | 4 znodes | 1 settings | string super digest or null | access lists | sessions
/// </code>
/// </summary>
public sealed partial class TreeMachine
{
    /// <summary>Begins an image of the state as it is now: writes its head; <see cref="WriteImage"/> writes the rest, beside commands.</summary>
    internal object BeginImage(CommandWriter head)
    {
        head.WriteInt64((long)Digest);
        head.WriteInt32(_tree.Count);
        EncodeSettings(head);
        _tree.Acls.Encode(head);
        Sessions.Encode(head);
        return _tree.BeginImage();
    }

    /// <summary>Writes the next slice; false once all is written.</summary>
    internal bool WriteImage(object begun, CommandWriter slice, int slots) => _tree.WriteImage(begun, slice, slots);

    /// <summary>
    /// A machine in the state of an image: its head is the section that is there, its slices are those that follow, of id
    /// <paramref name="slices"/>. Null, with the reason, if it is not whole; the section behind it is the reader's again.
    /// </summary>
    internal static TreeMachine? Load(SnapshotSections sections, byte slices, out string? reason)
    {
        var head = sections.Body;
        var machine = new TreeMachine(isEmpty: true);
        var digest = (ulong)head.ReadInt64();
        var count = head.ReadInt32();
        var flags = head.ReadByte();
        var superDigest = head.ReadNullableString();
        machine.Settings = new TreeSettings((flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0, superDigest);
        reason = "the tree's head cannot be read";
        if (!machine._tree.Acls.Decode(ref head) || !machine.Sessions.Decode(ref head) || !head.IsComplete)
        {
            return null;
        }

        reason = "a slice of the tree cannot be read";
        while (sections.MoveNext() && sections.Id == slices)
        {
            var slice = sections.Body;
            if (!machine._tree.ReadImages(ref slice))
            {
                return null;
            }
        }

        reason = "the tree's znodes do not hang together";
        if (!machine._tree.FinishImages() || machine._tree.Count != count)
        {
            return null;
        }

        machine.CollectEphemerals();
        reason = machine.Digest == digest ? null : $"the tree's digest is {digest:x16}, but what it holds has {machine.Digest:x16}";
        return reason is null ? machine : null;
    }

    private void CollectEphemerals()
    {
        for (var index = 0; index < _tree.End; index++)
        {
            if (_tree.IsInUse(index) && _tree[index].IsEphemeral)
            {
                Hold(index);
            }
        }
    }
}
