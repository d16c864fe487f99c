using System.Diagnostics;

namespace Actors.Model.Producers;

/// <summary>Where the producers are kept: an array of structs linked in order of last append, and an index from a size on.</summary>
public sealed partial class ProducerTable
{
    /// <summary>Up to this many producers a walk is as fast as an index, and most partitions have fewer.</summary>
    private const int IndexFromCount = 9;

    private Slot[] _slots = [];
    private Dictionary<long, int>? _index;
    private int _used;
    private int _free = -1;
    private int _oldest = -1;
    private int _newest = -1;

    private struct Slot
    {
        public ProducerState State;
        public int Older;
        public int Newer;
    }

    /// <summary>The producers in order of their last append, the one that is silent longest first.</summary>
    public Enumerator GetEnumerator() => new(this);

    private bool TryFindSlot(long producerId, out int slot)
    {
        // The producer that appended last is the likeliest to append next.
        if (_newest >= 0 && _slots[_newest].State.ProducerId == producerId)
        {
            slot = _newest;
            return true;
        }

        if (_index is not null)
        {
            return _index.TryGetValue(producerId, out slot);
        }

        for (slot = _newest; slot >= 0; slot = _slots[slot].Older)
        {
            if (_slots[slot].State.ProducerId == producerId)
            {
                return true;
            }
        }

        return false;
    }

    private int Insert(in ProducerState state)
    {
        if (Count == _maxProducers)
        {
            Remove(OldestWithoutTransaction());
        }

        int slot;
        if (_free >= 0)
        {
            slot = _free;
            _free = _slots[slot].Newer;
        }
        else
        {
            if (_used == _slots.Length)
            {
                Array.Resize(ref _slots, Math.Min(Math.Max(1, _used * 2), _maxProducers));
            }

            slot = _used++;
        }

        _slots[slot].State = state;
        Count++;
        Link(slot);
        _index?.Add(state.ProducerId, slot);
        if (_index is null && Count >= IndexFromCount)
        {
            _index = new Dictionary<long, int>(Count * 2);
            for (var each = _oldest; each >= 0; each = _slots[each].Newer)
            {
                _index.Add(_slots[each].State.ProducerId, each);
            }
        }

        return slot;
    }

    /// <summary>The producer to forget when there are too many; one with an open transaction only if all have one.</summary>
    private int OldestWithoutTransaction()
    {
        for (var slot = _oldest; slot >= 0; slot = _slots[slot].Newer)
        {
            if (_slots[slot].State.TransactionFirstOffset == ProducerState.NoTransaction)
            {
                return slot;
            }
        }

        return _oldest;
    }

    private void Remove(int slot)
    {
        Unlink(slot);
        _index?.Remove(_slots[slot].State.ProducerId);
        _slots[slot] = new Slot { Older = -1, Newer = _free };
        _free = slot;
        Count--;
        if (Count == 0)
        {
            // A partition whose producers are gone costs nothing again.
            _slots = [];
            _index = null;
            _used = 0;
            _free = -1;
            Debug.Assert(_oldest == -1 && _newest == -1, "an empty table has links");
        }
    }

    private void MoveToNewest(int slot)
    {
        if (slot != _newest)
        {
            Unlink(slot);
            Link(slot);
        }
    }

    private void Link(int slot)
    {
        _slots[slot].Older = _newest;
        _slots[slot].Newer = -1;
        if (_newest >= 0)
        {
            _slots[_newest].Newer = slot;
        }
        else
        {
            _oldest = slot;
        }

        _newest = slot;
    }

    private void Unlink(int slot)
    {
        var (older, newer) = (_slots[slot].Older, _slots[slot].Newer);
        if (older >= 0)
        {
            _slots[older].Newer = newer;
        }
        else
        {
            _oldest = newer;
        }

        if (newer >= 0)
        {
            _slots[newer].Older = older;
        }
        else
        {
            _newest = older;
        }
    }

    /// <summary>Walks the producers by reference; the table must not change meanwhile.</summary>
    public ref struct Enumerator
    {
        private readonly ProducerTable _table;
        private int _slot;
        private int _next;

        internal Enumerator(ProducerTable table)
        {
            _table = table;
            _slot = -1;
            _next = table._oldest;
        }

        /// <summary>The producer at hand.</summary>
        public readonly ref readonly ProducerState Current => ref _table._slots[_slot].State;

        /// <summary>Goes on to the next producer.</summary>
        public bool MoveNext()
        {
            _slot = _next;
            if (_slot < 0)
            {
                return false;
            }

            _next = _table._slots[_slot].Newer;
            return true;
        }
    }
}
