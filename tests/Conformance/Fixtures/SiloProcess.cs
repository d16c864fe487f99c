using System.Diagnostics;

namespace Conformance.Fixtures;

/// <summary>
/// One node as users run it: the Release build in a process of its own. Tests wait for its ready line and its exit, never for time;
/// a deadline only turns a hang into a failure that shows what the node wrote.
/// </summary>
public sealed class SiloProcess : IAsyncDisposable
{
    /// <summary>Generous: the machine may be busy. Start-up time itself is measured elsewhere.</summary>
    public static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);

    /// <summary>Listeners drained, Orleans stopped, logs flushed.</summary>
    public static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly OutputLines _output = new();
    private readonly TaskCompletionSource<ReadyLine> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SiloProcess(SiloSettings settings)
    {
        Settings = settings;
        if (!File.Exists(Checkout.SiloAssembly))
        {
            throw new InvalidOperationException($"{Checkout.SiloAssembly} is not built: dotnet build Actors.sln -c Release");
        }

        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add(Checkout.SiloAssembly);
        foreach (var argument in settings.CommandLine())
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in settings.Environment)
        {
            start.Environment[name] = value;
        }

        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, e) => OnOutput(e.Data);
        _process.ErrorDataReceived += (_, e) => OnError(e.Data);
    }

    public SiloSettings Settings { get; }

    public ReadyLine Ready => _ready.Task.Result;

    public string Kafka => Ready.Kafka;

    public int Id => _process.Id;

    public bool HasExited => _exited.Task.IsCompleted;

    /// <summary>Completes with the exit code once the process is gone and all it wrote was read; 128 + signal when it was killed.</summary>
    public Task<int> Exited => _exited.Task;

    public string Output => _output.ToString();

    /// <summary>Resident memory in bytes, as the kernel counts it now.</summary>
    public long ResidentBytes
    {
        get
        {
            var line = File.ReadLines($"/proc/{Id}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
            return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], null) * 1024;
        }
    }

    /// <summary>Starts a node and waits for its ready line.</summary>
    public static async Task<SiloProcess> StartAsync(SiloSettings settings, CancellationToken cancellation)
    {
        var silo = Launch(settings);
        try
        {
            await silo._ready.Task.WaitAsync(StartDeadline, cancellation);
            return silo;
        }
        catch (Exception e)
        {
            var output = silo.Output;
            await silo.DisposeAsync();
            throw new InvalidOperationException($"The node did not become ready. It wrote:\n{output}", e);
        }
    }

    /// <summary>Starts a node that may end before it is ready: refused starts, faults during recovery.</summary>
    public static SiloProcess Launch(SiloSettings settings)
    {
        var silo = new SiloProcess(settings);
        silo._process.Start();
        silo._process.BeginOutputReadLine();
        silo._process.BeginErrorReadLine();
        silo.WatchExit();
        return silo;
    }

    /// <summary>Waits for what comes first: ready (true) or the end of the process (false).</summary>
    public async Task<bool> ReadyOrExitedAsync(CancellationToken cancellation)
    {
        Task first;
        try
        {
            first = await Task.WhenAny(_ready.Task, _exited.Task).WaitAsync(StartDeadline, cancellation);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"The node was neither ready nor gone after {StartDeadline}. It wrote:\n{Output}", e);
        }

        return first == _ready.Task && _ready.Task.IsCompletedSuccessfully;
    }

    /// <summary>SIGKILL: no handler runs, nothing is flushed by the process.</summary>
    public async Task Kill9Async()
    {
        if (!HasExited)
        {
            _process.Kill();
        }

        await _exited.Task.WaitAsync(StopDeadline);
    }

    /// <summary>SIGTERM, then the exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        PosixSignals.Terminate(_process.Id);
        return await ExitCodeAsync();
    }

    public async Task<int> ExitCodeAsync()
    {
        try
        {
            return await _exited.Task.WaitAsync(StopDeadline);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"The node did not end within {StopDeadline}. It wrote:\n{Output}", e);
        }
    }

    /// <summary>The same node again: same data directory, same ports (those it was asked for; 0 stays 0), no fault.</summary>
    public Task<SiloProcess> RestartAsync(CancellationToken cancellation) =>
        StartAsync(Settings with { Environment = new Dictionary<string, string>() }, cancellation);

    /// <summary>Ends it as an operator would, and fails the test if it had died before or ends with another code than zero.</summary>
    /// <param name="name">What it is to the tests, for the message.</param>
    public async Task EndAsync(string name)
    {
        var crashed = HasExited;
        var code = crashed ? await Exited : await TerminateAsync();
        var output = Output;
        await DisposeAsync();
        Assert.True(!crashed && code == 0, $"{name} ended with {code}{(crashed ? " during the tests" : "")}. It wrote:\n{output}");
    }

    public async ValueTask DisposeAsync()
    {
        await Kill9Async();
        _process.Dispose();
    }

    private void OnOutput(string? line)
    {
        if (line is null)
        {
            return;
        }

        _output.Add(line);
        if (line.StartsWith(ReadyLine.Prefix, StringComparison.Ordinal))
        {
            _ready.TrySetResult(ReadyLine.Parse(line));
        }
    }

    private void OnError(string? line)
    {
        if (line is not null)
        {
            _output.Add(line);
        }
    }

    private async void WatchExit()
    {
        // Also waits until both pipes were read to their end, so that Output is whole.
        await _process.WaitForExitAsync();
        var code = _process.ExitCode;
        _ready.TrySetException(new InvalidOperationException($"The node ended with exit code {code} before it was ready"));
        _ = _ready.Task.Exception; // seen: tests that expect a refusal never look at it
        _exited.TrySetResult(code);
    }
}
