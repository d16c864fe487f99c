using System.Net.Sockets;
using Actors.Cluster.Commands;
using Actors.Groups;
using Actors.Hosting.Configuration;
using Actors.Kafka.Listener;
using Actors.Model.Leases;
using Actors.Model.Ports;
using Actors.Net;
using Actors.Node.Cluster;
using Actors.Node.Groups;
using Actors.Node.Partitions;
using Actors.Node.Tree;
using Actors.Storage;
using Actors.Storage.Devices;
using Actors.ZooKeeper.Listener;
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
    private readonly ZooKeeperListener? _zooKeeper;

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
                    SessionSecret = SessionSecretFile.ReadOrMake(device, dataDirectory),
                    TreeSettings = ZooKeeperSettings.Tree(options),
                    ContainerCheckPeriod = TimeSpan.FromMilliseconds(options.ZooKeeper.ContainerCheckIntervalMs),
                    DefaultPartitions = options.Topics.DefaultPartitions,
                    DefaultReplicationFactor = (short)options.Topics.DefaultReplicationFactor,
                },
                identity, device, leases, time, loggers);
            var logs = new LogDirectoryOptions
            {
                Path = Path.Combine(dataDirectory, LogsFolder),
                RetentionCheckMs = options.Topics.RetentionCheckIntervalMs,
                CleanerMapBytes = options.Cleaner.DedupeBufferBytes,
                CleanerMaxBytesPerSecond = options.Cleaner.IoMaxBytesPerSecond == 0 ? long.MaxValue : options.Cleaner.IoMaxBytesPerSecond,
                CleanerBackoffMs = options.Cleaner.BackoffMs,
                Faults = faults,
            };
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
                    MaxMembers = options.Groups.MaxSize,
                    OffsetRetentionMs = options.Groups.OffsetsRetentionMinutes * 60_000L,
                    OffsetCheckIntervalMs = options.Groups.OffsetsRetentionCheckIntervalMs,
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
                NodeSettings = KafkaNodeSettings.From(options),
                Limits = new KafkaLimits { Net = new NetLimits { IdleMs = options.Kafka.ConnectionsMaxIdleMs } },
            };
            _kafka = new KafkaListener(
                kafka, _partitions, _cluster.Catalog, _cluster.Commands, inflater, leases, time, loggers, _groups);
        }

        if (options.ZooKeeper.Port >= 0)
        {
            var zooKeeper = ZooKeeperSettings.From(options) with { DirectorySizes = () => ZooKeeperSettings.DirectorySizes(dataDirectory) };
            _zooKeeper = new ZooKeeperListener(zooKeeper, _cluster.Tree, leases, time, loggers);
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

    /// <summary>The znode tree.</summary>
    public ILocalTree Tree => _cluster.Tree;

    /// <summary>The parts that can be unwell.</summary>
    public IEnumerable<IHealthSource> HealthSources => [_cluster, _partitions, _groups];

    /// <summary>Changes of the tree.</summary>
    public ITreeFeeds Feeds => _cluster.Feeds;

    /// <summary>The Kafka listener, or null if it is off.</summary>
    public KafkaListener? Kafka => _kafka;

    /// <summary>The ZooKeeper listener, or null if it is off.</summary>
    public ZooKeeperListener? ZooKeeper => _zooKeeper;

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
        await StartAsync(_kafka is null ? null : _kafka.StartAsync, "Actors:Kafka:Port", _options.Kafka.Port, cancellationToken).ConfigureAwait(false);
        await StartAsync(_zooKeeper is null ? null : _zooKeeper.StartAsync, "Actors:ZooKeeper:Port", _options.ZooKeeper.Port, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Serves clients no more: answers what is pending, within a limit.</summary>
    public Task DrainAsync() => Task.WhenAll(_kafka?.StopAsync() ?? Task.CompletedTask, _zooKeeper?.StopAsync() ?? Task.CompletedTask);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_kafka is not null)
        {
            await _kafka.DisposeAsync().ConfigureAwait(false);
        }

        if (_zooKeeper is not null)
        {
            await _zooKeeper.DisposeAsync().ConfigureAwait(false);
        }

        await _groups.DisposeAsync().ConfigureAwait(false);
        await _partitions.DisposeAsync().ConfigureAwait(false);
        await _cluster.DisposeAsync().ConfigureAwait(false);
    }

    private async Task StartAsync(Func<CancellationToken, Task>? start, string key, int port, CancellationToken cancellationToken)
    {
        try
        {
            await (start?.Invoke(cancellationToken) ?? Task.CompletedTask).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            throw PortTaken.Refusal(key, ListenAddress.Parse(_options.Listen), port, e);
        }
    }

    // 0: told per connection, from the address on which it arrived.
    private static int AdvertisedPort(ActorsOptions options) => options.Advertise.Length > 0 ? options.Kafka.Port : 0;
}
