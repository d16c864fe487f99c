using System.Diagnostics;
using System.Threading.Channels;

namespace Conformance.Fixtures;

/// <summary>
/// A client that runs beside the test, a consumer in a group, say. Its lines are kept as they come; a test waits for what they say.
/// </summary>
public sealed class RunningClient : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _command;
    private readonly List<string> _lines = [];
    private readonly OutputLines _errors = new();
    private readonly Lock _gate = new();
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private RunningClient(Process process, string command)
    {
        _process = process;
        _command = command;
    }

    /// <summary>What it wrote to standard output so far.</summary>
    public string[] Lines
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    public static RunningClient Start(string file, params string[] arguments)
    {
        var start = new ProcessStartInfo(file) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        var client = new RunningClient(process, $"{file} {string.Join(' ', arguments)}");
        process.OutputDataReceived += (_, e) => client.OnLine(e.Data);
        process.ErrorDataReceived += (_, e) => client._errors.Add(e.Data ?? "");
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return client;
    }

    /// <summary>Waits until one of the clients has written something that makes the condition true.</summary>
    public static async Task UntilAsync(Func<bool> done, string what, params RunningClient[] clients)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(ClientProcess.DefaultDeadline);
        try
        {
            while (!done())
            {
                await await Task.WhenAny(clients.Select(c => c._changes.Reader.ReadAsync(patience.Token).AsTask()));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            throw new TimeoutException(what + string.Concat(clients.Select(c =>
                $"\n{c._command}\n{(c._process.HasExited ? $"ended with {c._process.ExitCode}" : "runs")}, {c.Lines.Length} lines, the last: " +
                $"{c.Lines.LastOrDefault()}\n{c._errors}")), e);
        }
    }

    /// <summary>SIGKILL: no farewell to the group.</summary>
    public void Kill9() => _process.Kill();

    /// <summary>SIGTERM, then its end.</summary>
    public async Task StopAsync()
    {
        if (!_process.HasExited)
        {
            PosixSignals.Terminate(_process.Id);
        }

        await _process.WaitForExitAsync().WaitAsync(ClientProcess.DefaultDeadline);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync().WaitAsync(ClientProcess.DefaultDeadline);
        _process.Dispose();
    }

    private void OnLine(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_gate)
        {
            _lines.Add(line);
        }

        _changes.Writer.TryWrite(true);
    }
}
