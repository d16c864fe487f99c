using System.Net;
using Actors.Model.Leases;
using Actors.Model.Ports;
using Actors.Net;
using Actors.Net.Transports;
using Microsoft.Extensions.Logging;

namespace Actors.ZooKeeper.Listener;

/// <summary>The ZooKeeper listener: whatever speaks ZooKeeper's protocol connects here. It knows the tree by its port only.</summary>
public sealed partial class ZooKeeperListener : IAsyncDisposable
{
    private readonly ZooKeeperListenerOptions _options;
    private readonly ZooKeeperServices _services;
    private readonly SocketListener _listener;
    private readonly ILogger _logger;

    /// <summary>A listener that is not bound yet.</summary>
    public ZooKeeperListener(ZooKeeperListenerOptions options, ILocalTree tree, LeasePool pool, TimeProvider time, ILoggerFactory loggerFactory)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(loggerFactory);
        _options = options;
        _logger = loggerFactory.CreateLogger<ZooKeeperListener>();
        _services = new ZooKeeperServices(options, tree, time, () => Connections, () => BoundPort);
        _listener = new SocketListener(options.Net, pool, time, _logger, c => new ZooKeeperConnection(c, _services));
    }

    /// <summary>The open connections: counts, bytes, descriptions.</summary>
    public ConnectionSet Connections => _listener.Connections;

    /// <summary>How long requests took.</summary>
    public RequestTimes Times => _services.Latency.Times(Connections.RequestCount);

    /// <summary>The port it listens on, known after <see cref="StartAsync"/>.</summary>
    public int BoundPort => _listener.BoundTo?.Port ?? 0;

    /// <summary>Binds and serves.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The address is taken or not ours.</exception>
    public Task StartAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _listener.Start(new IPEndPoint(_options.Listen, _options.Port));
        LogStarted(_listener.BoundTo!);
        return Task.CompletedTask;
    }

    /// <summary>Accepts no more, answers what is pending within the limit, closes. Sessions live on until their timeout.</summary>
    public async Task StopAsync()
    {
        await _listener.StopAsync().ConfigureAwait(false);
        LogStopped(_listener.BoundTo);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    /// <summary>Serves a connection that came by another way than the socket.</summary>
    internal ZooKeeperConnection Accept(ITransport transport) => (ZooKeeperConnection)_listener.Accept(transport);

    [LoggerMessage(1201, LogLevel.Information, "ZooKeeper listener on {Address}")]
    private partial void LogStarted(IPEndPoint address);

    [LoggerMessage(1202, LogLevel.Information, "ZooKeeper listener on {Address} stopped")]
    private partial void LogStopped(IPEndPoint? address);
}
