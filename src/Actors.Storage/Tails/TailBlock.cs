using Actors.Model.Leases;

namespace Actors.Storage.Tails;

/// <summary>
/// A lease whose bytes serve readers near the end of logs: one received batch, or many small ones of any logs packed one behind the
/// other. Belongs to the log thread; readers take references of the lease under the lock of the log's tail.
/// </summary>
internal sealed class TailBlock
{
    /// <summary>The bytes; one reference is the block's own.</summary>
    public Lease Lease = null!;

    /// <summary>Bytes in use, of a packed block.</summary>
    public int UsedBytes;

    /// <summary>Entries of tails that lie in it.</summary>
    public int Entries;

    /// <summary>Whether small batches are still packed into it.</summary>
    public bool IsOpen;

    /// <summary>When it was begun, ms of the monotonic clock.</summary>
    public long CreatedMs;

    /// <summary>The logs that have entries in it; some perhaps have none any more.</summary>
    public readonly List<PartitionLog> Logs = [];

    /// <summary>Neighbours in order of age.</summary>
    public TailBlock? Older;

    /// <summary>The next younger block.</summary>
    public TailBlock? Newer;
}
