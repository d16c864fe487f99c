using Actors.Model.Leases;
using Actors.Model.Records;
using Actors.Storage.Devices;
using Actors.Storage.Tails;

namespace Actors.Storage.Directories;

/// <summary>A batch to write, or work to do, in the order in which they were given.</summary>
internal struct QueuedItem
{
    /// <summary>The log; null for work.</summary>
    public PartitionLog? Log;
    /// <summary>The work; null for a batch.</summary>
    public Action? Work;
    /// <summary>The batch; the item owns one reference until it is written.</summary>
    public LeaseSlice Slice;
    /// <summary>Its header.</summary>
    public RecordBatchInfo Info;
    /// <summary>Next item of the same log in this round, or -1.</summary>
    public int Next;
    /// <summary>Where the batch lies as tail, once it is placed there ahead of the commit log.</summary>
    public TailBlock? Block;
    /// <summary>First byte in the block.</summary>
    public int Start;
}

/// <summary>Lists that every write uses again.</summary>
internal sealed class WriteBuffer
{
    /// <summary>Parts of the write at hand.</summary>
    public List<WriteSegment> Segments { get; } = new(256);
}
