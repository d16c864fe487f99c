using Conformance.Fixtures;

namespace Conformance.ZooKeeper;

/// <summary>
/// The node that the tests with ZooKeeper's clients share, on a port that stays the same over kills; each test uses paths of its own.
/// ACTORS_TEST_ZOOKEEPER=host:port points those that never kill it at any other ZooKeeper: a test that fails there is wrong.
/// </summary>
public sealed class ZooKeeperNode : IAsyncLifetime
{
    private readonly TempFolder _folder = new("zookeeper");
    private readonly int _port = FreePort.Take();
    private SiloProcess? _silo;

    public static string? Foreign => Environment.GetEnvironmentVariable("ACTORS_TEST_ZOOKEEPER") is { Length: > 0 } value ? value : null;

    /// <summary>HOST:PORT for clients.</summary>
    public string Address => Foreign ?? $"127.0.0.1:{_port}";

    public string Host => Address[..Address.LastIndexOf(':')];

    public int Port => int.Parse(Address.AsSpan(Address.LastIndexOf(':') + 1), null);

    public async ValueTask InitializeAsync()
    {
        if (Foreign is null)
        {
            _silo = await SiloProcess.StartAsync(
                new SiloSettings(_folder.Path) { KafkaPort = -1, ZooKeeperPort = _port, DashboardPort = -1 },
                CancellationToken.None);
        }
    }

    /// <summary>
    /// kill -9, unless a fault did it; then the same node again, with another fault or none. If that strikes at once, without.
    /// </summary>
    public async Task Kill9AndRestartAsync(CancellationToken cancellation, string fault = "")
    {
        var old = _silo ?? throw new InvalidOperationException("ACTORS_TEST_ZOOKEEPER names no process of ours to kill");
        await old.Kill9Async();
        var settings = old.Settings with { Environment = new Dictionary<string, string>() };
        await old.DisposeAsync();
        if (fault.Length > 0)
        {
            _silo = SiloProcess.Launch(settings.WithFault(fault));
            if (await _silo.ReadyOrExitedAsync(cancellation))
            {
                return;
            }

            await _silo.DisposeAsync();
        }

        _silo = await SiloProcess.StartAsync(settings, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (_silo is not null)
        {
            await _silo.EndAsync("The ZooKeeper node");
        }

        _folder.Dispose();
    }
}
