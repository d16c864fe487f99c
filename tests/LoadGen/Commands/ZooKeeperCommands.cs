using System.CommandLine;
using System.Globalization;
using LoadGen.Drivers;
using LoadGen.Report;
using LoadGen.Scenarios;
using LoadGen.ZooKeeper;

namespace LoadGen.Commands;

/// <summary><c>tree</c> and <c>watch</c>: what speaks ZooKeeper's protocol.</summary>
internal static class ZooKeeperCommands
{
    public static Command Tree()
    {
        var command = new Command("tree", "ZooKeeper's protocol: get, set or create from many pipelined sessions");
        var address = new Option<string>("--address") { Description = "ZooKeeper listener, HOST:PORT", Required = true };
        var pid = CommandOptions.Pid();
        var defaults = new TreeShape { Name = "tree" };
        var operations = new Option<TreeOperation[]>("--operations")
        {
            Description = "Get, Set, Create, one run each", AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [TreeOperation.Get, TreeOperation.Set, TreeOperation.Create],
        };
        var sessions = CommandOptions.Of("--sessions", "Sessions", defaults.Sessions);
        var outstanding = CommandOptions.Of("--outstanding", "Requests outstanding per session", defaults.Outstanding);
        var value = CommandOptions.Of("--value-bytes", "Bytes of a znode's data", defaults.ValueBytes);
        var znodes = CommandOptions.Of("--znodes", "Znodes that gets and sets go round", defaults.Znodes);
        var mixed = new Option<bool>("--mixed") { Description = "Every tenth get is a set" };
        var seconds = CommandOptions.Seconds(5);
        var warmUp = CommandOptions.WarmUp(3);
        command.AddAll(address, pid, operations, sessions, outstanding, value, znodes, mixed, seconds, warmUp);
        command.SetAction(parsed => ConsoleReport.Write([.. parsed.GetRequiredValue(operations).Select(operation => TreeScenario.Run(
            Target.ParseAddress(parsed.GetRequiredValue(address)),
            CommandOptions.Server(parsed.GetValue(pid), pidFile: null),
            new TreeShape
            {
                Name = operation.ToString().ToLowerInvariant(),
                Operation = operation,
                TenthIsSet = parsed.GetValue(mixed),
                Sessions = parsed.GetValue(sessions),
                Outstanding = parsed.GetValue(outstanding),
                ValueBytes = parsed.GetValue(value),
                Znodes = parsed.GetValue(znodes),
            },
            new RunLength(parsed.GetValue(warmUp), parsed.GetValue(seconds)),
            new ProgressLine()))]));
        return command;
    }

    public static Command Watch()
    {
        var command = new Command("watch", "ZooKeeper's protocol: one znode is set, many sessions watch it and register again");
        var address = new Option<string>("--address") { Description = "ZooKeeper listener, HOST:PORT", Required = true };
        var pid = CommandOptions.Pid();
        var watchers = CommandOptions.Of("--watchers", "Sessions that watch", 1_000);
        var seconds = CommandOptions.Seconds(5);
        var warmUp = CommandOptions.WarmUp(3);
        command.AddAll(address, pid, watchers, seconds, warmUp);
        command.SetAction(parsed =>
        {
            var result = WatchScenario.Run(
                Target.ParseAddress(parsed.GetRequiredValue(address)),
                CommandOptions.Server(parsed.GetValue(pid), pidFile: null),
                parsed.GetValue(watchers), parsed.GetValue(warmUp), parsed.GetValue(seconds));
            var cpu = result.ServerCpuMicrosPerEvent is { } micros ? string.Create(CultureInfo.InvariantCulture, $", server CPU {micros:N1} µs each") : "";
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{result.Watchers:N0} watchers all told in p50 {result.AllToldMs(50):N1} ms, p99 {result.AllToldMs(99):N1} ms; "
                    + $"{result.EventsPerSecond:N0} events/s{cpu}"));
        });
        return command;
    }
}
