using System.Collections.Immutable;

namespace Actors.Abstractions;

/// <summary>How far a group is behind.</summary>
/// <param name="Partitions">One per committed partition that answers.</param>
[GenerateSerializer, Immutable, Alias("actors.group-lag")]
public sealed record ConsumerGroupLag([property: Id(0)] ImmutableArray<PartitionLag> Partitions)
{
    /// <summary>Records behind, over all partitions.</summary>
    public long Total => Partitions.Sum(p => p.Lag);
}

/// <summary>One partition of a group's lag.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Partition">The partition.</param>
/// <param name="Committed">The committed offset.</param>
/// <param name="LogStart">First offset that is kept; above <paramref name="Committed"/>: retention has outrun the group.</param>
/// <param name="HighWatermark">End of what consumers can read.</param>
[GenerateSerializer, Immutable, Alias("actors.partition-lag")]
public sealed record PartitionLag(
    [property: Id(0)] string Topic,
    [property: Id(1)] int Partition,
    [property: Id(2)] long Committed,
    [property: Id(3)] long LogStart,
    [property: Id(4)] long HighWatermark)
{
    /// <summary>Records between the committed offset and the high watermark.</summary>
    public long Lag => Math.Max(0, HighWatermark - Committed);
}
