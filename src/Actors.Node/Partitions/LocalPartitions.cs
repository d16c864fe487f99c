using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Actors.Model;
using Actors.Model.Leases;
using Actors.Model.Ports;
using Actors.Node.Cluster;
using Actors.Storage;
using Actors.Storage.Devices;
using Microsoft.Extensions.Logging;

namespace Actors.Node.Partitions;

/// <summary>
/// The partitions of this node: hosts a machine for each one that has been touched, over the node's log directory. A partition nobody
/// has touched exists in the catalog and the directory's register only.
/// </summary>
public sealed partial class LocalPartitions : ILocalPartitions, ICatalogObserver, IPartitionStatistics, IHealthSource, IAsyncDisposable
{
    /// <summary>How often open partitions see the clock, to forget producers that went silent: 60 s, a fraction of their expiry of a day.</summary>
    public static readonly TimeSpan TickPeriod = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<TopicPartitionId, HostedPartition> _open = new();
    private readonly ConcurrentDictionary<TopicPartitionId, string> _halted = new();
    private readonly ICatalog _catalog;
    private readonly LogDirectory _directory;
    private readonly LogDirectoryWriter _writer;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer _ticker;

    /// <summary>
    /// Opens the log directory and starts its thread. Subscribe it to the catalog before anything is served.
    /// </summary>
    /// <exception cref="StorageException">The directory cannot be opened.</exception>
    public LocalPartitions(
        IStorageDevice device, LogDirectoryOptions options, ICatalog catalog, LeasePool leases, TimeProvider time, ILoggerFactory loggers)
    {
        _catalog = catalog;
        _time = time;
        _logger = loggers.CreateLogger("Actors.Node.Partitions");
        _directory = LogDirectory.Open(device, options, leases, time, new Sink(this), loggers.CreateLogger("Actors.Storage"));
        _writer = new LogDirectoryWriter(_directory);
        _ticker = time.CreateTimer(static state => ((LocalPartitions)state!).Tick(), this, TickPeriod, TickPeriod);
    }

    /// <summary>The log directory, for health and statistics.</summary>
    public LogDirectory Directory => _directory;

    /// <inheritdoc/>
    public bool TryGetOpen(TopicPartitionId id, [NotNullWhen(true)] out ILocalPartition? partition)
    {
        if (_open.TryGetValue(id, out var hosted))
        {
            partition = hosted;
            return true;
        }

        partition = null;
        return false;
    }

    /// <inheritdoc/>
    public long GetSizeBytes(TopicPartitionId id) => Find(id, out _) != ErrorCode.None ? -1 : Math.Max(0, _directory.GetSizeBytes(id));

    /// <inheritdoc/>
    public IReadOnlyList<LogDirectoryStatus> LogDirectories
    {
        get
        {
            var space = _directory.Space;
            return
            [
                new LogDirectoryStatus(_directory.Path, space.TotalBytes, space.FreeBytes, _directory.Fault?.Reason) { Cleaner = CleanerStatus },
            ];
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ticker.DisposeAsync().ConfigureAwait(false);
        var wake = new WakeList();
        foreach (var partition in _open.Values)
        {
            partition.Resign(wake);
        }

        wake.WakeAll();
        await _writer.DisposeAsync().ConfigureAwait(false);
    }

    private void OnHalted(HostedPartition partition, string reason)
    {
        _halted[partition.Id] = $"{partition.Topic}-{partition.Id.Partition}: {reason}";
        LogHalted(_logger, partition.Topic, partition.Id.Partition, reason);
    }

    private ErrorCode Find(TopicPartitionId id, out TopicDescription? topic)
    {
        if (!_catalog.TryGetTopic(id.TopicId, out topic))
        {
            return ErrorCode.UnknownTopicId;
        }

        if ((uint)id.Partition >= (uint)topic.Partitions.Count)
        {
            return ErrorCode.UnknownTopicOrPartition;
        }

        return topic.Partitions[id.Partition].LeaderId == _catalog.NodeId ? ErrorCode.None : ErrorCode.NotLeaderOrFollower;
    }

    private void Tick()
    {
        var nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var partition in _open.Values)
        {
            partition.Tick(nowMs);
        }
    }

    [LoggerMessage(1000, LogLevel.Critical, "Partition {Topic}-{Partition} stopped: {Reason}")]
    private static partial void LogHalted(ILogger logger, string topic, int partition, string reason);
}
