namespace Actors.Model.Groups;

/// <summary>Offsets to commit for one group.</summary>
public readonly record struct CommitOffsets
{
    /// <summary>No retention of its own: the group's offsets expire by the node's setting.</summary>
    public const long DefaultRetention = -1;

    /// <summary>The group.</summary>
    public required string GroupId { get; init; }
    /// <summary>The generation the member is in; -1: a consumer that assigns its partitions itself, or an administrator.</summary>
    public required int GenerationId { get; init; }
    /// <summary>The member, or empty.</summary>
    public required string MemberId { get; init; }
    /// <summary>Its <c>group.instance.id</c>, or null.</summary>
    public string? GroupInstanceId { get; init; }
    /// <summary>Versions 2 to 4: how long the offsets are kept after the commit, in ms; else <see cref="DefaultRetention"/>.</summary>
    public required long RetentionMs { get; init; }
    /// <summary>
    /// Version 9 and above: a member of a group that does not exist is told <see cref="ErrorCode.GroupIdNotFound"/>; before,
    /// <see cref="ErrorCode.IllegalGeneration"/>.
    /// </summary>
    public bool KnowsGroupIdNotFound { get; init; }
    /// <summary>The offsets, topic after topic in the order of the request.</summary>
    public required ReadOnlyMemory<OffsetToCommit> Offsets { get; init; }
}

/// <summary>One partition's offset to commit.</summary>
/// <param name="Topic">The topic's name; commits are kept by name, as in Kafka.</param>
/// <param name="TopicId">Its id, or <see cref="Guid.Empty"/> where it is not known; kept beside the offset.</param>
/// <param name="Partition">The partition.</param>
/// <param name="Offset">The offset to read next.</param>
/// <param name="LeaderEpoch">Epoch of the last record read, or -1.</param>
/// <param name="Metadata">The client's note, at most 4,096 characters; null counts as empty.</param>
public readonly record struct OffsetToCommit(string Topic, Guid TopicId, int Partition, long Offset, int LeaderEpoch, string? Metadata);

/// <summary>Answer to a <see cref="CommitOffsets"/>.</summary>
/// <param name="Error">None, or the error of every partition.</param>
/// <param name="Errors">
/// Where partitions differ (<see cref="ErrorCode.OffsetMetadataTooLarge"/>): one per offset, in the order of the request; else null.
/// </param>
public readonly record struct CommitOffsetsAnswer(ErrorCode Error, ErrorCode[]? Errors)
{
    /// <summary>The error of the offset at this place of the request.</summary>
    public ErrorCode ErrorAt(int index) => Errors is null ? Error : Errors[index];
}
