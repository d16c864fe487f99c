using System.Diagnostics;

namespace Actors.Model.Leases;

/// <summary>
/// A block of memory with counted owners: bytes received once travel in it from socket to disk to consumer. Whoever holds a
/// reference may read; the block goes back to its <see cref="LeasePool"/> when the last one is released.
/// Memory of a lease is never handed to an Orleans grain call: Orleans may keep it after the call.
/// </summary>
public sealed class Lease
{
    private readonly LeasePool _pool;
    private int _references;

    internal Lease(LeasePool pool, byte[] array, bool pooled)
    {
        _pool = pool;
        Array = array;
        Pooled = pooled;
    }

    /// <summary>The whole block, pinned for its whole life: system calls take its address.</summary>
    public byte[] Array { get; }

    /// <summary>Size of the block in bytes.</summary>
    public int LengthBytes => Array.Length;

    /// <summary>Whether the block is kept for reuse; one above the largest class is not.</summary>
    internal bool Pooled { get; }

    internal void Revive()
    {
        var before = Interlocked.Exchange(ref _references, 1);
        Debug.Assert(before == 0, "a lease in the pool had owners");
    }

    /// <summary>Adds an owner. Only an owner may add one.</summary>
    public void AddReference()
    {
        var now = Interlocked.Increment(ref _references);
        Debug.Assert(now > 1, "a released lease was taken up again");
    }

    /// <summary>Gives up one reference; the last one returns the block.</summary>
    /// <exception cref="InvalidOperationException">It was released more often than taken.</exception>
    public void Release()
    {
        var now = Interlocked.Decrement(ref _references);
        if (now == 0)
        {
            _pool.Return(this);
        }
        else if (now < 0)
        {
            throw new InvalidOperationException("A lease was released more often than it was taken.");
        }
    }

    /// <summary>The part of the block at <paramref name="start"/>; adds no reference.</summary>
    public LeaseSlice Slice(int start, int lengthBytes) => new(this, start, lengthBytes);
}
