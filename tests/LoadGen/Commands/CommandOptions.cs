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
        Of("--seconds", "How long to measure", seconds);

    public static Option<double> WarmUp(double seconds) =>
        Of("--warm-up", "Seconds of the same load before it is measured", seconds);

    public static Option<long> Records() =>
        new("--records") { Description = "Stop after so many records; 0: no such limit" };

    public static Option<double> BudgetGb() =>
        Of("--budget-gb", "Stop when a topic has taken so many GB", 4.0);

    public static Option<int> Connections(int count) =>
        Of("--connections", "Connections", count);

    public static Option<int> InFlight(int count) =>
        Of("--in-flight", "Requests outstanding per connection", count);

    public static Option<int> Partitions(int count) =>
        Of("--partitions", "Partitions of the topic", count);

    public static Option<int> BatchBytes(int bytes) =>
        Of("--batch-bytes", "Bytes a batch is filled to, before compression", bytes);

    public static Option<int> BatchRecords(int records) =>
        Of("--batch-records", "Exact number of records per batch; 0: by bytes", records);

    public static Option<int> ValueBytes() =>
        Of("--value-bytes", "Bytes of a record's value", 100);

    public static Option<BatchCodec> Codec() => Of("--codec", "None or Lz4", BatchCodec.None);

    public static Option<short> Acks() => Of<short>("--acks", "-1 all, 1 leader, 0 none", -1);

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

    /// <summary>An option with a default.</summary>
    public static Option<T> Of<T>(string name, string description, T value) =>
        new(name) { Description = description, DefaultValueFactory = _ => value };

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
