using System.Collections.Immutable;

namespace Actors.Abstractions;

/// <summary>Committed offsets of a group.</summary>
/// <param name="Offsets">One per partition.</param>
[GenerateSerializer, Immutable, Alias("actors.group-offsets")]
public sealed record GroupOffsets([property: Id(0)] ImmutableArray<GroupOffset> Offsets)
{
    /// <summary>Offsets of some partitions.</summary>
    public static GroupOffsets Of(params GroupOffset[] offsets) => new([.. offsets]);

    /// <summary>The offset of one partition, or null if none is committed.</summary>
    public long? Find(string topic, int partition) =>
        Offsets.FirstOrDefault(o => o.Partition == partition && string.Equals(o.Topic, topic, StringComparison.Ordinal))?.Offset;
}

/// <summary>One partition's committed offset.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Partition">The partition.</param>
/// <param name="Offset">The offset to read next.</param>
/// <param name="Metadata">A note, at most 4,096 characters, or null.</param>
[GenerateSerializer, Immutable, Alias("actors.group-offset")]
public sealed record GroupOffset(
    [property: Id(0)] string Topic, [property: Id(1)] int Partition, [property: Id(2)] long Offset, [property: Id(3)] string? Metadata = null);
