using Actors.Dashboard;
using Actors.Dashboard.Health;
using Actors.Hosting.Configuration;
using Actors.Model.Leases;
using Actors.Model.Ports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Actors.Hosting.Silo;

/// <summary>
/// The first hosted service: takes the data directory, then begins to open the dashboard and the logs and returns, so that Orleans
/// starts at the same time. Being first to start it is last to stop: logs are flushed and marked clean when nothing uses them any more.
/// </summary>
internal sealed partial class NodeService(
    ActorsOptions options, NodeStatus status, NodeHealth health, LeasePool leases, IBatchInflater inflater, TimeProvider time,
    ILoggerFactory loggers)
    : IHostedService, IAsyncDisposable
{
    private readonly ILogger _logger = loggers.CreateLogger<NodeService>();
    private DataDirectoryLock? _lock;
    private DashboardHost? _dashboard;
    private ActorsNode? _node;
    private Task _opening = Task.CompletedTask;

    /// <summary>The dashboard's port, or -1 if it is off; known once <see cref="WhenOpenAsync"/> has completed.</summary>
    public int DashboardPort => _dashboard?.Port ?? -1;

    /// <summary>What is behind the listeners, and the listeners; there once this service has started.</summary>
    public ActorsNode Node => _node ?? throw new InvalidOperationException("The node has not begun to start.");

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var directory = Path.GetFullPath(options.DataDirectory);
        _lock = DataDirectoryLock.Take(directory);
        status.DataDirectory = directory;
        _node = new ActorsNode(options, directory, status.Version, leases, inflater, time, loggers);
        _opening = Task.Run(() => OpenAsync(cancellationToken), cancellationToken);
        return Task.CompletedTask;
    }

    /// <summary>Completes when logs and dashboard are open; throws what kept them from it.</summary>
    public Task WhenOpenAsync(CancellationToken cancellationToken) => _opening.WaitAsync(cancellationToken);

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await CloseAsync().ConfigureAwait(false);
        LogStopped(_logger);
    }

    public async ValueTask DisposeAsync() => await CloseAsync().ConfigureAwait(false);

    private async Task OpenAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll(OpenNodeAsync(cancellationToken), OpenDashboardAsync(cancellationToken)).ConfigureAwait(false);

    private async Task OpenNodeAsync(CancellationToken cancellationToken)
    {
        foreach (var source in Node.HealthSources)
        {
            health.Add(source);
        }

        await Node.OpenAsync(cancellationToken).ConfigureAwait(false);
        status.Ports = new NodePorts(
            Node.Catalog, Node.Partitions, Node.Partitions, Node.Tree, Node.Groups,
            [
                .. Node.Kafka is { } kafka ? [new ListenerStatistics("kafka", kafka.Connections)] : Array.Empty<ListenerStatistics>(),
                .. Node.ZooKeeper is { } tree ? [new ListenerStatistics("zookeeper", tree.Connections, () => tree.Times)] : Array.Empty<ListenerStatistics>(),
            ]);
    }

    private async Task OpenDashboardAsync(CancellationToken cancellationToken)
    {
        if (options.Dashboard.Port >= 0)
        {
            var address = ListenAddress.Parse(options.Listen);
            try
            {
                _dashboard = await DashboardHost.StartAsync(
                    new DashboardHostOptions(address, options.Dashboard.Port, options.Advertise), status, health, time, loggers, cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (IOException e)
            {
                throw PortTaken.Refusal("Actors:Dashboard:Port", address, options.Dashboard.Port, e);
            }
        }
    }

    private async Task CloseAsync()
    {
        // What kept the node from opening was told where the start waited for it; what did open is closed here.
        await _opening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        status.Ports = null;
        try
        {
            if (Interlocked.Exchange(ref _node, null) is { } node)
            {
                await node.DisposeAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            // Last, so that probes are answered while logs are flushed.
            if (Interlocked.Exchange(ref _dashboard, null) is { } dashboard)
            {
                await dashboard.DisposeAsync().ConfigureAwait(false);
            }

            _lock?.Dispose();
            _lock = null;
        }
    }

    [LoggerMessage(9001, LogLevel.Information, "Stopped: logs are flushed and marked clean.")]
    private static partial void LogStopped(ILogger logger);
}
