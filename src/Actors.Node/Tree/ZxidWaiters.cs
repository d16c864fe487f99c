namespace Actors.Node.Tree;

/// <summary>Who waits until this node has applied a zxid: callers that have seen more of the tree elsewhere. Any thread.</summary>
internal sealed class ZxidWaiters
{
    /// <summary>Most that wait at a time: 10,000; one more is told at once that it has not been reached.</summary>
    public const int MaxWaiters = 10_000;

    private readonly Lock _gate = new();
    private readonly HashSet<Waiter> _waiters = [];
    private int _count;

    /// <summary>Waits; false if the zxid was not reached within the patience.</summary>
    public async Task<bool> WaitAsync(
        long zxid, Func<long> appliedNow, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        var waiter = new Waiter(zxid);
        lock (_gate)
        {
            if (_waiters.Count >= MaxWaiters)
            {
                return false;
            }

            _waiters.Add(waiter);
            Volatile.Write(ref _count, _waiters.Count);
        }

        Interlocked.MemoryBarrier(); // either the apply thread sees the waiter, or this sees what it has applied
        if (appliedNow() >= zxid)
        {
            waiter.TrySetResult();
        }

        try
        {
            await waiter.Task.WaitAsync(patience, time, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        finally
        {
            lock (_gate)
            {
                _waiters.Remove(waiter);
                Volatile.Write(ref _count, _waiters.Count);
            }
        }
    }

    /// <summary>Everything up to a zxid is applied. Once per round, on the apply thread.</summary>
    public void OnReached(long zxid)
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _count) == 0)
        {
            return;
        }

        lock (_gate)
        {
            foreach (var waiter in _waiters)
            {
                if (waiter.Zxid <= zxid)
                {
                    waiter.TrySetResult();
                }
            }
        }
    }

    private sealed class Waiter(long zxid) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public long Zxid { get; } = zxid;
    }
}
