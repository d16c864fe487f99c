using System.Diagnostics;
using Actors.Model.Ports;

namespace Actors.Replication.Partitions;

/// <summary>
/// Appends that wait for an end to become durable, in order of that end: a ring that grows to its owner's limit and gives its memory
/// back when idle.
/// </summary>
internal struct PendingAppends
{
    private const int FirstCapacity = 8;

    private PendingAppend[]? _ring;
    private int _head;

    /// <summary>Number of appends that wait.</summary>
    public int Count { get; private set; }

    /// <summary>The end that the oldest one waits for.</summary>
    public readonly long FirstEnd => Count == 0 ? long.MaxValue : _ring![_head].WaitsForEnd;

    /// <summary>Adds one; it never waits for less than the one before it.</summary>
    public void Add(in PendingAppend append)
    {
        if (_ring is null || Count == _ring.Length)
        {
            Grow();
        }

        var mask = _ring!.Length - 1;
        Debug.Assert(Count == 0 || _ring[(_head + Count - 1) & mask].WaitsForEnd <= append.WaitsForEnd, "pending appends are out of order");
        _ring[(_head + Count) & mask] = append;
        Count++;
    }

    /// <summary>The end that the newest one waits for, or <paramref name="otherwise"/>.</summary>
    public readonly long LastEnd(long otherwise) => Count == 0 ? otherwise : _ring![(_head + Count - 1) & (_ring.Length - 1)].WaitsForEnd;

    /// <summary>Takes the oldest one off.</summary>
    public PendingAppend Take()
    {
        var taken = _ring![_head];
        _ring[_head] = default;
        _head = (_head + 1) & (_ring.Length - 1);
        Count--;
        return taken;
    }

    /// <summary>Gives the memory back if nothing waits.</summary>
    public void Trim()
    {
        if (Count == 0)
        {
            _ring = null;
            _head = 0;
        }
    }

    private void Grow()
    {
        var grown = new PendingAppend[_ring is null ? FirstCapacity : _ring.Length * 2];
        for (var i = 0; i < Count; i++)
        {
            grown[i] = _ring![(_head + i) & (_ring.Length - 1)];
        }

        _ring = grown;
        _head = 0;
    }
}

/// <summary>One append that waits.</summary>
/// <param name="Waiter">Who is told.</param>
/// <param name="Token">Handed back.</param>
/// <param name="LeaderEpoch">Epoch in which it was appended: it is completed by (epoch, offset).</param>
/// <param name="WaitsForEnd">The end that has to be durable; for a duplicate possibly that of a later batch.</param>
/// <param name="BaseOffset">Offset of its first record.</param>
/// <param name="LogAppendTimeMs">The stamped time, or -1.</param>
internal readonly record struct PendingAppend(
    IAppendWaiter? Waiter, long Token, int LeaderEpoch, long WaitsForEnd, long BaseOffset, long LogAppendTimeMs);
