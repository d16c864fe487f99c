namespace Actors.Model.Groups;

/// <summary>Which partition of <c>__consumer_offsets</c> a group belongs to, by Kafka's rule, so that its tools find it there.</summary>
public static class GroupPlacement
{
    /// <summary>The internal topic of groups and their offsets.</summary>
    public const string Topic = "__consumer_offsets";

    /// <summary>Its partitions, as Kafka's <c>offsets.topic.num.partitions</c>: 50. Fixed once the topic exists.</summary>
    public const int PartitionCount = 50;

    /// <summary>The partition of a group: Java's hash of its id, made positive as Kafka does, modulo the number of partitions.</summary>
    public static int PartitionOf(string groupId, int partitionCount)
    {
        ArgumentNullException.ThrowIfNull(groupId);
        ArgumentOutOfRangeException.ThrowIfLessThan(partitionCount, 1);
        var hash = 0;
        foreach (var c in groupId)
        {
            hash = unchecked((31 * hash) + c);
        }

        // Kafka's Utils.abs: the least integer has no positive counterpart and counts as 0.
        return (hash == int.MinValue ? 0 : Math.Abs(hash)) % partitionCount;
    }
}
