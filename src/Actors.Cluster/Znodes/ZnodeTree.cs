using System.Diagnostics;
using Actors.Cluster.Acl;
using Actors.Cluster.Catalog;

namespace Actors.Cluster.Znodes;

/// <summary>
/// The tree itself: slots, index by path, names and data. It knows how znodes hang together, not who may do what: that is
/// <see cref="TreeMachine"/>. Every change of a slot is announced first (<see cref="Touch"/>), for the digest, a running snapshot and the
/// undoing of a multi.
/// </summary>
internal sealed partial class ZnodeTree
{
    /// <summary>No such znode.</summary>
    public const int None = -1;

    /// <summary>Slot of the root.</summary>
    public const int RootIndex = 0;

    private readonly ZnodeSlab _slab = new();
    private readonly ByteArena _bytes = new();

    /// <summary>The access lists.</summary>
    public AclTable Acls { get; } = new();

    /// <summary>Number of znodes, the root among them.</summary>
    public int Count { get; private set; }

    /// <summary>Number of ephemeral ones.</summary>
    public int EphemeralCount { get; private set; }

    /// <summary>Bytes of all data.</summary>
    public long DataBytes { get; private set; }

    /// <summary>Bytes that names and data take, with what is lost to rounding.</summary>
    public long ArenaBytes => _bytes.ReservedBytes;

    public ref readonly Znode this[int index] => ref _slab[index];

    public ReadOnlySpan<byte> DataOf(int index) => _bytes.Get(_slab[index].Data, _slab[index].DataLength);

    public ReadOnlySpan<byte> NameOf(int index) => _bytes.Get(_slab[index].Name, _slab[index].NameLength);

    /// <summary>Makes the root of an empty tree.</summary>
    public void PlantRoot(int acl)
    {
        Debug.Assert(Count == 0, "a tree has one root");
        var index = _slab.Take();
        ref var root = ref _slab[index];
        root = new Znode
        {
            PathHash = PathHash.Root, IndexHash = _key.Root, Parent = Znode.NoParent, FirstChild = None, NextSibling = None, PreviousSibling = None,
            Name = ByteArena.None, Data = ByteArena.None, Acl = acl,
        };
        Enter(index);
        AddDigest(index);
    }

    /// <summary>Hangs a new znode under <paramref name="parent"/>; the parent's own fields stay as they are.</summary>
    public int Add(int parent, ReadOnlySpan<byte> name, in Znode fields, ReadOnlySpan<byte> data, bool isNull)
    {
        var index = _slab.Take();
        NoteTaken(index);
        ref var node = ref _slab[index];
        node = fields;
        node.PathHash = PathHash.Child(_slab[parent].PathHash, name);
        node.IndexHash = _key.Child(_slab[parent].IndexHash, name);
        node.Parent = parent;
        node.FirstChild = None;
        node.ChildCount = 0;
        node.Name = _bytes.Store(name);
        node.NameLength = name.Length;
        node.Data = _bytes.Store(data);
        node.DataLength = isNull ? -1 : data.Length;
        node.DataHash = Digest64.Compute(data);
        Link(index);
        NoteAdded(index);
        return index;
    }

    /// <summary>Takes a znode without children away; its parent's own fields stay as they are.</summary>
    public void Remove(int index)
    {
        Debug.Assert(_slab[index].ChildCount == 0 && index != RootIndex, "only a leaf is removed");
        Touch(index);
        NoteRemoved(index);
        Unlink(index);
        var node = _slab[index];
        _slab.Give(index);
        DropOrLater(node.Name, node.Data, node.Acl);
    }

    /// <summary>The slot, to be changed: not its place in the tree, nor its data.</summary>
    public ref Znode Change(int index)
    {
        Touch(index);
        NoteChanged(index);
        return ref _slab[index];
    }

    /// <summary>Replaces a znode's data; between <see cref="Change"/> and <see cref="Changed"/>.</summary>
    public void SetData(int index, ReadOnlySpan<byte> data, bool isNull)
    {
        ref var node = ref _slab[index];
        DataBytes += data.Length - Math.Max(node.DataLength, 0);
        DropOrLater(ByteArena.None, node.Data, AclTable.None);
        node.Data = _bytes.Store(data);
        node.DataLength = isNull ? -1 : data.Length;
        node.DataHash = Digest64.Compute(data);
    }

    /// <summary>Replaces a znode's access list, whose reference is taken over; between <see cref="Change"/> and <see cref="Changed"/>.</summary>
    public void SetAcl(int index, int acl)
    {
        DropOrLater(ByteArena.None, ByteArena.None, _slab[index].Acl);
        _slab[index].Acl = acl;
    }

    /// <summary>The slot has its new fields.</summary>
    public void Changed(int index) => AddDigest(index);

    private void Link(int index)
    {
        Hang(index);
        Enter(index);
        AddDigest(index);
    }

    private void Hang(int index)
    {
        ref var node = ref _slab[index];
        ref var parent = ref _slab[node.Parent];
        node.PreviousSibling = None;
        node.NextSibling = parent.FirstChild;
        if (parent.FirstChild != None)
        {
            _slab[parent.FirstChild].PreviousSibling = index;
        }

        parent.FirstChild = index;
        parent.ChildCount++;
    }

    private void Unlink(int index)
    {
        ref var node = ref _slab[index];
        ref var parent = ref _slab[node.Parent];
        if (node.PreviousSibling == None)
        {
            parent.FirstChild = node.NextSibling;
        }
        else
        {
            _slab[node.PreviousSibling].NextSibling = node.NextSibling;
        }

        if (node.NextSibling != None)
        {
            _slab[node.NextSibling].PreviousSibling = node.PreviousSibling;
        }

        parent.ChildCount--;
        Leave(index);
    }
}
