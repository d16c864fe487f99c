using Actors.Cluster.Commands;

namespace Actors.Cluster.Znodes;

/// <summary>
/// An exact image of the tree at one command, written in slices while later commands change it: a slot that is about to change ahead of
/// the cursor is written first, as it was. Order means nothing: every image names its slot.
/// <code>
/// size field
///    4 slot + 1
///    4 parent's slot, -1 for the root
///      name                  bytes
///    8 czxid | 8 mzxid | 8 pzxid | 8 ctimeMs | 8 mtimeMs | 8 owner
///    4 version | 4 creations | 4 aversion | 4 access list
///      data                  bytes or null
/// </code>
/// </summary>
internal sealed partial class ZnodeTree
{
    private const int LeastImageBytes = 4 + 4 + 1 + (6 * 8) + (4 * 4) + 1;

    /// <summary>Bytes after which a slice ends, whatever was asked for.</summary>
    private const int MaxSliceBytes = 1 << 20;

    private TreeImage? _image;

    /// <summary>Whether an image is being written.</summary>
    public bool HasImage => _image is not null;

    /// <summary>Begins an image of the tree as it is now, and answers it; one that is not finished is given up.</summary>
    public object BeginImage() => _image = new TreeImage(_slab.End, Count);

    /// <summary>Writes the next slots, <paramref name="slots"/> at most, and what was saved ahead; false once all is written.</summary>
    public bool WriteImage(object begun, CommandWriter writer, int slots)
    {
        var image = ReferenceEquals(begun, _image) ? _image! : throw new InvalidOperationException("The image was given up for a newer one.");
        writer.WriteRaw(image.Ahead.Written);
        image.Ahead.Clear();
        var end = Math.Min((long)image.Cursor + slots, image.End);
        for (; image.Cursor < end && writer.Written.Length < MaxSliceBytes; image.Cursor++)
        {
            if (!image.IsDone(image.Cursor) && _slab.IsInUse(image.Cursor))
            {
                EncodeImage(image.Cursor, writer);
                image.Written++;
            }
        }

        if (image.Cursor < image.End)
        {
            return true;
        }

        if (image.Written != image.Count)
        {
            throw new ClusterLogException($"An image of {image.Count} znodes holds {image.Written}.");
        }

        _image = null;
        return false;
    }

    private void SaveAhead(int index)
    {
        if (_image is { } image && index >= image.Cursor && index < image.End && !image.IsDone(index))
        {
            image.SetDone(index);
            EncodeImage(index, image.Ahead);
            image.Written++;
        }
    }

    /// <summary>A slot that was free comes into use: it is no part of a running image.</summary>
    private void NoteTaken(int index)
    {
        if (_image is { } image && index < image.End)
        {
            image.SetDone(index);
        }
    }

    private void EncodeImage(int index, CommandWriter writer)
    {
        ref var node = ref _slab[index];
        writer.WriteInt32(index + 1);
        writer.WriteInt32(node.Parent);
        writer.WriteBytes(NameOf(index), isNull: false);
        writer.WriteInt64(node.Czxid);
        writer.WriteInt64(node.Mzxid);
        writer.WriteInt64(node.Pzxid);
        writer.WriteInt64(node.CtimeMs);
        writer.WriteInt64(node.MtimeMs);
        writer.WriteInt64(node.Owner);
        writer.WriteInt32(node.Version);
        writer.WriteInt32(node.Creations);
        writer.WriteInt32(node.Aversion);
        writer.WriteInt32(node.Acl);
        writer.WriteBytes(DataOf(index), node.DataLength < 0);
    }

    /// <summary>Takes one slice of images in; what hangs together is checked by <see cref="FinishImages"/>.</summary>
    public bool ReadImages(ref CommandReader reader)
    {
        while (reader.RemainingBytes >= LeastImageBytes)
        {
            var index = reader.ReadInt32() - 1;
            var parent = reader.ReadInt32();
            var name = reader.ReadBytes(out _);
            var node = new Znode
            {
                Czxid = reader.ReadInt64(), Mzxid = reader.ReadInt64(), Pzxid = reader.ReadInt64(),
                CtimeMs = reader.ReadInt64(), MtimeMs = reader.ReadInt64(), Owner = reader.ReadInt64(),
                Version = reader.ReadInt32(), Creations = reader.ReadInt32(), Aversion = reader.ReadInt32(), Acl = reader.ReadInt32(),
                Parent = parent, FirstChild = None, PreviousSibling = None, NextSibling = None,
            };
            var data = reader.ReadBytes(out var isNull);
            if (reader.Failed || index < 0 || (index == RootIndex) != (parent == Znode.NoParent) || parent < Znode.NoParent || !Acls.Has(node.Acl)
                || _slab.IsInUse(index) || (name.IsEmpty && index != RootIndex))
            {
                return false;
            }

            _slab.Reserve(index + 1);
            node.Name = _bytes.Store(name);
            node.NameLength = name.Length;
            node.Data = _bytes.Store(data);
            node.DataLength = isNull ? -1 : data.Length;
            node.DataHash = Catalog.Digest64.Compute(data);
            Acls.Share(node.Acl);
            _slab[index] = node;
        }

        return reader.IsComplete;
    }

    /// <summary>All images are there: hangs them together, in the slots themselves. False if one has no parent, or they go in a circle.</summary>
    public bool FinishImages()
    {
        if (!_slab.IsInUse(RootIndex))
        {
            return false;
        }

        var inUse = 0;
        for (var index = 0; index < _slab.End; index++)
        {
            ref var node = ref _slab[index];
            if (node.Parent == Znode.Free)
            {
                continue;
            }

            inUse++;
            if (index != RootIndex)
            {
                if (!_slab.IsInUse(node.Parent))
                {
                    return false;
                }

                Hang(index);
            }
        }

        ReserveBuckets(inUse);
        for (var index = RootIndex; index != None; index = After(index, RootIndex)) // what goes in a circle is not reached
        {
            ref var node = ref _slab[index];
            node.PathHash = index == RootIndex ? PathHash.Root : PathHash.Child(_slab[node.Parent].PathHash, NameOf(index));
            node.IndexHash = index == RootIndex ? _key.Root : _key.Child(_slab[node.Parent].IndexHash, NameOf(index));
            Enter(index);
            AddDigest(index);
        }

        _slab.CollectFree();
        return Count == inUse;
    }

    /// <summary>A running image.</summary>
    private sealed class TreeImage(int end, int count)
    {
        private readonly ulong[] _done = new ulong[(end + 63) / 64];

        public CommandWriter Ahead { get; } = new();
        public int End { get; } = end;
        public int Count { get; } = count;
        public int Cursor { get; set; }
        public int Written { get; set; }

        public bool IsDone(int index) => (_done[index >> 6] & (1UL << (index & 63))) != 0;

        public void SetDone(int index) => _done[index >> 6] |= 1UL << (index & 63);
    }
}
