namespace Actors.Model.Leases;

/// <summary>The free blocks of one class: a stack of fixed capacity, so that neither keeping nor taking one allocates.</summary>
internal sealed class FreeLeases(int classBytes)
{
    private readonly Lock _lock = new();
    private readonly Lease?[] _leases = new Lease?[LeasePool.KeptPerClassBytes / classBytes];
    private int _count;

    /// <summary>Keeps a block, unless enough are kept.</summary>
    public bool TryKeep(Lease lease)
    {
        lock (_lock)
        {
            if (_count == _leases.Length)
            {
                return false;
            }

            _leases[_count++] = lease;
            return true;
        }
    }

    /// <summary>The block kept last, or null.</summary>
    public Lease? TryTake()
    {
        lock (_lock)
        {
            if (_count == 0)
            {
                return null;
            }

            var lease = _leases[--_count];
            _leases[_count] = null;
            return lease;
        }
    }
}
