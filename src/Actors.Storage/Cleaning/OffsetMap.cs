using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Actors.Storage.Cleaning;

/// <summary>
/// The newest offset of each key in the dirty part of a log, in a fixed amount of memory: Kafka's SkimpyOffsetMap. Open addressing over
/// slots of 24 bytes (digest 16, offset + 1; 0: empty), outside the collector's heap, given back when the cleaning ends. A map that is
/// full takes no new key: the cleaning ends there, and the next one goes on.
/// </summary>
internal sealed unsafe class OffsetMap : IDisposable
{
    /// <summary>Bytes of a slot.</summary>
    public const int SlotBytes = 24;

    /// <summary>Part of the slots that is used, in percent. Kafka's 90 costs fifty looks for a key that is not there, this about eight.</summary>
    private const int MaxLoadPercent = 75;
    private const long LeastSlots = 64;

    private readonly long _slots;
    private Slot* _table;

    /// <summary>A map of at most <paramref name="maxBytes"/>, and no more than <paramref name="expectedKeys"/> need.</summary>
    public OffsetMap(long maxBytes, long expectedKeys)
    {
        var wanted = Math.Min(expectedKeys, maxBytes) * 100 / MaxLoadPercent;
        _slots = Math.Max(LeastSlots, Math.Min(maxBytes / SlotBytes, wanted + 1));
        MaxCount = _slots * MaxLoadPercent / 100;
        _table = (Slot*)NativeMemory.AllocZeroed((nuint)_slots, SlotBytes);
    }

    /// <summary>Keys it takes.</summary>
    public long MaxCount { get; }

    /// <summary>Keys it has.</summary>
    public long Count { get; private set; }

    /// <summary>Brings a slot nearer, ahead of its use.</summary>
    public void Prefetch(in KeyDigest key)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(_table + SlotOf(key));
        }
    }

    /// <summary>Notes a key's newer offset; false if the key is new and there is no room.</summary>
    public bool TryPut(in KeyDigest key, long offset)
    {
        var slot = Find(key);
        if (slot->OffsetPlusOne == 0)
        {
            if (Count >= MaxCount)
            {
                return false;
            }

            Count++;
            slot->Low = key.Low;
            slot->High = key.High;
        }

        slot->OffsetPlusOne = offset + 1;
        return true;
    }

    /// <summary>A key's newest offset, or -1.</summary>
    public long Get(in KeyDigest key) => Find(key)->OffsetPlusOne - 1;

    public void Dispose()
    {
        NativeMemory.Free(_table);
        _table = null;
    }

    private Slot* Find(in KeyDigest key)
    {
        ObjectDisposedException.ThrowIf(_table is null, this);
        var at = SlotOf(key);
        while (true)
        {
            var slot = _table + at;
            if (slot->OffsetPlusOne == 0 || (slot->Low == key.Low && slot->High == key.High))
            {
                return slot; // one slot in four is empty: the search ends
            }

            at = at + 1 == _slots ? 0 : at + 1;
        }
    }

    private long SlotOf(in KeyDigest key) => (long)Math.BigMul(key.Low, (ulong)_slots, out _);

    private struct Slot
    {
        public ulong Low;
        public ulong High;
        public long OffsetPlusOne;
    }
}
