using System.CommandLine;
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
}
