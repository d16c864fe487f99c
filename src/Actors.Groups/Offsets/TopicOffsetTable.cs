using System.Diagnostics;

namespace Actors.Groups.Offsets;

/// <summary>The committed offsets of one topic in one group, by partition: two arrays, since most groups have few.</summary>
internal sealed class TopicOffsetTable(string topic)
{
    private int[] _partitions = new int[1];
    private OffsetEntry[] _entries = new OffsetEntry[1];

    /// <summary>The topic's name.</summary>
    public string Topic { get; } = topic;

    /// <summary>Number of offsets.</summary>
    public int Count { get; private set; }

    /// <summary>The partitions that have one, rising.</summary>
    public ReadOnlySpan<int> Partitions => _partitions.AsSpan(0, Count);

    /// <summary>The offsets, in the order of <see cref="Partitions"/>.</summary>
    public ReadOnlySpan<OffsetEntry> Entries => _entries.AsSpan(0, Count);

    public bool TryGet(int partition, out OffsetEntry entry)
    {
        var at = Find(partition);
        entry = at >= 0 ? _entries[at] : default;
        return at >= 0;
    }

    public void Set(int partition, in OffsetEntry entry)
    {
        var at = Find(partition);
        if (at < 0)
        {
            at = ~at;
            Insert(at);
            _partitions[at] = partition;
        }

        _entries[at] = entry;
        Debug.Assert(at == 0 || _partitions[at - 1] < partition, "partitions are out of order");
    }

    public bool Remove(int partition)
    {
        var at = Find(partition);
        if (at < 0)
        {
            return false;
        }

        Count--;
        _partitions.AsSpan(at + 1, Count - at).CopyTo(_partitions.AsSpan(at));
        _entries.AsSpan(at + 1, Count - at).CopyTo(_entries.AsSpan(at));
        _entries[Count] = default;
        return true;
    }

    // Clients commit in rising order: the end is looked at first.
    private int Find(int partition)
    {
        if (Count == 0 || partition > _partitions[Count - 1])
        {
            return ~Count;
        }

        return _partitions.AsSpan(0, Count).BinarySearch(partition);
    }

    private void Insert(int at)
    {
        if (Count == _partitions.Length)
        {
            Array.Resize(ref _partitions, Count * 2);
            Array.Resize(ref _entries, Count * 2);
        }

        _partitions.AsSpan(at, Count - at).CopyTo(_partitions.AsSpan(at + 1));
        _entries.AsSpan(at, Count - at).CopyTo(_entries.AsSpan(at + 1));
        Count++;
    }
}
