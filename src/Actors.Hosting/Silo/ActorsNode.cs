using System.Net.Sockets;
using Actors.Cluster.Commands;
using Actors.Groups;
using Actors.Hosting.Configuration;
using Actors.Kafka.Listener;
using Actors.Model.Leases;
using Actors.Model.Ports;
using Actors.Node.Cluster;
using Actors.Node.Groups;
using Actors.Node.Partitions;
using Actors.Storage;
using Actors.Storage.Devices;
using Microsoft.Extensions.Logging;

namespace Actors.Hosting.Silo;

/// <summary>
/// Everything behind the listeners, and the listeners: the disk, the cluster log, the partitions, Kafka's port. Made when the data
/// directory is ours; opened beside Orleans; closed after it.
/// </summary>
internal sealed class ActorsNode : IAsyncDisposable
{
    /// <summary>Folder of the topics' logs in the data directory.</summary>
    public const string LogsFolder = "logs";

    private readonly ActorsOptions _options;
    private readonly ClusterHost _cluster;
    private readonly LocalPartitions _partitions;
    private readonly GroupHost _groups;
    private readonly KafkaListener? _kafka;

    /// <summary>Counts this start in <c>node.json</c> and opens the register of logs; the logs themselves open on demand. Blocks shortly.</summary>
    /// <exception cref="StartRefusedException">The data directory belongs to another node, or the disk refuses.</exception>
    public ActorsNode(
        ActorsOptions options, string dataDirectory, string version, LeasePool leases, IBatchInflater inflater, TimeProvider time,
        ILoggerFactory loggers)
    {
        _options = options;
        try
        {
            var device = new PosixStorageDevice();
            var faults = FaultSwitch.FromEnvironment();
            var identity = NodeIdentity.Begin(device, dataDirectory, options.NodeId, faults);
            _cluster = new ClusterHost(
                new ClusterHostOptions
                {
                    DataDirectory = dataDirectory,
                    Endpoints = options.Kafka.Port < 0 ? [] : [new NodeEndpoint(NodeEndpoint.Kafka, options.Advertise, AdvertisedPort(options))],
                    SoftwareVersion = version,
                    Faults = faults,
                    DefaultPartitions = options.Topics.DefaultPartitions,
                    DefaultReplicationFactor = (short)options.Topics.DefaultReplicationFactor,
                },
                identity, device, leases, time, loggers);
            var logs = new LogDirectoryOptions { Path = Path.Combine(dataDirectory, LogsFolder), Faults = faults };
            _partitions = new LocalPartitions(device, logs, _cluster.Catalog, leases, time, loggers);
        }
        catch (Exception e) when (e is NodeRefusedException or StorageException or StorageCorruptionException)
        {
            throw new StartRefusedException(e.Message, StartRefusedException.BadSurroundings, e);
        }

        _cluster.Subscribe(_partitions);
        _groups = new GroupHost(
            new GroupHostOptions
            {
                Groups = new GroupSettings
                {
                    InitialRebalanceDelayMs = options.Groups.InitialRebalanceDelayMs,
                    MinSessionTimeoutMs = options.Groups.MinSessionTimeoutMs,
                    MaxSessionTimeoutMs = options.Groups.MaxSessionTimeoutMs,
                },
            },
            _partitions, _cluster.Catalog, _cluster.Commands, inflater, leases, time, loggers);
        _cluster.Subscribe(_groups);
        if (options.Kafka.Port >= 0)
        {
            var kafka = new KafkaListenerOptions
            {
                Listen = ListenAddress.Parse(options.Listen),
                Port = options.Kafka.Port,
                AutoCreateTopics = options.Topics.AutoCreate,
                DefaultPartitions = options.Topics.DefaultPartitions,
                DefaultReplicationFactor = options.Topics.DefaultReplicationFactor,
            };
            _kafka = new KafkaListener(
                kafka, _partitions, _cluster.Catalog, _cluster.Commands, inflater, leases, time, loggers, _groups);
        }
    }

    /// <summary>What this node knows of the cluster.</summary>
    public ICatalog Catalog => _cluster.Catalog;

    /// <summary>Changes to it.</summary>
    public ICatalogCommands Commands => _cluster.Commands;

    /// <summary>The partitions led here.</summary>
    public LocalPartitions Partitions => _partitions;

    /// <summary>The groups coordinated here.</summary>
    public GroupHost Groups => _groups;

    /// <summary>The parts that can be unwell.</summary>
    public IEnumerable<IHealthSource> HealthSources => [_cluster, _partitions, _groups];

    /// <summary>The Kafka listener, or null if it is off.</summary>
    public KafkaListener? Kafka => _kafka;

    /// <summary>Opens the cluster log and registers this start; completes when the catalog is there.</summary>
    /// <exception cref="StartRefusedException">What is on disk does not fit together, or the disk refuses.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _cluster.StartAsync(cancellationToken).ConfigureAwait(false);
            _groups.Start();
        }
        catch (Exception e) when (e is NodeRefusedException or StorageException or StorageCorruptionException)
        {
            throw new StartRefusedException(e.Message, StartRefusedException.BadSurroundings, e);
        }
    }

    /// <summary>Begins to serve clients.</summary>
    /// <exception cref="StartRefusedException">The port is taken.</exception>
    public async Task ListenAsync(CancellationToken cancellationToken)
    {
        if (_kafka is null)
        {
            return;
        }

        try
        {
            await _kafka.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            throw PortTaken.Refusal("Actors:Kafka:Port", ListenAddress.Parse(_options.Listen), _options.Kafka.Port, e);
        }
    }

    /// <summary>Serves clients no more: answers what is pending, within a limit.</summary>
    public Task DrainAsync() => _kafka?.StopAsync() ?? Task.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_kafka is not null)
        {
            await _kafka.DisposeAsync().ConfigureAwait(false);
        }

        await _groups.DisposeAsync().ConfigureAwait(false);
        await _partitions.DisposeAsync().ConfigureAwait(false);
        await _cluster.DisposeAsync().ConfigureAwait(false);
    }

    // 0: told per connection, from the address on which it arrived.
    private static int AdvertisedPort(ActorsOptions options) => options.Advertise.Length > 0 ? options.Kafka.Port : 0;
}
