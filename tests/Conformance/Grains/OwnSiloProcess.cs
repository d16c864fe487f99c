using System.Diagnostics;
using System.Net.Http.Json;
using Conformance.Fixtures;

namespace Conformance.Grains;

/// <summary>A user's web service that is a node, as a process; it says where it serves, and is killed like any other.</summary>
internal sealed class OwnSiloProcess : IAsyncDisposable
{
    private const string Prefix = "serving ";

    private readonly Process _process;
    private readonly OutputLines _output = new();
    private readonly TaskCompletionSource<Uri> _serving = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private OwnSiloProcess(string dataDirectory)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in new[]
        {
            SampleAssemblies.OwnSilo, "--urls", "http://127.0.0.1:0", $"--Actors:DataDirectory={dataDirectory}", "--Actors:Kafka:Port=0",
            "--Actors:ZooKeeper:Port=-1", "--Actors:Dashboard:Port=-1", "--Actors:Silo:Port=0", "--Actors:Silo:GatewayPort=0",
            "--Actors:Replication:Port=0",
        })
        {
            start.ArgumentList.Add(argument);
        }

        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, e) => OnLine(e.Data);
        _process.ErrorDataReceived += (_, e) => OnLine(e.Data);
        _process.Exited += (_, _) => _serving.TrySetException(new InvalidOperationException("The service ended before it served."));
    }

    public HttpClient Http { get; private set; } = null!;

    public static async Task<OwnSiloProcess> StartAsync(string dataDirectory, CancellationToken cancellation)
    {
        var service = new OwnSiloProcess(dataDirectory);
        service._process.Start();
        service._process.BeginOutputReadLine();
        service._process.BeginErrorReadLine();
        try
        {
            var address = await service._serving.Task.WaitAsync(SiloProcess.StartDeadline, cancellation);
            service.Http = new HttpClient { BaseAddress = address, Timeout = SiloProcess.StopDeadline };
            return service;
        }
        catch (Exception e)
        {
            await service.DisposeAsync();
            throw new InvalidOperationException($"The service did not serve. It wrote:\n{service._output}", e);
        }
    }

    public async Task<T> GetAsync<T>(string path, CancellationToken cancellation) =>
        await Http.GetFromJsonAsync<T>(path, cancellation) ?? throw new InvalidOperationException($"{path} answered nothing");

    public async Task<long> PostAsync(string path, string body, CancellationToken cancellation)
    {
        using var content = new StringContent(body);
        using var response = await Http.PostAsync(path, content, cancellation);
        return await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<long>(cancellation);
    }

    public async Task Kill9Async()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync().WaitAsync(SiloProcess.StopDeadline);
    }

    public async ValueTask DisposeAsync()
    {
        await Kill9Async();
        Http?.Dispose();
        _process.Dispose();
    }

    private void OnLine(string? line)
    {
        if (line is null)
        {
            return;
        }

        _output.Add(line);
        if (line.StartsWith(Prefix, StringComparison.Ordinal))
        {
            _serving.TrySetResult(new Uri(line[Prefix.Length..].Split(' ')[0]));
        }
    }
}
