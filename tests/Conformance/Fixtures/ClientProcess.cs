using System.Diagnostics;

namespace Conformance.Fixtures;

/// <summary>
/// Runs a real client to its end. A client that is not installed fails the test: it is never skipped.
/// </summary>
public static class ClientProcess
{
    public static readonly TimeSpan DefaultDeadline = TimeSpan.FromSeconds(60);

    public static Task<ClientResult> RunAsync(string file, IEnumerable<string> arguments, CancellationToken cancellation) =>
        RunAsync(file, arguments, Stream.Null, output: null, DefaultDeadline, cancellation);

    /// <param name="file">The program.</param>
    /// <param name="arguments">Its arguments, passed without a shell.</param>
    /// <param name="input">Its standard input; closed at the end of the stream.</param>
    /// <param name="output">Where its standard output goes; null keeps it in the result.</param>
    /// <param name="deadline">After this the process is killed and the test fails.</param>
    /// <param name="cancellation">Kills the process too.</param>
    /// <param name="environment">Variables added to the inherited ones.</param>
    public static async Task<ClientResult> RunAsync(
        string file,
        IEnumerable<string> arguments,
        Stream input,
        Stream? output,
        TimeSpan deadline,
        CancellationToken cancellation,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(file)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var command = $"{file} {string.Join(' ', start.ArgumentList)}";
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(deadline);
        using var process = Process.Start(start) ?? throw new InvalidOperationException("Could not start " + command);
        using var kept = new MemoryStream();
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            var feeding = FeedAsync(process, input, limit.Token);
            await process.StandardOutput.BaseStream.CopyToAsync(output ?? kept, limit.Token);
            await process.WaitForExitAsync(limit.Token);
            await feeding;
        }
        catch (OperationCanceledException e)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{command}\nwas not done within {deadline}. It said:\n{await error}", e);
        }

        return new ClientResult(command, process.ExitCode, kept.ToArray(), await error);
    }

    private static async Task FeedAsync(Process process, Stream input, CancellationToken cancellation)
    {
        try
        {
            await input.CopyToAsync(process.StandardInput.BaseStream, cancellation);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The client ended before it read everything: its exit code tells whether that is a fault.
        }
    }
}
