using System.CommandLine;
using LoadGen.Bare;
using LoadGen.Report;
using LoadGen.Scenarios;

namespace LoadGen.Commands;

/// <summary><c>produce</c>, <c>small</c> and <c>bare</c>: one load, three sets of defaults.</summary>
internal static class ProduceCommands
{
    public static Command Produce() => AgainstServer(
        "produce",
        "Large pre-built batches over blocking connections: records/s, MB/s, latency, server CPU",
        new ProduceShape { Name = "produce" },
        new LoadBudget());

    public static Command Small() => AgainstServer(
        "small",
        "Small requests over many connections: one record per request, acks=all "
            + "(many connections: --connections 1000 --in-flight 1 --batch-records 10)",
        new ProduceShape { Name = "small", Connections = 64, InFlight = 5, Partitions = 1_000, RecordsPerBatch = 1, EpollThreads = 1 },
        new LoadBudget());

    public static Command Bare()
    {
        var command = new Command("bare", "The same load against the bare loop in this process: the machine's ceiling");
        var shapes = new ShapeOptions(new ProduceShape { Name = "bare" }, new LoadBudget());
        var directory = CommandOptions.WorkDirectory();
        var sync = new Option<BareSync[]>("--sync")
        {
            Description = "None, Group, or both",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [BareSync.None, BareSync.Group],
        };
        shapes.AddTo(command);
        command.AddAll(directory, sync);
        command.SetAction(parsed =>
        {
            var shape = shapes.Shape(parsed, "bare");
            var budget = shapes.Budget(parsed, shape);
            var path = Path.Combine(parsed.GetRequiredValue(directory).FullName, $"bare-{Environment.ProcessId}");
            try
            {
                ConsoleReport.Write([.. parsed.GetRequiredValue(sync).Select(s =>
                    ProduceScenario.RunBare(path, s, shape, budget, new ProgressLine()))]);
            }
            finally
            {
                Directory.Delete(path, recursive: true);
            }
        });
        return command;
    }

    private static Command AgainstServer(string name, string description, ProduceShape defaults, LoadBudget defaultBudget)
    {
        var command = new Command(name, description);
        var server = new ServerOptions();
        var shapes = new ShapeOptions(defaults, defaultBudget);
        server.AddTo(command);
        shapes.AddTo(command);
        command.SetAction(parsed =>
        {
            using var target = server.Open(parsed);
            var shape = shapes.Shape(parsed, name);
            ConsoleReport.Write([ProduceScenario.Run(target, shape, shapes.Budget(parsed, shape))]);
        });
        return command;
    }
}
