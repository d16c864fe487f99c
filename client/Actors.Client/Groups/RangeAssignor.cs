using Actors.Abstractions;

namespace Actors.Client;

/// <summary>
/// Kafka's <c>range</c> assignor: topic by topic, the members that read it in the order of their ids, each a run of neighbouring
/// partitions, the first ones one more where it does not come out even. So topics with as many partitions are shared out alike, and
/// partition N of both is one member's. Static members come first, by instance id. Source: RangeAssignor and MemberInfo of Apache Kafka.
/// </summary>
internal static class RangeAssignor
{
    public const string Name = "range";

    /// <summary>One member and what it reads.</summary>
    public readonly record struct Member(string MemberId, string? GroupInstanceId, IReadOnlyCollection<string> Topics);

    /// <summary>Each member's partitions; every member is in the answer.</summary>
    /// <param name="members">All members.</param>
    /// <param name="partitionCounts">Partitions by topic; a topic that is not in it does not exist.</param>
    public static Dictionary<string, List<PartitionKey>> Assign(
        IReadOnlyCollection<Member> members, IReadOnlyDictionary<string, int> partitionCounts)
    {
        var plan = members.ToDictionary(m => m.MemberId, _ => new List<PartitionKey>(), StringComparer.Ordinal);
        var inOrder = InOrder(members);
        foreach (var (topic, count) in partitionCounts.OrderBy(t => t.Key, StringComparer.Ordinal))
        {
            var readers = inOrder.Where(m => m.Topics.Contains(topic)).ToArray();
            var next = 0;
            for (var i = 0; i < readers.Length; i++)
            {
                var share = (count / readers.Length) + (i < count % readers.Length ? 1 : 0);
                plan[readers[i].MemberId].AddRange(Enumerable.Range(next, share).Select(p => new PartitionKey(topic, p)));
                next += share;
            }
        }

        return plan;
    }

    /// <summary>Static members first, by instance id; then the others by their ids.</summary>
    public static Member[] InOrder(IReadOnlyCollection<Member> members) => [.. members.Order(Comparer<Member>.Create(Compare))];

    private static int Compare(Member left, Member right) => (left.GroupInstanceId, right.GroupInstanceId) switch
    {
        ({ } a, { } b) => string.CompareOrdinal(a, b),
        ({ }, null) => -1,
        (null, { }) => 1,
        _ => string.CompareOrdinal(left.MemberId, right.MemberId),
    };
}
