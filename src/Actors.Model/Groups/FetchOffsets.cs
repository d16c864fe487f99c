namespace Actors.Model.Groups;

/// <summary>Which committed offsets of one group are wanted.</summary>
public readonly record struct FetchOffsets
{
    /// <summary>The group.</summary>
    public required string GroupId { get; init; }
    /// <summary>The member that asks (version 9, KIP-848), or null; a classic group does not look at it.</summary>
    public string? MemberId { get; init; }
    /// <summary>Its epoch, or -1.</summary>
    public int MemberEpoch { get; init; }
    /// <summary>The topics wanted; null: all that have offsets.</summary>
    public required IReadOnlyList<TopicPartitions>? Topics { get; init; }
    /// <summary>Offsets of open transactions are an error instead of the last stable ones (KIP-447); none are open until transactions exist.</summary>
    public bool RequireStable { get; init; }
}

/// <summary>Partitions of one topic.</summary>
/// <param name="Topic">The topic's name.</param>
/// <param name="Partitions">Partition indexes.</param>
public readonly record struct TopicPartitions(string Topic, IReadOnlyList<int> Partitions);

/// <summary>Answer to a <see cref="FetchOffsets"/>.</summary>
/// <param name="Error">None, or the error of the whole group (then there are no topics).</param>
/// <param name="Topics">The topics asked for in their order, or all in ordinal order of names.</param>
public sealed record FetchOffsetsAnswer(ErrorCode Error, IReadOnlyList<TopicOffsets> Topics);

/// <summary>Committed offsets of one topic.</summary>
/// <param name="Topic">The topic's name.</param>
/// <param name="Offsets">Per partition, as asked for, or all by index.</param>
public readonly record struct TopicOffsets(string Topic, IReadOnlyList<CommittedOffset> Offsets);

/// <summary>One partition's committed offset.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Offset">The offset, or -1 if none is committed.</param>
/// <param name="LeaderEpoch">Epoch committed with it, or -1.</param>
/// <param name="Metadata">The client's note, or empty.</param>
/// <param name="CommittedAtMs">When it was committed, milliseconds since 1970, or -1; not part of Kafka's answer.</param>
public readonly record struct CommittedOffset(int Partition, long Offset, int LeaderEpoch, string Metadata, long CommittedAtMs)
{
    /// <summary>No offset is committed.</summary>
    public static CommittedOffset None(int partition) => new(partition, -1, -1, "", -1);
}
