using Actors.Model.Znodes;

namespace Actors.ZooKeeper.Wire;

/// <summary>
/// An access list in a frame: a vector of <c>perms 4 | scheme string | id string</c>, walked without being copied. What is there was checked
/// when it was read; whether it makes sense is the tree's to say.
/// </summary>
public readonly ref struct AclList
{
    private AclList(ReadOnlySpan<byte> bytes, int count)
    {
        Bytes = bytes;
        Count = count;
    }

    /// <summary>How many entries.</summary>
    public int Count { get; }

    /// <summary>The entries as they are in the frame.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>Reads past a list and keeps where it is.</summary>
    public static AclList Read(ref JuteReader reader)
    {
        var count = reader.ReadCount(JuteLimits.MinAclEntryBytes);
        var start = reader.Position;
        for (var i = 0; i < count && !reader.IsFaulty; i++)
        {
            reader.ReadInt32();
            reader.ReadString();
            reader.ReadString();
        }

        return reader.IsFaulty ? default : new AclList(reader.Between(start, reader.Position), count);
    }

    /// <summary>Walks it.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>An entry.</summary>
    /// <param name="permissions">What it grants; may have bits that mean nothing.</param>
    /// <param name="scheme">Bytes of the scheme's name.</param>
    /// <param name="id">Bytes of the identity.</param>
    public readonly ref struct Entry(ZnodePermissions permissions, ReadOnlySpan<byte> scheme, ReadOnlySpan<byte> id)
    {
        /// <summary>What it grants.</summary>
        public ZnodePermissions Permissions { get; } = permissions;
        /// <summary>Bytes of the scheme's name.</summary>
        public ReadOnlySpan<byte> Scheme { get; } = scheme;
        /// <summary>Bytes of the identity.</summary>
        public ReadOnlySpan<byte> Id { get; } = id;
    }

    /// <summary>The walk.</summary>
    public ref struct Enumerator
    {
        private JuteReader _reader;
        private int _left;

        internal Enumerator(AclList list)
        {
            _reader = new JuteReader(list.Bytes);
            _left = list.Count;
            Current = default;
        }

        /// <summary>The entry.</summary>
        public Entry Current { get; private set; }

        /// <summary>Goes on to the next entry.</summary>
        public bool MoveNext()
        {
            if (_left-- <= 0)
            {
                return false;
            }

            var permissions = (ZnodePermissions)_reader.ReadInt32();
            var scheme = _reader.ReadString();
            Current = new Entry(permissions, scheme, _reader.ReadString());
            return true;
        }
    }
}
