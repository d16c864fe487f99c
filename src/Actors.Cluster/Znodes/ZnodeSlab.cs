namespace Actors.Cluster.Znodes;

/// <summary>Slots of znodes in chunks, so that growing moves nothing; free slots are used again, last freed first.</summary>
internal sealed class ZnodeSlab
{
    private const int ChunkBits = 12;
    private const int ChunkMask = (1 << ChunkBits) - 1;

    private readonly List<Znode[]> _chunks = [];
    private readonly Stack<int> _free = new();

    /// <summary>Slots ever used: indexes are below it.</summary>
    public int End { get; private set; }

    public ref Znode this[int index] => ref _chunks[index >> ChunkBits][index & ChunkMask];

    public bool IsInUse(int index) => index < End && this[index].Parent != Znode.Free;

    /// <summary>A slot; the caller fills it.</summary>
    public int Take()
    {
        if (_free.TryPop(out var index))
        {
            return index;
        }

        Grow(End + 1);
        return End++;
    }

    public void Give(int index)
    {
        this[index] = new Znode { Parent = Znode.Free };
        _free.Push(index);
    }

    /// <summary>For a snapshot: slots up to <paramref name="end"/> are there, none in use; <see cref="CollectFree"/> ends it.</summary>
    public void Reserve(int end)
    {
        Grow(end);
        for (var index = End; index < end; index++)
        {
            this[index].Parent = Znode.Free;
        }

        End = Math.Max(End, end);
    }

    /// <summary>For a snapshot: the free slots are known again.</summary>
    public void CollectFree()
    {
        _free.Clear();
        for (var index = End - 1; index >= 0; index--)
        {
            if (this[index].Parent == Znode.Free)
            {
                _free.Push(index);
            }
        }
    }

    private void Grow(int end)
    {
        while (_chunks.Count << ChunkBits < end)
        {
            _chunks.Add(new Znode[1 << ChunkBits]);
        }
    }
}
