using System.CommandLine;
using LoadGen.Groups;
using LoadGen.Platform;
using LoadGen.Report;
using LoadGen.Scenarios;

namespace LoadGen.Commands;

/// <summary><c>commits</c>: what a coordinator of groups is asked most.</summary>
internal static class GroupCommands
{
    public static Command Commits()
    {
        var command = new Command(
            "commits", "Groups that commit one offset each, singly: the next commit follows the answer. Kafka syncs them where "
            + "__consumer_offsets has flush.messages=1");
        var server = new ServerOptions();
        var groups = CommandOptions.Of<int>("--groups", "Groups, each on a connection of its own", 1_000);
        var threads = CommandOptions.Of<int>("--threads", "Threads of this tool", 1);
        var seconds = CommandOptions.Seconds(10);
        var warmUp = CommandOptions.WarmUp(3);
        server.AddTo(command);
        command.AddAll(groups, threads, seconds, warmUp);
        command.SetAction(parsed =>
        {
            using var target = server.Open(parsed);
            ConsoleReport.Write([CommitScenario.Run(
                target, parsed.GetValue(groups), parsed.GetValue(threads), parsed.GetValue(warmUp), parsed.GetValue(seconds))]);
        });
        return command;
    }

    public static Command Rebalance()
    {
        var command = new Command("rebalance", "A group forms over many members and partitions, and takes one more member in");
        var server = new ServerOptions();
        var members = CommandOptions.Of<int>("--members", "Members, each on a connection of its own", 100);
        var partitions = CommandOptions.Partitions(1_000);
        var heartbeat = CommandOptions.Of<int>("--heartbeat-ms", "Between a member's heartbeats, which tell it of a rebalance", 3_000);
        server.AddTo(command);
        command.AddAll(members, partitions, heartbeat);
        command.SetAction(parsed =>
        {
            using var target = server.Open(parsed);
            var times = new GroupTimes(HeartbeatMs: parsed.GetValue(heartbeat));
            var result = RebalanceScenario.Run(target, parsed.GetValue(members), parsed.GetValue(partitions), times);
            target.Progress.Clear();
            ConsoleReport.Write(result);
        });
        return command;
    }

    public static Command IdleGroups()
    {
        var command = new Command("idle-groups", "Groups of one member each that only send heartbeats: CPU and memory of the server");
        var server = new ServerOptions();
        var groups = CommandOptions.Of<int>("--groups", "Groups, each with a member on a connection of its own", 2_000);
        var heartbeat = CommandOptions.Of<int>("--heartbeat-ms", "Between a member's heartbeats", 3_000);
        var seconds = CommandOptions.Seconds(20);
        server.AddTo(command);
        command.AddAll(groups, heartbeat, seconds);
        command.SetAction(parsed =>
        {
            using var target = server.Open(parsed);
            var process = target.Meter as ServerProcess ?? throw new ArgumentException("idle-groups needs --pid or --server-pid-file");
            var times = new GroupTimes(HeartbeatMs: parsed.GetValue(heartbeat));
            var result = IdleGroupsScenario.Run(target, process, parsed.GetValue(groups), parsed.GetValue(seconds), times);
            target.Progress.Clear();
            ConsoleReport.Write([result.Memory]);
            Console.WriteLine(FormattableString.Invariant($"{result.KilobytesPerGroup:N1} KB of anonymous memory per group, its connection included"));
            Console.WriteLine(FormattableString.Invariant(
                $"{result.CpuShare:P2} of one core for {result.Groups:N0} idle groups, {result.IdleShare:P2} before the first of them"));
            Console.WriteLine(FormattableString.Invariant($"{result.HeartbeatsPerSecond:N0} heartbeats per second"));
        });
        return command;
    }
}
