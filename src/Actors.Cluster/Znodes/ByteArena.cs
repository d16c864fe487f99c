using System.Numerics;

namespace Actors.Cluster.Znodes;

/// <summary>
/// Bytes of names and data in pages by size class: no object per value, four bytes of handle, at most a third lost to rounding.
/// What is larger than <see cref="MaxPooledBytes"/> has an array of its own. The owner keeps the lengths.
/// </summary>
internal sealed class ByteArena
{
    /// <summary>Handle of nothing.</summary>
    public const int None = -1;

    /// <summary>The largest value that shares a page.</summary>
    public const int MaxPooledBytes = 32 << 10;

    private const int PageBytes = 64 << 10;
    private const int SlotBits = 26;
    private const int SlotMask = (1 << SlotBits) - 1;
    private const int OwnClass = 40;
    private const int FineBytes = 128;
    private const int FineStepBytes = 8;

    private static readonly int[] s_classBytes = Classes();

    private readonly SizeClass[] _classes = [.. s_classBytes.Select(bytes => new SizeClass(bytes))];
    private readonly List<byte[]?> _own = [];
    private readonly Stack<int> _freeOwn = new();
    private long _ownBytes;

    /// <summary>Bytes of all pages and arrays.</summary>
    public long ReservedBytes => _ownBytes + _classes.Sum(c => (long)c.Pages.Count * PageBytes);

    /// <summary>Copies bytes in; empty ones take no place.</summary>
    public int Store(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return None;
        }

        if (bytes.Length > MaxPooledBytes)
        {
            if (!_freeOwn.TryPop(out var own))
            {
                own = _own.Count;
                _own.Add(null);
            }

            _own[own] = bytes.ToArray();
            _ownBytes += bytes.Length;
            return unchecked((OwnClass << SlotBits) | own);
        }

        var index = ClassOf(bytes.Length);
        var slot = _classes[index].Take();
        bytes.CopyTo(_classes[index].At(slot));
        return (index << SlotBits) | slot;
    }

    /// <summary>The bytes of a handle.</summary>
    public ReadOnlySpan<byte> Get(int handle, int length)
    {
        if (length <= 0)
        {
            return default;
        }

        var index = (int)((uint)handle >> SlotBits);
        return index == OwnClass ? _own[handle & SlotMask] : _classes[index].At(handle & SlotMask)[..length];
    }

    /// <summary>Gives the place back.</summary>
    public void Free(int handle)
    {
        if (handle == None)
        {
            return;
        }

        var index = (int)((uint)handle >> SlotBits);
        var slot = handle & SlotMask;
        if (index == OwnClass)
        {
            _ownBytes -= _own[slot]!.Length;
            _own[slot] = null;
            _freeOwn.Push(slot);
            return;
        }

        _classes[index].Give(slot);
    }

    // 8, 16, … 128: most values are there, and a million of them feel every byte. Then four steps to each doubling up to 2 Ki, and two from
    // there on: 40 classes, so that one more fits six bits.
    private static int[] Classes()
    {
        var sizes = new List<int>();
        for (var bytes = FineStepBytes; bytes <= FineBytes; bytes += FineStepBytes)
        {
            sizes.Add(bytes);
        }

        for (var doubled = FineBytes; doubled < MaxPooledBytes; doubled *= 2)
        {
            var steps = doubled < 2048 ? 4 : 2;
            for (var step = 1; step <= steps; step++)
            {
                sizes.Add(doubled + (doubled / steps * step));
            }
        }

        return sizes.Count <= OwnClass ? [.. sizes] : throw new InvalidOperationException("too many size classes for a handle");
    }

    private static int ClassOf(int length)
    {
        if (length <= FineBytes)
        {
            return (length - 1) / FineStepBytes;
        }

        var doubled = 1 << BitOperations.Log2((uint)length - 1);
        var doublings = BitOperations.Log2((uint)doubled) - 7;
        var steps = doubled < 2048 ? 4 : 2;
        var before = (FineBytes / FineStepBytes) + (Math.Min(doublings, 4) * 4) + (Math.Max(doublings - 4, 0) * 2);
        return before + ((length - 1 - doubled) / (doubled / steps));
    }

    private sealed class SizeClass(int slotBytes)
    {
        private readonly Stack<int> _free = new();
        private readonly int _perPage = PageBytes / slotBytes;
        private int _used;

        public List<byte[]> Pages { get; } = [];

        public int Take()
        {
            if (_free.TryPop(out var slot))
            {
                return slot;
            }

            if (_used == Pages.Count * _perPage)
            {
                Pages.Add(GC.AllocateUninitializedArray<byte>(PageBytes, pinned: true)); // where the collector moves nothing
            }

            return _used++;
        }

        public void Give(int slot) => _free.Push(slot);

        public Span<byte> At(int slot) => Pages[slot / _perPage].AsSpan(slot % _perPage * slotBytes, slotBytes);
    }
}
