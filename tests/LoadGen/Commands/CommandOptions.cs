using System.CommandLine;
using LoadGen.Platform;
using LoadGen.Protocol;

namespace LoadGen.Commands;

/// <summary>Options that several subcommands share, each defined once.</summary>
internal static class CommandOptions
{
    public static Option<string> Address() => new("--address") { Description = "Kafka listener, HOST:PORT", Required = true };

    public static Option<int> Pid() => new("--pid") { Description = "Process id of the server, to report its CPU and memory" };

    public static Option<FileInfo?> PidFile() => new("--server-pid-file") { Description = "File that holds the server's process id" };

    public static Option<double> Seconds(double seconds) =>
        new("--seconds") { Description = "How long to measure", DefaultValueFactory = _ => seconds };

    public static Option<double> WarmUp(double seconds) =>
        new("--warm-up") { Description = "Seconds of the same load before it is measured", DefaultValueFactory = _ => seconds };

    public static Option<long> Records() =>
        new("--records") { Description = "Stop after so many records; 0: no such limit" };

    public static Option<double> BudgetGb() =>
        new("--budget-gb") { Description = "Stop when a topic has taken so many GB", DefaultValueFactory = _ => 4 };

    public static Option<int> Connections(int count) =>
        new("--connections") { Description = "Connections", DefaultValueFactory = _ => count };

    public static Option<int> InFlight(int count) =>
        new("--in-flight") { Description = "Requests outstanding per connection", DefaultValueFactory = _ => count };

    public static Option<int> Partitions(int count) =>
        new("--partitions") { Description = "Partitions of the topic", DefaultValueFactory = _ => count };

    public static Option<int> BatchBytes(int bytes) =>
        new("--batch-bytes") { Description = "Bytes a batch is filled to, before compression", DefaultValueFactory = _ => bytes };

    public static Option<int> BatchRecords(int records) =>
        new("--batch-records") { Description = "Exact number of records per batch; 0: by bytes", DefaultValueFactory = _ => records };

    public static Option<int> ValueBytes() =>
        new("--value-bytes") { Description = "Bytes of a record's value", DefaultValueFactory = _ => 100 };

    public static Option<BatchCodec> Codec() => new("--codec") { Description = "None or Lz4", DefaultValueFactory = _ => BatchCodec.None };

    public static Option<short> Acks() => new("--acks") { Description = "-1 all, 1 leader, 0 none", DefaultValueFactory = _ => -1 };

    public static Option<short> ProduceVersion() =>
        new("--produce-version") { Description = "7, 8 or 9; 0: the greatest both sides know" };

    public static Option<string[]> TopicConfig() =>
        new("--config") { Description = "NAME=VALUE of the topic, such as flush.messages=1; may be repeated" };

    public static Option<DirectoryInfo> WorkDirectory() =>
        new("--work-dir")
        {
            Description = "Where files may be written; they are deleted afterwards",
            DefaultValueFactory = _ => new DirectoryInfo(Path.Combine(Path.GetTempPath(), "loadgen")),
        };

    public static void AddAll(this Command command, params Option[] options)
    {
        foreach (var option in options)
        {
            command.Add(option);
        }
    }

    public static IReadOnlyDictionary<string, string> ParseConfigs(string[]? pairs) =>
        (pairs ?? []).Select(p => p.Split('=', 2)).ToDictionary(
            p => p[0], p => p.Length == 2 ? p[1] : throw new ArgumentException($"'{p[0]}' is not NAME=VALUE"));

    /// <summary>The server's process from either option; null where neither is given.</summary>
    public static ServerProcess? Server(int pid, FileInfo? pidFile)
    {
        if (pidFile is not null)
        {
            pid = int.Parse(File.ReadAllText(pidFile.FullName).Trim(), System.Globalization.CultureInfo.InvariantCulture);
        }

        if (pid == 0)
        {
            return null;
        }

        var server = new ServerProcess(pid);
        return server.IsAlive ? server : throw new ArgumentException($"there is no process {pid}");
    }
}
