using System.CommandLine;
using System.Globalization;
using System.Text;
using LoadGen.Drivers;
using LoadGen.Peers;
using LoadGen.Platform;
using LoadGen.Report;
using LoadGen.ZooKeeper;

namespace LoadGen.Commands;

/// <summary><c>tree-table</c> and <c>tree-large</c>: a silo and Apache ZooKeeper, each started alone in turn.</summary>
internal static class TreeTableCommands
{
    private static readonly Option<FileInfo?> s_zooKeeper =
        new("--zk39") { Description = "Script whose `start DATADIR PORT` starts an Apache ZooKeeper and prints its process id" };

    private static readonly Option<FileInfo?> s_silo = new("--silo-dll") { Description = "Built silo, started as `dotnet DLL --Actors:...`" };
    private static readonly Option<int> s_port = CommandOptions.Of("--port", "Port of the server under load", 12181);
    private static readonly Option<DirectoryInfo> s_directory = CommandOptions.WorkDirectory();

    public static Command Table()
    {
        var command = new Command("tree-table", "Starts Apache ZooKeeper and a silo in turn, loads both by ZooKeeper's protocol, writes one Markdown table");
        var passes = CommandOptions.Of("--passes", "Times that each server is started and measured", 2);
        var seconds = CommandOptions.Seconds(5);
        var warmUp = CommandOptions.WarmUp(3);
        command.AddAll(s_zooKeeper, s_silo, s_port, s_directory, passes, seconds, warmUp);
        command.SetAction(parsed =>
        {
            var table = new SortedDictionary<int, (string Row, List<string> Cells)>();
            var heads = new List<string>();
            var length = new RunLength(parsed.GetValue(warmUp), parsed.GetValue(seconds));
            for (var pass = 1; pass <= parsed.GetValue(passes); pass++)
            {
                foreach (var peer in Peers(parsed))
                {
                    heads.Add($"{peer.Name}, pass {pass}");
                    Measure(peer, Path.Combine(parsed.GetRequiredValue(s_directory).FullName, "tree"), length, table);
                }
            }

            var text = new StringBuilder($"| row | {string.Join(" | ", heads)} |\n|---|{string.Concat(heads.Select(_ => "---|"))}\n");
            foreach (var (row, cells) in table.Values)
            {
                text.Append(CultureInfo.InvariantCulture, $"| {row} | {string.Join(" | ", cells)} |\n");
            }

            Console.WriteLine(text);
        });
        return command;
    }

    public static Command Large()
    {
        var command = new Command("tree-large", "Fills a server with znodes: memory, the longest write while snapshots are taken, time to ready");
        var znodes = CommandOptions.Of("--znodes", "Znodes of 100 bytes", 1_000_000);
        var quiet = CommandOptions.Of("--quiet-seconds", "Writes alone", 10.0);
        var busy = CommandOptions.Of("--busy-seconds", "Writes among others, a round", 15.0);
        var rounds = CommandOptions.Of("--rounds", "Rounds of those", 3);
        var idle = CommandOptions.Of("--idle-seconds", "Rest before memory is looked at once more", 30.0);
        command.AddAll(s_zooKeeper, s_silo, s_port, s_directory, znodes, quiet, busy, rounds, idle);
        command.SetAction(parsed =>
        {
            var shape = new LargeTreeShape(
                parsed.GetValue(znodes), parsed.GetValue(quiet), parsed.GetValue(busy), parsed.GetValue(rounds), parsed.GetValue(idle));
            var pagePort = parsed.GetValue(s_port) + 1;
            foreach (var peer in Peers(parsed, $"--Actors:Dashboard:Port={pagePort}"))
            {
                using var work = new WorkDirectory(Path.Combine(parsed.GetRequiredValue(s_directory).FullName, "tree"));
                var page = peer.Name == TreePeers.SiloName ? new Uri($"http://127.0.0.1:{pagePort}/api/v1/overview") : null;
                Console.WriteLine(LargeTreeScenario.Run(peer, work.Path, page, shape, new ProgressLine()));
            }
        });
        return command;
    }

    private static Peer[] Peers(ParseResult parsed, string siloArguments = "")
    {
        var theirs = parsed.GetValue(s_zooKeeper) is { } script ? TreePeers.ZooKeeper(script.FullName, parsed.GetValue(s_port)) : null;
        var ours = parsed.GetValue(s_silo) is { } dll ? TreePeers.Silo(dll.FullName, parsed.GetValue(s_port), siloArguments) : null;
        Peer[] peers = [.. new Peer?[] { theirs, ours }.OfType<Peer>()];
        return peers.Length > 0 ? peers : throw new ArgumentException("needs --zk39, --silo-dll or both");
    }

    private static void Measure(Peer peer, string directory, RunLength length, SortedDictionary<int, (string Row, List<string> Cells)> table)
    {
        using var work = new WorkDirectory(directory);
        using var server = peer.Start(work.Path, new ProgressLine());
        var next = 0;
        void Add(string row, string cell)
        {
            if (!table.TryGetValue(next, out var line))
            {
                table[next] = line = (row, []);
            }

            line.Cells.Add(cell);
            next++;
        }

        foreach (var (sessions, outstanding) in ((int, int)[])[(10, 100), (1, 1)])
        {
            foreach (var operation in (TreeOperation[])[TreeOperation.Get, TreeOperation.Set, TreeOperation.Create])
            {
                var shape = new TreeShape { Name = $"{operation}", Operation = operation, Sessions = sessions, Outstanding = outstanding };
                var run = TreeScenario.Run(server.Address, server.Process, shape, length, new ProgressLine());
                Add($"{operation}, {sessions} × {outstanding}", string.Create(
                    CultureInfo.InvariantCulture,
                    $"{run.RequestsPerSecond:N0}/s, p50 {run.LatencyMs(50):N3} p99 {run.LatencyMs(99):N2} ms, {run.ServerCpuMicrosPerRequest:N1} µs"));
            }
        }

        foreach (var watchers in (int[])[1_000, 10_000])
        {
            var told = WatchScenario.Run(server.Address, server.Process, watchers, length.WarmUpSeconds, length.Seconds);
            Add($"{watchers:N0} watchers told", string.Create(
                CultureInfo.InvariantCulture, $"p50 {told.AllToldMs(50):N1} p99 {told.AllToldMs(99):N1} ms, {told.ServerCpuMicrosPerEvent:N1} µs an event"));
        }

        var idle = WatchScenario.RunIdle(server.Address, server.Process, 1_000, length.Seconds);
        Add("1,000 idle sessions with watches", string.Create(CultureInfo.InvariantCulture, $"{idle:N1} % of a core"));
        Add("resident behind it", string.Create(CultureInfo.InvariantCulture, $"{server.Process.ResidentBytes / 1e6:N0} MB"));
    }
}
