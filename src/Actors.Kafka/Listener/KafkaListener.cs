using System.Net;
using Actors.Model.Leases;
using Actors.Model.Ports;
using Actors.Net;
using Actors.Net.Transports;
using Microsoft.Extensions.Logging;

namespace Actors.Kafka.Listener;

/// <summary>
/// The Kafka listener: whatever speaks Kafka's protocol connects here. It knows partitions and catalog by their ports only.
/// </summary>
public sealed partial class KafkaListener : IAsyncDisposable
{
    private readonly KafkaListenerOptions _options;
    private readonly TimerWheel _wheel;
    private readonly SocketListener _listener;
    private readonly ILogger _logger;

    /// <summary>A listener that is not bound yet. Without <paramref name="groups"/> it finds no coordinator for any group.</summary>
    public KafkaListener(
        KafkaListenerOptions options, ILocalPartitions partitions, ICatalog catalog, ICatalogCommands commands, IBatchInflater inflater,
        LeasePool pool, TimeProvider time, ILoggerFactory loggerFactory, ILocalGroups? groups = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(loggerFactory);
        _options = options;
        _wheel = new TimerWheel(time);
        _logger = loggerFactory.CreateLogger<KafkaListener>();
        var services = new KafkaServices
        {
            Options = options,
            Partitions = partitions,
            Catalog = catalog,
            Commands = commands,
            Groups = groups ?? new NoGroups(),
            Inflater = inflater,
            Pool = pool,
            Time = time,
            Wheel = _wheel,
            FetchSessions = new FetchSessionCache(options.Limits.FetchSessionSlots, options.Limits.FetchSessionEvictionMs),
            Authorizer = new AllowAll(),
        };
        _listener = new SocketListener(options.Limits.Net, pool, time, _logger, c => new KafkaConnection(c, services));
    }

    /// <summary>The open connections: counts, bytes, descriptions.</summary>
    public ConnectionSet Connections => _listener.Connections;

    /// <summary>The port it listens on, known after <see cref="StartAsync"/>.</summary>
    public int BoundPort => _listener.BoundTo?.Port ?? 0;

    /// <summary>The address it listens on, known after <see cref="StartAsync"/>.</summary>
    public IPEndPoint? BoundTo => _listener.BoundTo;

    /// <summary>Binds and serves.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The address is taken or not ours.</exception>
    public Task StartAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _listener.Start(new IPEndPoint(_options.Listen, _options.Port));
        LogStarted(_listener.BoundTo!);
        return Task.CompletedTask;
    }

    /// <summary>Accepts no more, answers what is pending within the limit, closes.</summary>
    public async Task StopAsync()
    {
        await _listener.StopAsync().ConfigureAwait(false);
        LogStopped(_listener.BoundTo);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync().ConfigureAwait(false);
        _wheel.Dispose();
    }

    /// <summary>Serves a connection that came by another way than the socket.</summary>
    internal KafkaConnection Accept(ITransport transport) => (KafkaConnection)_listener.Accept(transport);

    [LoggerMessage(1101, LogLevel.Information, "Kafka listener on {Address}")]
    private partial void LogStarted(IPEndPoint address);

    [LoggerMessage(1102, LogLevel.Information, "Kafka listener on {Address} stopped")]
    private partial void LogStopped(IPEndPoint? address);
}
