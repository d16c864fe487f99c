using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Actors.Tests.Tidy;

namespace Actors.Tests.Hosting;

/// <summary>The silo as scripts see it: standard output, standard error, exit code.</summary>
public sealed partial class SiloProcessTests
{
    private const int Sigint = 2;
    private const int Sigterm = 15;

    private static readonly string[] FreePorts =
        ["--Actors:Kafka:Port=0", "--Actors:ZooKeeper:Port=0", "--Actors:Dashboard:Port=0", "--Actors:Silo:Port=0", "--Actors:Silo:GatewayPort=0"];

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancelled =>
        CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken, new CancellationTokenSource(s_patience).Token).Token;

    [Fact]
    public async Task An_unknown_key_ends_the_process_with_one_sentence_and_code_2()
    {
        var (code, output, error) = await RunAsync(["--Actors:Kafka:Prot=1"]);
        Assert.Equal((2, "", "Actors:Kafka:Prot is not a setting; did you mean Actors:Kafka:Port?\n"), (code, output, error));
    }

    [Fact]
    public async Task A_bad_value_in_the_environment_ends_it_too()
    {
        var (code, output, error) = await RunAsync([], ("ACTORS__KAFKA__PORT", "many"));
        Assert.Equal((2, "", "Actors:Kafka:Port is \"many\", which is not a whole number from -1 to 65535.\n"), (code, output, error));
    }

    [Fact]
    public async Task Help_goes_to_standard_output()
    {
        var (code, output, error) = await RunAsync(["--help"]);
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("Actors:Kafka:Port = 9092", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Sigterm)]
    [InlineData(Sigint)]
    public async Task A_signal_stops_a_ready_node_with_code_0_and_a_second_node_on_its_directory_is_refused(int signal)
    {
        using var directory = new TemporaryDirectory();
        string[] args = [.. FreePorts, "--Actors:DataDirectory=" + directory.Path];
        using var silo = Start(args);
        using var end = new Ending(silo);
        var errors = silo.StandardError.ReadToEndAsync(Cancelled);
        var line = await silo.StandardOutput.ReadLineAsync(Cancelled);
        Assert.True(line is not null && line.StartsWith("ready ", StringComparison.Ordinal), line ?? await errors);
        Assert.EndsWith(" data=" + directory.Path, line, StringComparison.Ordinal);

        var (code, output, error) = await RunAsync(args);
        Assert.Equal((3, ""), (code, output));

        // Behind what Orleans has to say of the machine, with one processor that the garbage collector is not the server's.
        Assert.EndsWith(
            $"The data directory {directory.Path} is in use by another process (pid {silo.Id}): stop it, or give this node a place of its "
            + "own with Actors:DataDirectory.\n",
            error,
            StringComparison.Ordinal);

        Assert.Equal(0, Kill(silo.Id, signal));
        await silo.WaitForExitAsync(Cancelled);
        Assert.Equal(0, silo.ExitCode);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string[] args, params (string Key, string Value)[] environment)
    {
        using var process = Start(args, environment);
        using var end = new Ending(process);
        var output = process.StandardOutput.ReadToEndAsync(Cancelled);
        var error = process.StandardError.ReadToEndAsync(Cancelled);
        await process.WaitForExitAsync(Cancelled);
        return (process.ExitCode, await output, await error);
    }

    private static Process Start(string[] args, params (string Key, string Value)[] environment)
    {
        // bin/CONFIGURATION/net10.0 of the tests: the silo beside them was built with the same configuration.
        var tail = Path.GetRelativePath(Path.Combine(RepositoryFiles.Root, "tests", "Actors.Tests"), AppContext.BaseDirectory);
        // A shell that runs its commands in the background has them ignore SIGINT, and what they start inherits that.
        var start = new ProcessStartInfo("env")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            ArgumentList =
            {
                "--default-signal=INT,TERM", "dotnet", Path.Combine(RepositoryFiles.Root, "silo", tail, "Actors.Silo.dll"),
            },
        };
        foreach (var arg in args)
        {
            start.ArgumentList.Add(arg);
        }

        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>A test that fails leaves no process behind.</summary>
    private sealed class Ending(Process process) : IDisposable
    {
        public void Dispose()
        {
            if (!process.HasExited)
            {
                process.Kill();
                process.WaitForExit();
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}
