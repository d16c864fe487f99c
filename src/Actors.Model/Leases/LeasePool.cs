using System.Diagnostics;

namespace Actors.Model.Leases;

/// <summary>
/// The node's one pool of receive, tail and read memory: blocks of 64 KiB, 256 KiB and 1 MiB (each with <see cref="SlackBytes"/>
/// on top), pinned and reused; a larger block is allocated, pinned too, for its one use. All of them, rented ones only, count
/// against one budget.
/// </summary>
public sealed class LeasePool
{
    /// <summary>
    /// Room of each class for a request's header: a batch of a round size (batch.size=262144, max.message.bytes) still fits its
    /// class.
    /// </summary>
    public const int SlackBytes = 4 * 1024;
    /// <summary>The smallest class, in bytes: what a readable connection rents.</summary>
    public const int SmallBytes = (64 * 1024) + SlackBytes;
    /// <summary>The middle class, in bytes.</summary>
    public const int MediumBytes = (256 * 1024) + SlackBytes;
    /// <summary>The largest pooled class, in bytes.</summary>
    public const int LargeBytes = (1024 * 1024) + SlackBytes;
    /// <summary>Default budget of rented bytes: 1 GiB.</summary>
    public const long DefaultBudgetBytes = 1L << 30;
    /// <summary>Free bytes kept per class for reuse; what comes back above it is left to the collector.</summary>
    public const long KeptPerClassBytes = 128L << 20;

    // Last in, first out: the block that was used last is still in the processor's cache.
    private readonly FreeLeases[] _free = [new(SmallBytes), new(MediumBytes), new(LargeBytes)];
    private readonly long _budgetBytes;
    private long _rentedBytes;
    private TaskCompletionSource? _spaceFreed;

    /// <summary>A pool that never has more than <paramref name="budgetBytes"/> rented through <see cref="TryRent"/>.</summary>
    public LeasePool(long budgetBytes = DefaultBudgetBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(budgetBytes, LargeBytes);
        _budgetBytes = budgetBytes;
    }

    /// <summary>Bytes rented at the moment.</summary>
    public long RentedBytes => Volatile.Read(ref _rentedBytes);

    /// <summary>The budget in bytes.</summary>
    public long BudgetBytes => _budgetBytes;

    /// <summary>
    /// A lease of at least <paramref name="minBytes"/> with one reference, or null at the budget: the caller stops receiving and
    /// awaits <see cref="WhenSpaceFreed"/>.
    /// </summary>
    public Lease? TryRent(int minBytes)
    {
        var size = ClassBytes(minBytes);
        if (Interlocked.Add(ref _rentedBytes, size) > _budgetBytes)
        {
            Interlocked.Add(ref _rentedBytes, -size);
            return null;
        }

        return Take(size);
    }

    /// <summary>
    /// A lease of at least <paramref name="minBytes"/>, beyond the budget if need be: for replies and reads that free memory.
    /// </summary>
    public Lease Rent(int minBytes)
    {
        var size = ClassBytes(minBytes);
        Interlocked.Add(ref _rentedBytes, size);
        return Take(size);
    }

    /// <summary>Completes when a lease comes back after this call; check <see cref="TryRent"/> again then.</summary>
    public Task WhenSpaceFreed()
    {
        while (true)
        {
            var current = Volatile.Read(ref _spaceFreed);
            if (current is { Task.IsCompleted: false })
            {
                return current.Task;
            }

            var fresh = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (Interlocked.CompareExchange(ref _spaceFreed, fresh, current) == current)
            {
                return fresh.Task;
            }
        }
    }

    internal void Return(Lease lease)
    {
        var after = Interlocked.Add(ref _rentedBytes, -lease.LengthBytes);
        Debug.Assert(after >= 0, "more bytes came back than were rented");
        if (lease.Pooled)
        {
            _free[ClassIndex(lease.LengthBytes)].TryKeep(lease);
        }

        if (Volatile.Read(ref _spaceFreed) is not null)
        {
            Interlocked.Exchange(ref _spaceFreed, null)?.TrySetResult();
        }
    }

    private static int ClassBytes(int minBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(minBytes);
        return minBytes <= SmallBytes ? SmallBytes : minBytes <= MediumBytes ? MediumBytes : minBytes <= LargeBytes ? LargeBytes : minBytes;
    }

    private static int ClassIndex(int bytes) => bytes == SmallBytes ? 0 : bytes == MediumBytes ? 1 : 2;

    private Lease Take(int size)
    {
        Lease? lease;
        if (size > LargeBytes)
        {
            lease = new Lease(this, GC.AllocateUninitializedArray<byte>(size, pinned: true), pooled: false);
        }
        else if ((lease = _free[ClassIndex(size)].TryTake()) is null)
        {
            lease = new Lease(this, GC.AllocateUninitializedArray<byte>(size, pinned: true), pooled: true);
        }

        lease.Revive();
        return lease;
    }
}
