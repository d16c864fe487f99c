namespace Actors.ZooKeeper.Wire;

/// <summary>A vector of strings in a frame, walked without being copied. What is there was checked when it was read.</summary>
public readonly ref struct StringList
{
    private readonly ReadOnlySpan<byte> _bytes;

    private StringList(ReadOnlySpan<byte> bytes, int count)
    {
        _bytes = bytes;
        Count = count;
    }

    /// <summary>How many.</summary>
    public int Count { get; }

    /// <summary>Reads past a vector and keeps where it is.</summary>
    public static StringList Read(ref JuteReader reader)
    {
        var count = reader.ReadCount(JuteLimits.MinStringBytes);
        var start = reader.Position;
        for (var i = 0; i < count && !reader.IsFaulty; i++)
        {
            reader.ReadString();
        }

        return reader.IsFaulty ? default : new StringList(reader.Between(start, reader.Position), count);
    }

    /// <summary>Walks it.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>The walk.</summary>
    public ref struct Enumerator
    {
        private JuteReader _reader;
        private int _left;

        internal Enumerator(StringList list)
        {
            _reader = new JuteReader(list._bytes);
            _left = list.Count;
        }

        /// <summary>The string's bytes.</summary>
        public ReadOnlySpan<byte> Current { get; private set; }

        /// <summary>Goes on to the next string.</summary>
        public bool MoveNext()
        {
            if (_left-- <= 0)
            {
                return false;
            }

            Current = _reader.ReadString();
            return true;
        }
    }
}
