using LoadGen.Platform;
using LoadGen.Protocol;
using LoadGen.Scenarios;

namespace LoadGen.Groups;

/// <summary>Groups of one member each that only send heartbeats: what they cost the server in CPU and memory.</summary>
internal static class IdleGroupsScenario
{
    private const int Partitions = 4;
    private const int WarmUpShare = 10;
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    public static IdleGroupsResult Run(Target target, ServerProcess server, int groups, double seconds, GroupTimes times)
    {
        using var topic = target.NewTopic("idle-groups", Partitions, TopicSettings.None);
        var idle = TailConsumersScenario.IdleShare(server) ?? 0;
        using var set = new MemberSet();

        // The first tenth brings everything that is needed once: code, threads, the topic of offsets.
        Form(target, set, topic.Name, 0, groups / WarmUpShare, times);
        Rest(set, times.HeartbeatMs / 1000.0);
        var before = IdleSample.Of(server);
        var counted = groups - set.Members.Count;
        Form(target, set, topic.Name, set.Members.Count, groups, times);
        Rest(set, times.HeartbeatMs / 1000.0);
        var cpu = server.CpuSeconds;
        var beats = set.Members.Sum(m => m.Heartbeats);
        Rest(set, seconds);
        return new IdleGroupsResult(
            new IdleResult($"{counted:N0} idle groups", before, IdleSample.Of(server)), groups, counted,
            (server.CpuSeconds - cpu) / seconds, idle, (set.Members.Sum(m => m.Heartbeats) - beats) / seconds);
    }

    private static void Form(Target target, MemberSet set, string topic, int first, int end, GroupTimes times)
    {
        using var connection = new KafkaConnection(target.Address);
        for (var i = first; i < end; i++)
        {
            var group = $"loadgen-idle-{Environment.ProcessId}-{i}";
            Coordinators.Await(connection, target.Admin.Versions, group, topic);
            set.Add(new GroupMemberClient(target.Address, group, topic, Partitions, times));
            target.Progress.Show("groups", (double)i / end, i, 0);
            if (i % 100 == 99)
            {
                set.Play(() => true, s_patience, "");
            }
        }

        set.Play(() => set.AreStable(), s_patience, "all groups form");
    }

    private static void Rest(MemberSet set, double seconds)
    {
        var until = System.Diagnostics.Stopwatch.GetTimestamp() + (long)(seconds * System.Diagnostics.Stopwatch.Frequency);
        set.Play(() => System.Diagnostics.Stopwatch.GetTimestamp() >= until, TimeSpan.FromSeconds(seconds) + s_patience, "rest");
    }
}

/// <summary>What they cost.</summary>
/// <param name="Memory">Before and after the counted groups were made.</param>
/// <param name="Groups">Groups that were idle while CPU was measured.</param>
/// <param name="Counted">Groups between the two looks at memory.</param>
/// <param name="CpuShare">Server CPU while all were idle, of one core.</param>
/// <param name="IdleShare">The same before the first of them.</param>
/// <param name="HeartbeatsPerSecond">Heartbeats that were answered in that time.</param>
internal sealed record IdleGroupsResult(IdleResult Memory, int Groups, int Counted, double CpuShare, double IdleShare, double HeartbeatsPerSecond)
{
    public double KilobytesPerGroup => (Memory.After.AnonymousBytes - Memory.Before.AnonymousBytes) / 1024.0 / Counted;
}
