namespace Actors.Cluster.Znodes;

/// <summary>From a path to a slot and back.</summary>
internal sealed partial class ZnodeTree
{
    /// <summary>
    /// The znode of a path as ZooKeeper's map of strings would find it: "" and "/" are the root; what is not a valid path is not there.
    /// </summary>
    public int Find(ReadOnlySpan<byte> path)
    {
        if (path.IsEmpty || path.SequenceEqual("/"u8))
        {
            return RootIndex;
        }

        if (path[0] != '/')
        {
            return None;
        }

        var hash = _key.Root;
        for (var rest = path[1..]; ;)
        {
            var slash = rest.IndexOf((byte)'/');
            hash = _key.Child(hash, slash < 0 ? rest : rest[..slash]);
            if (slash < 0)
            {
                break;
            }

            rest = rest[(slash + 1)..];
        }

        for (var index = BucketOf(hash); index != None; index = _slab[index].NextInBucket)
        {
            if (_slab[index].IndexHash == hash && HasPath(index, path))
            {
                return index;
            }
        }

        return None;
    }

    /// <summary>The child of that name, or <see cref="None"/>.</summary>
    public int FindChild(int parent, ReadOnlySpan<byte> name)
    {
        var hash = _key.Child(_slab[parent].IndexHash, name);
        for (var index = BucketOf(hash); index != None; index = _slab[index].NextInBucket)
        {
            if (_slab[index].IndexHash == hash && _slab[index].Parent == parent && NameOf(index).SequenceEqual(name))
            {
                return index;
            }
        }

        return None;
    }

    /// <summary>Slots ever used.</summary>
    public int End => _slab.End;

    public bool IsInUse(int index) => _slab.IsInUse(index);

    /// <summary>The next znode of a walk over the subtree of <paramref name="top"/>, parents before children, or <see cref="None"/>.</summary>
    public int After(int index, int top)
    {
        if (_slab[index].FirstChild != None)
        {
            return _slab[index].FirstChild;
        }

        while (index != top)
        {
            if (_slab[index].NextSibling != None)
            {
                return _slab[index].NextSibling;
            }

            index = _slab[index].Parent;
        }

        return None;
    }

    /// <summary>Bytes of a znode's path.</summary>
    public int PathLengthOf(int index)
    {
        if (index == RootIndex)
        {
            return 1;
        }

        var length = 0;
        for (; index != RootIndex; index = _slab[index].Parent)
        {
            length += _slab[index].NameLength + 1;
        }

        return length;
    }

    /// <summary>Writes a znode's path, which takes <see cref="PathLengthOf"/> bytes.</summary>
    public void CopyPath(int index, Span<byte> into)
    {
        if (index == RootIndex)
        {
            into[0] = (byte)'/';
            return;
        }

        for (var end = into.Length; index != RootIndex; index = _slab[index].Parent)
        {
            var name = NameOf(index);
            name.CopyTo(into[(end - name.Length)..]);
            end -= name.Length + 1;
            into[end] = (byte)'/';
        }
    }

    private bool HasPath(int index, ReadOnlySpan<byte> path)
    {
        for (; index != RootIndex; index = _slab[index].Parent)
        {
            var name = NameOf(index);
            if (path.Length <= name.Length || path[path.Length - name.Length - 1] != '/' || !path.EndsWith(name))
            {
                return false;
            }

            path = path[..(path.Length - name.Length - 1)];
        }

        return path.IsEmpty;
    }
}
