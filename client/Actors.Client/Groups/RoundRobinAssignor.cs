using Actors.Abstractions;

namespace Actors.Client;

/// <summary>
/// Kafka's <c>roundrobin</c> assignor: the partitions of all topics in order, one to each member in turn, past members that do not read the
/// topic. Shares differ by one where all read the same topics, also over many topics with one partition each, where <c>range</c> gives
/// everything to the first member. Source: RoundRobinAssignor of Apache Kafka.
/// </summary>
internal static class RoundRobinAssignor
{
    public const string Name = "roundrobin";

    /// <summary>Each member's partitions; every member is in the answer.</summary>
    /// <param name="members">All members.</param>
    /// <param name="partitionCounts">Partitions by topic; a topic that is not in it does not exist.</param>
    public static Dictionary<string, List<PartitionKey>> Assign(
        IReadOnlyCollection<RangeAssignor.Member> members, IReadOnlyDictionary<string, int> partitionCounts)
    {
        var plan = members.ToDictionary(m => m.MemberId, _ => new List<PartitionKey>(), StringComparer.Ordinal);
        var inOrder = RangeAssignor.InOrder(members);
        var next = 0;
        foreach (var (topic, count) in partitionCounts.OrderBy(t => t.Key, StringComparer.Ordinal))
        {
            if (!Array.Exists(inOrder, m => m.Topics.Contains(topic)))
            {
                continue;
            }

            for (var partition = 0; partition < count; partition++)
            {
                while (!inOrder[next].Topics.Contains(topic))
                {
                    next = (next + 1) % inOrder.Length;
                }

                plan[inOrder[next].MemberId].Add(new PartitionKey(topic, partition));
                next = (next + 1) % inOrder.Length;
            }
        }

        return plan;
    }
}
