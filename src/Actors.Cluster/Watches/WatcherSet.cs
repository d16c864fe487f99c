using System.Numerics;

namespace Actors.Cluster.Watches;

/// <summary>A set of watchers, which are small numbers: an array up to <see cref="MaxListed"/>, a bitmap above.</summary>
internal struct WatcherSet
{
    /// <summary>Most watchers that are listed.</summary>
    public const int MaxListed = 64;

    private int[]? _listed;
    private ulong[]? _bits;

    /// <summary>Number of watchers.</summary>
    public int Count { get; private set; }

    public readonly bool Contains(int watcher) => _bits is { } bits
        ? watcher >> 6 < bits.Length && (bits[watcher >> 6] & (1UL << (watcher & 63))) != 0
        : _listed.AsSpan(0, Count).Contains(watcher);

    /// <summary>False if it was there.</summary>
    public bool Add(int watcher)
    {
        if (Contains(watcher))
        {
            return false;
        }

        if (_bits is null && Count == MaxListed)
        {
            foreach (var listed in _listed.AsSpan(0, Count))
            {
                SetBit(listed);
            }

            _listed = null;
        }

        if (_bits is not null)
        {
            SetBit(watcher);
        }
        else
        {
            if (_listed is null || Count == _listed.Length)
            {
                Array.Resize(ref _listed, Math.Clamp(Count * 2, 1, MaxListed));
            }

            _listed[Count] = watcher;
        }

        Count++;
        return true;
    }

    /// <summary>False if it was not there.</summary>
    public bool Remove(int watcher)
    {
        if (!Contains(watcher))
        {
            return false;
        }

        Count--;
        if (_bits is { } bits)
        {
            bits[watcher >> 6] &= ~(1UL << (watcher & 63));
            if (Count == 0)
            {
                _bits = null;
            }
        }
        else
        {
            _listed![Array.IndexOf(_listed, watcher)] = _listed[Count];
        }

        return true;
    }

    public void Clear() => this = default;

    /// <summary>Adds each watcher.</summary>
    public readonly void CopyTo(List<int> into) => CopyTo(into, int.MaxValue);

    /// <summary>Adds at most <paramref name="limit"/> of the watchers, and looks at no more.</summary>
    public readonly void CopyTo(List<int> into, int limit)
    {
        if (_bits is null)
        {
            foreach (var watcher in _listed.AsSpan(0, Math.Min(Count, limit)))
            {
                into.Add(watcher);
            }

            return;
        }

        var left = limit;
        for (var word = 0; word < _bits.Length && left > 0; word++)
        {
            for (var rest = _bits[word]; rest != 0 && left > 0; rest &= rest - 1, left--)
            {
                into.Add((word << 6) + BitOperations.TrailingZeroCount(rest));
            }
        }
    }

    private void SetBit(int watcher)
    {
        if (_bits is null || watcher >> 6 >= _bits.Length)
        {
            Array.Resize(ref _bits, Math.Max((watcher >> 6) + 1, (_bits?.Length ?? 0) * 2));
        }

        _bits[watcher >> 6] |= 1UL << (watcher & 63);
    }
}
