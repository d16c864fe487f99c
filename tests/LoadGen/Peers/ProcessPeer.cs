using System.Diagnostics;
using System.Globalization;
using System.Net;
using LoadGen.Platform;
using LoadGen.Report;
using LoadGen.Scenarios;

namespace LoadGen.Peers;

/// <summary>
/// A server behind a shell command. Ready is a line on its standard output that begins with a given text, or, where none is
/// given, the first Metadata answer. A command that ends well after printing a number has put a server of that process id
/// into the background (as the Apache Kafka peer's script does).
/// </summary>
internal sealed class ProcessPeer(string name, int port, string command, string? readyLine) : Peer(name, port)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>Variables the command gets besides ours.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether the server at an address serves, where no line says so; by default the first Metadata answer.</summary>
    public Func<IPEndPoint, bool> Serves { get; init; } = Answers;

    public override IReadOnlyDictionary<string, string> DurableConfigs => TopicSettings.None;

    public override RunningServer Start(string dataDirectory, ProgressLine progress)
    {
        Directory.CreateDirectory(dataDirectory);
        var address = new IPEndPoint(IPAddress.Loopback, Port);
        progress.Say($"starting {Name}");
        var startedAt = Stopwatch.GetTimestamp();
        var process = Launch(dataDirectory);
        var output = new ProcessOutput(process, readyLine, Path.Combine(dataDirectory, "loadgen-server.log"));
        var pid = () => output.PrintedPid ?? process.Id;
        bool IsAlive() => !process.HasExited || (process.ExitCode == 0 && (output.PrintedPid is null || new ServerProcess(pid()).IsAlive));
        TimeSpan readyAfter = default;
        bool IsReady()
        {
            var ready = readyLine is null ? Serves(address) : output.IsReady;
            readyAfter = Stopwatch.GetElapsedTime(startedAt);
            return ready;
        }

        try
        {
            RunningServer.Await(IsReady, IsAlive, Patience, Name);
            if (readyLine is null)
            {
                AwaitBackground(process, output);
            }
        }
        catch
        {
            _ = Libc.Kill(pid(), 9);
            Console.Error.WriteLine(output.Tail);
            throw;
        }

        return new RunningServer(address, pid(), readyAfter);
    }

    // A script that starts a server in the background answers with its process id a little after the server does.
    private static void AwaitBackground(Process process, ProcessOutput output)
    {
        if (process.WaitForExit(5_000))
        {
            RunningServer.Await(() => output.PrintedPid is not null, () => true, TimeSpan.FromSeconds(5), "the process id of the server");
        }
    }

    private Process Launch(string dataDirectory)
    {
        var start = new ProcessStartInfo("/bin/bash")
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("exec " + command
            .Replace("{data}", dataDirectory, StringComparison.Ordinal)
            .Replace("{port}", Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        foreach (var (key, value) in Environment)
        {
            start.Environment[key] = value;
        }

        return Process.Start(start) ?? throw new InvalidOperationException($"{Name} could not be started");
    }
}
