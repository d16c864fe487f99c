using System.CommandLine;
using LoadGen.Peers;
using LoadGen.Platform;
using LoadGen.Report;
using LoadGen.Scenarios;

namespace LoadGen.Commands;

/// <summary><c>latency</c>, <c>idle</c> and <c>restart</c>.</summary>
internal static class ServerCommands
{
    public static Command Latency()
    {
        var command = new Command("latency", "A fixed rate, open loop, beside the disk's own fdatasync latency in the same minutes");
        var server = new ServerOptions();
        var shapes = new ShapeOptions(
            new ProduceShape { Name = "latency", RecordsPerBatch = 1 }, new LoadBudget { Seconds = 20, WarmUpSeconds = 3 });
        var rate = CommandOptions.Of<double>("--rate", "Requests per second", 1_000);
        var disk = new Option<DirectoryInfo>("--disk-dir")
        {
            Description = "Directory on the server's disk for the fdatasync probe",
            DefaultValueFactory = _ => new DirectoryInfo(Path.GetTempPath()),
        };
        server.AddTo(command);
        shapes.AddTo(command);
        command.AddAll(rate, disk);
        command.SetAction(parsed =>
        {
            using var target = server.Open(parsed);
            var shape = shapes.Shape(parsed, "latency");
            var result = LatencyScenario.Run(
                target, shape, shapes.Budget(parsed, shape), parsed.GetValue(rate), parsed.GetRequiredValue(disk).FullName);
            ConsoleReport.Write([result.Load with { Notes = result.Notes }]);
        });
        return command;
    }

    public static Command Idle()
    {
        var command = new Command("idle", "Memory and open files of the server before and after N idle connections or partitions");
        var server = new ServerOptions();
        var connections = new Option<int>("--connections") { Description = "Idle connections to open" };
        var partitions = new Option<int>("--partitions") { Description = "Idle partitions to create" };
        var settle = CommandOptions.Of<double>("--settle", "Seconds to wait before the second look", 5);
        server.AddTo(command);
        command.AddAll(connections, partitions, settle);
        command.SetAction(parsed =>
        {
            using var target = server.Open(parsed);
            var process = target.Meter as ServerProcess ?? throw new ArgumentException("idle needs --pid or --server-pid-file");
            var results = new List<IdleResult>();
            if (parsed.GetValue(connections) is var connectionCount and > 0)
            {
                results.Add(IdleScenario.Connections(target, process, connectionCount, parsed.GetValue(settle)));
            }

            if (parsed.GetValue(partitions) is var partitionCount and > 0)
            {
                results.Add(IdleScenario.Partitions(
                    target, process, partitionCount, parsed.GetValue(settle), TopicSettings.None));
            }

            target.Progress.Clear();
            ConsoleReport.Write(results);
        });
        return command;
    }

    public static Command Retention()
    {
        var command = new Command(
            "retention", "A producer beside many small segments, and while retention deletes them. The node looks often enough with "
            + "--Actors:Topics:RetentionCheckIntervalMs=1000");
        var server = new ServerOptions();
        var partitions = CommandOptions.Partitions(10_000);
        var segments = CommandOptions.Of<int>("--segments", "Segments of each partition", 10);
        var rate = CommandOptions.Of<double>("--rate", "Records appended per second, each synced", 500);
        var seconds = CommandOptions.Seconds(120);
        var data = new Option<DirectoryInfo?>("--log-dir") { Description = "The server's directory of logs, to count its segments" };
        var disk = new Option<DirectoryInfo>("--disk-dir")
        {
            Description = "Directory on the server's disk for the fdatasync probe",
            DefaultValueFactory = _ => new DirectoryInfo(Path.GetTempPath()),
        };
        server.AddTo(command);
        command.AddAll(partitions, segments, rate, seconds, data, disk);
        command.SetAction(parsed =>
        {
            using var target = server.Open(parsed);
            ConsoleReport.Write(RetentionScenario.Run(
                target, parsed.GetValue(partitions), parsed.GetValue(segments), parsed.GetValue(rate), parsed.GetValue(seconds),
                parsed.GetValue(data)?.FullName, parsed.GetRequiredValue(disk).FullName));
        });
        return command;
    }

    public static Command Restart()
    {
        var command = new Command("restart", "Fills a server's logs, kill -9, starts it again: time to ready, nothing missing");
        var start = new Option<string>("--start-command")
        {
            Description = "Shell command that starts the server; {data} and {port} are filled in. It is the server or prints its id",
            Required = true,
        };
        var port = new Option<int>("--port") { Description = "Port for {port}", Required = true };
        var ready = new Option<string?>("--ready-line")
        {
            Description = "Begin of the line on standard output that says it serves; without it: the first Metadata answer",
        };
        var gigabytes = CommandOptions.Of<double>("--data-gb", "GB of logs", 8);
        var directory = CommandOptions.WorkDirectory();
        command.AddAll(start, port, ready, gigabytes, directory);
        command.SetAction(parsed =>
        {
            var peer = new ProcessPeer("server", parsed.GetValue(port), parsed.GetRequiredValue(start), parsed.GetValue(ready));
            using var work = new WorkDirectory(parsed.GetRequiredValue(directory).FullName);
            var progress = new ProgressLine();
            var result = RestartScenario.Run(peer, work.Sub("restart"), (long)(parsed.GetValue(gigabytes) * 1e9), progress);
            progress.Clear();
            ConsoleReport.Write(result);
        });
        return command;
    }
}
