using Actors.Abstractions;

namespace Actors.Client;

/// <summary>A group has no offset at which to read a partition, and <see cref="OffsetReset.None"/> says that none is to be made up.</summary>
public sealed class NoOffsetException : Exception
{
    /// <summary>No offset for a partition.</summary>
    /// <param name="groupId">The group.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="offset">The offset that is not in the log, or -1 where none was committed.</param>
    public NoOffsetException(string groupId, PartitionKey partition, long offset)
        : base(offset < 0
            ? $"Group '{groupId}' has committed no offset for {partition}."
            : $"Offset {offset} of group '{groupId}' is not in the log of {partition}.")
    {
        GroupId = groupId;
        Partition = partition;
        Offset = offset;
    }

    /// <summary>The group.</summary>
    public string GroupId { get; }

    /// <summary>The partition.</summary>
    public PartitionKey Partition { get; }

    /// <summary>The offset that is not in the log, or -1 where none was committed.</summary>
    public long Offset { get; }
}
