using Actors.Client;
using Actors.Tests.Groups;
using CsCheck;

namespace Actors.Tests.Grains;

public sealed class RangeAssignorTests
{
    [Fact]
    public void Members_get_neighbouring_partitions_topic_by_topic_the_first_ones_one_more()
    {
        var plan = Assign([("b", null, ["t", "u"]), ("a", null, ["t", "u"]), ("c", null, ["t"])], ("t", 7), ("u", 3), ("unread", 5));
        Assert.Equal("t/0 t/1 t/2 u/0 u/1", plan["a"]);
        Assert.Equal("t/3 t/4 u/2", plan["b"]);
        Assert.Equal("t/5 t/6", plan["c"]);
    }

    [Fact]
    public void Static_members_come_first_by_their_names_whatever_their_ids()
    {
        var plan = Assign([("a", null, ["t"]), ("z", "one", ["t"]), ("y", "two", ["t"]), ("b", null, ["none"])], ("t", 3));
        Assert.Equal(("t/0", "t/1", "t/2", ""), (plan["z"], plan["y"], plan["a"], plan["b"]));
    }

    [Fact]
    public void Every_partition_that_somebody_reads_is_one_members_and_shares_differ_by_one() =>
        Gen.Select(Gen.Int[1, 9], Gen.Int[0, 40], Gen.Int[0, 255]).Sample((members, partitions, mask) =>
        {
            var readers = Enumerable.Range(0, members).Select(i => ($"m{i}", (string?)null, (mask >> i & 1) == 0 ? new[] { "t" } : [])).ToArray();
            var plan = Assign(readers, ("t", partitions)).Values.Select(p => p.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToArray();
            var all = plan.SelectMany(p => p).ToArray();
            Assert.Equal(all.Length, all.Distinct().Count());
            var reading = readers.Count(r => r.Item3.Length > 0);
            Assert.Equal(reading == 0 ? 0 : partitions, all.Length);
            Assert.All(plan, p => Assert.True(p.Length == 0 || p.Length - (partitions / reading) is 0 or 1));
        });

    [Fact]
    public void Round_robin_deals_partitions_of_all_topics_out_in_turn_past_who_does_not_read_them()
    {
        var plan = RoundRobin([("a", null, ["t", "u"]), ("b", null, ["t", "u"])], ("t", 3), ("u", 3), ("unread", 2));
        Assert.Equal(("t/0 t/2 u/1", "t/1 u/0 u/2"), (plan["a"], plan["b"]));
        plan = RoundRobin([("a", null, ["t"]), ("b", null, ["t", "u"]), ("c", null, ["t", "u", "v"])], ("t", 1), ("u", 2), ("v", 3));
        Assert.Equal(("t/0", "u/0", "u/1 v/0 v/1 v/2"), (plan["a"], plan["b"], plan["c"])); // the example in Kafka's own documentation
        plan = RoundRobin([("z", "one", ["t"]), ("a", null, ["t"])], ("t", 1));
        Assert.Equal(("t/0", ""), (plan["z"], plan["a"]));
    }

    [Fact]
    public void Subscriptions_and_assignments_are_Kafkas_own_bytes()
    {
        Assert.Equal("0000" + "00000002" + "000161" + "00026263" + "FFFFFFFF", Convert.ToHexString(ConsumerProtocol.EncodeSubscription(["a", "bc"])));
        Assert.Equal(TestGroups.Subscription("a", "bc"), ConsumerProtocol.EncodeSubscription(["a", "bc"]));
        var assignment = ConsumerProtocol.EncodeAssignment([new("a", 0), new("a", 2), new("b", 1)]);
        Assert.Equal(
            "0000" + "00000002" + "000161" + "00000002" + "00000000" + "00000002" + "000162" + "00000001" + "00000001" + "FFFFFFFF",
            Convert.ToHexString(assignment));
        Assert.True(ConsumerProtocol.TryDecodeAssignment(assignment, out var partitions));
        Assert.Equal("a/0 a/2 b/1", string.Join(' ', partitions));
        Assert.True(ConsumerProtocol.TryDecodeAssignment([], out partitions));
        Assert.Empty(partitions);

        // Version 3 of a Java client: owned partitions, generation and rack follow, and are not looked at.
        byte[] newer = [0, 3, 0, 0, 0, 1, 0, 1, (byte)'a', 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 5, 0xff, 0xff];
        Assert.Equal(["a"], ConsumerProtocol.DecodeSubscription(newer));
    }

    [Fact]
    public void Bytes_that_are_something_else_are_no_subscription_and_cost_nothing() =>
        Gen.Byte.Array[0, 40].Sample(bytes =>
        {
            Assert.True(ConsumerProtocol.DecodeSubscription(bytes).Count <= bytes.Length);
            if (ConsumerProtocol.TryDecodeAssignment(bytes, out var partitions))
            {
                Assert.True(partitions.Count <= bytes.Length);
            }
        });

    private static Dictionary<string, string> Assign(
        (string Id, string? Instance, string[] Topics)[] members, params (string Topic, int Count)[] counts) =>
        Text(RangeAssignor.Assign(Members(members), counts.ToDictionary(c => c.Topic, c => c.Count)));

    private static Dictionary<string, string> RoundRobin(
        (string Id, string? Instance, string[] Topics)[] members, params (string Topic, int Count)[] counts) =>
        Text(RoundRobinAssignor.Assign(Members(members), counts.ToDictionary(c => c.Topic, c => c.Count)));

    private static RangeAssignor.Member[] Members((string Id, string? Instance, string[] Topics)[] members) =>
        [.. members.Select(m => new RangeAssignor.Member(m.Id, m.Instance, m.Topics))];

    private static Dictionary<string, string> Text(Dictionary<string, List<Actors.Abstractions.PartitionKey>> plan) =>
        plan.ToDictionary(p => p.Key, p => string.Join(' ', p.Value));
}
