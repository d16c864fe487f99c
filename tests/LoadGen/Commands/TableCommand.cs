using System.CommandLine;
using LoadGen.Peers;
using LoadGen.Platform;
using LoadGen.Report;
using LoadGen.Comparison;

namespace LoadGen.Commands;

/// <summary><c>table</c>: Apache Kafka and a silo of ours, every row, one Markdown table.</summary>
internal static class TableCommand
{
    public static Command Table()
    {
        var command = new Command("table", "Starts Apache Kafka and a silo in turn, measures every row on both, writes one Markdown table");
        var kafkaHome = new Option<DirectoryInfo?>("--kafka-home")
        {
            Description = "Directory whose script `kafka start DATADIR PORT` starts a broker and prints its process id",
        };
        var siloDll = new Option<FileInfo?>("--silo-dll") { Description = "Built silo, started as `dotnet DLL --Actors:...`" };
        var siloArguments = CommandOptions.Of("--silo-arguments", "Further arguments of the silo", "");
        var rows = new Option<string[]>("--rows")
        {
            Description = "Only these rows: " + string.Join(' ', AllRows().Select(r => r.Id)),
            AllowMultipleArgumentsPerToken = true,
        };
        var quick = new Option<bool>("--quick") { Description = "A second or two per row: whether it works, not how fast" };
        var repeats = new Option<int>("--repeats") { Description = "Measurements per row, whose median counts; 0: 3, or 1 with --quick" };
        var port = CommandOptions.Of("--port", "Port of the server under load", 19092);
        var output = new Option<FileInfo?>("--output") { Description = "Also write the table to this file" };
        var directory = CommandOptions.WorkDirectory();
        command.AddAll(kafkaHome, siloDll, siloArguments, rows, quick, repeats, port, output, directory);
        command.SetAction(parsed =>
        {
            var kafka = parsed.GetValue(kafkaHome) is { } home ? new KafkaPeer(home.FullName, parsed.GetValue(port)) : null;
            var silo = parsed.GetValue(siloDll) is { } dll
                ? new SiloPeer(dll.FullName, parsed.GetValue(port), parsed.GetRequiredValue(siloArguments))
                : null;
            Peer[] peers = [.. new Peer?[] { kafka, silo }.OfType<Peer>()];
            if (peers.Length == 0)
            {
                throw new ArgumentException("table needs --kafka-home, --silo-dll or both");
            }

            var chosen = Choose(parsed.GetValue(rows) ?? []);
            var scale = parsed.GetValue(quick) ? TableScale.Quick : TableScale.Full;
            scale = parsed.GetValue(repeats) is var times and > 0 ? scale with { Repeats = times } : scale;
            using var work = new WorkDirectory(parsed.GetRequiredValue(directory).FullName);
            var results = new ComparisonTable(
                peers, [.. chosen.OfType<LoadRow>()], [.. chosen.OfType<ServerRow>()], scale, work).Run();
            var text = new MarkdownTable(results, chosen, kafka?.Name, silo?.Name)
                .Write("LoadGen " + string.Join(' ', Environment.GetCommandLineArgs().Skip(1)), work.Path);
            Console.WriteLine(text);
            if (parsed.GetValue(output) is { } file)
            {
                File.WriteAllText(file.FullName, text);
            }

            return results.Failures.Any() ? 1 : 0;
        });
        return command;
    }

    private static TableRow[] AllRows() => [.. TableRows.Loads, .. TableRows.Servers];

    private static TableRow[] Choose(string[] ids)
    {
        var all = AllRows();
        var unknown = ids.FirstOrDefault(id => !Array.Exists(all, r => r.Id == id));
        return unknown is not null
            ? throw new ArgumentException($"there is no row '{unknown}'")
            : ids.Length == 0 ? all : [.. all.Where(r => ids.Contains(r.Id))];
    }
}
