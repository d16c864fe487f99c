using System.Diagnostics;
using LoadGen.Protocol;
using LoadGen.Scenarios;

namespace LoadGen.Groups;

/// <summary>A large group forms, and then takes one more member in.</summary>
internal static class RebalanceScenario
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    public static RebalanceResult Run(Target target, int members, int partitions, GroupTimes times)
    {
        using var topic = target.NewTopic("rebalance", partitions, TopicSettings.None);
        var group = $"loadgen-rebalance-{Environment.ProcessId}";
        using (var connection = new KafkaConnection(target.Address))
        {
            Coordinators.Await(connection, target.Admin.Versions, group, topic.Name);
        }

        using var set = new MemberSet();
        var startedAt = Stopwatch.GetTimestamp();
        for (var i = 0; i < members; i++)
        {
            set.Add(new GroupMemberClient(target.Address, group, topic.Name, partitions, times));
        }

        set.Play(() => set.AreStable(), s_patience, "the group forms");
        var cpu = target.Meter?.CpuSeconds;
        var answeredAt = set.Members.Min(m => m.JoinedAt);
        var formedAt = set.Members.Max(m => m.AssignedAt);
        var generation = set.Members.Max(m => m.Generation);

        var again = Stopwatch.GetTimestamp();
        set.Add(new GroupMemberClient(target.Address, group, topic.Name, partitions, times));
        set.Play(() => set.AreStable(generation + 1), s_patience, "one more member joins");
        return new RebalanceResult(
            members, partitions, Ms(startedAt, answeredAt), Ms(answeredAt, formedAt), Ms(again, set.Members.Max(m => m.AssignedAt)),
            Ms(set.Members.Min(m => m.JoinedAt), set.Members.Max(m => m.AssignedAt)), target.Meter?.CpuSeconds - cpu);
    }

    private static double Ms(long from, long to) => Stopwatch.GetElapsedTime(from, to).TotalMilliseconds;
}

/// <summary>What it took.</summary>
/// <param name="DelayMs">From the first join to its answer: the initial delay, and all that come meanwhile.</param>
/// <param name="FormedMs">From the first answered join to the last assignment.</param>
/// <param name="JoinedMs">One more member: from its join to the last assignment, heartbeats that tell the others included.</param>
/// <param name="ReassignedMs">Of that, from the first answered join to the last assignment.</param>
/// <param name="ServerCpuSeconds">CPU of the server for the second rebalance, where known.</param>
internal sealed record RebalanceResult(
    int Members, int Partitions, double DelayMs, double FormedMs, double JoinedMs, double ReassignedMs, double? ServerCpuSeconds);
