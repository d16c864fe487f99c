using System.Security.Cryptography;
using Actors.Cluster.Znodes;
using Actors.Model;
using Actors.Model.Leases;
using Actors.Model.Ports;
using Actors.Node.Tree;
using Actors.Replication.Quorum;
using Actors.Storage;
using Actors.Storage.Devices;
using Microsoft.Extensions.Logging;

namespace Actors.Node.Cluster;

/// <summary>
/// The cluster log <c>__cluster</c> on this node: interprets the quorum's machine over a log directory of its own (so that no topic's
/// round delays it), applies what is committed on its own thread, and lets the node propose commands. Ready once the registration of
/// this very start has been applied.
/// <para>Locks: <c>_gate</c> guards the quorum's machine and what is under way; <c>_stateGate</c> guards the state machine. Neither is
/// held while the other is taken. Threads: the log's own, which reports what is synced; the apply thread, which also opens and closes
/// the log; callers.</para>
/// </summary>
public sealed partial class ClusterHost : IHealthSource, IAsyncDisposable
{
    /// <summary>Id of the log's partition: the one Kafka reserves for its metadata topic.</summary>
    public static readonly TopicPartitionId LogId = new(new Guid(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1), 0);

    /// <summary>Name of the log.</summary>
    public const string LogName = "__cluster";

    private readonly ClusterHostOptions _options;
    private readonly NodeIdentity _identity;
    private readonly IStorageDevice _device;
    private readonly LeasePool _leases;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ILogger _storageLogger;
    private readonly CatalogView _view;
    private readonly CatalogCommands _commands;
    private readonly List<ICatalogObserver> _observers = [];
    private readonly string _folder;
    private readonly SnapshotStore _snapshots;
    private readonly Thread _applyThread;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ITimer? _ticker;
    private LogDirectory? _directory;
    private LogDirectoryWriter? _writer;
    private PartitionLog? _log;
    private string? _fault;
    private bool _started;
    private volatile bool _stopping;

    /// <summary>A host that has not started; it holds nothing open.</summary>
    public ClusterHost(
        ClusterHostOptions options, NodeIdentity identity, IStorageDevice device, LeasePool leases, TimeProvider time, ILoggerFactory loggers)
    {
        PathIndexKey.Current = new PathIndexKey(
            BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)), BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)));
        _options = options;
        _identity = identity;
        _device = device;
        _leases = leases;
        _time = time;
        _logger = loggers.CreateLogger("Actors.Node.Cluster");
        _storageLogger = loggers.CreateLogger("Actors.Storage.Cluster");
        _view = new CatalogView(identity.NodeId, identity.ClusterId);
        _commands = new CatalogCommands(this, options, identity.NodeId, time);
        _folder = Path.Combine(options.DataDirectory, NodeIdentity.ClusterFolder);
        _snapshots = new SnapshotStore(device, Path.Combine(_folder, "snapshots"), options.Faults);
        _eventRing = new TreeEventRing(options.EventRingBytes, options.EventRingAge, time, options.EventRingBlockBytes);
        _applyThread = new Thread(RunApplyThread) { Name = "cluster-apply", IsBackground = true };
    }

    /// <summary>What this node knows of the cluster; empty before the host is ready.</summary>
    public ICatalog Catalog => _view;

    /// <summary>Changes to the catalog.</summary>
    public ICatalogCommands Commands => _commands;

    /// <summary>Why the cluster log stopped on this node, or null. It does not heal.</summary>
    public string? Fault => Volatile.Read(ref _fault);

    /// <summary>Whether the registration of this start has been applied.</summary>
    public bool IsReady => _ready.Task.IsCompletedSuccessfully && Fault is null;

    /// <summary>Adds an observer of topics; before the start only.</summary>
    public void Subscribe(ICatalogObserver observer)
    {
        if (_started)
        {
            throw new InvalidOperationException("Observers subscribe before the cluster host starts: they are told every change.");
        }

        _observers.Add(observer);
    }

    /// <summary>
    /// Opens the log, applies what is in it, takes part in the election, registers this start. Completes when that registration has
    /// been applied: from then on the catalog is there and this node leads what is its.
    /// </summary>
    /// <exception cref="NodeRefusedException">What was found contradicts the node's identity, or the cluster refuses it.</exception>
    /// <exception cref="StorageException">The disk refused.</exception>
    /// <exception cref="StorageCorruptionException">The log is damaged.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _started = true;
        _applyThread.Start();
        return _ready.Task.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_started || _stopping)
        {
            return;
        }

        _stopping = true;
        _signal.Set();
        await _ended.Task.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Examine(ICollection<HealthFinding> findings)
    {
        const string part = "cluster";
        if (Fault is { } fault)
        {
            findings.Add(new HealthFinding(HealthLevel.Red, part, fault));
        }

        if (Volatile.Read(ref _snapshotDamage) is { } damage)
        {
            findings.Add(new HealthFinding(HealthLevel.Yellow, part, damage));
        }

        if (Volatile.Read(ref _snapshotFault) is { } snapshotFault)
        {
            findings.Add(new HealthFinding(HealthLevel.Yellow, part, snapshotFault));
        }

        if (_directory is { } directory)
        {
            foreach (var cut in directory.Cuts)
            {
                findings.Add(new HealthFinding(
                    HealthLevel.Yellow, part, $"An unfinished end of {cut.CutBytes} bytes was cut off the cluster log at offset {cut.Offset}."));
            }
        }
    }

    /// <summary>Opens what is on disk. Apply thread, before the log's own thread runs.</summary>
    private void Open()
    {
        DurableFile.CreateDirectory(_device, _folder);
        var vote = VoteFile.Read(_device, Path.Combine(_folder, VoteFile.FileName));
        _machine = _snapshots.Load();
        _eventRing.BeginAt(_machine.LastZxid.Value);
        foreach (var damaged in _snapshots.Damaged)
        {
            LogSnapshotDamaged(_logger, damaged);
            Volatile.Write(ref _snapshotDamage, damaged);
        }

        var logFolder = Path.Combine(_folder, "log");
        DurableFile.CreateDirectory(_device, logFolder);
        var directory = LogDirectory.Open(
            _device, new LogDirectoryOptions { Path = logFolder, CommitLogBytes = 0, Faults = _options.Faults }, _leases, _time, new Sink(this),
            _storageLogger);
        Volatile.Write(ref _directory, directory);
        var opening = directory.OpenLog(
            new LogIdentity(LogId, LogName), new LogConfig { SegmentBytes = _options.SegmentBytes, PrewriteBytes = _options.PrewriteBytes });
        if (opening.Log is not { } log)
        {
            throw new NodeRefusedException(opening.Refusal ?? "The cluster log does not open.");
        }

        if (_machine.AppliedEnd < log.LogStartOffset || _machine.AppliedEnd > log.WrittenEnd)
        {
            throw new NodeRefusedException(
                $"The newest snapshot of the cluster's state ends at {_machine.AppliedEnd}, but the log in {logFolder} holds "
                + $"{log.LogStartOffset} to {log.WrittenEnd}: restore the folder from a copy.");
        }

        log.Owner = this;
        _log = log;
        _appliedEnd = _machine.AppliedEnd;
        _snapshotEnd = _machine.AppliedEnd;
        _quorum = new QuorumMachine(
            new QuorumSettings { NodeId = _identity.NodeId, Voters = [_identity.NodeId] },
            new QuorumRecovery
            {
                Vote = vote,
                LogStart = log.LogStartOffset,
                LogEnd = log.WrittenEnd,
                SyncedEnd = log.SyncedEnd,
                LastEpoch = Math.Max(log.LastEpoch, 0),
                HighWatermark = _machine.AppliedEnd,
                LastAppendTimeMs = Math.Max(log.MaxTimestampMs, 0),
                Producers = log.Producers.Clone(),
            });
        _writer = new LogDirectoryWriter(directory);
        _ticker = _time.CreateTimer(static host => ((ClusterHost)host!).Tick(), this, TimeSpan.Zero, _options.TickPeriod);
    }

    private void Tick()
    {
        if (!_stopping && Fault is null)
        {
            Step(QuorumInput.Tick(
                (long)_time.GetElapsedTime(0).TotalMilliseconds, _time.GetUtcNow().ToUnixTimeMilliseconds(), RandomNumberGenerator.GetInt32(1000)));
        }
    }

    /// <summary>Ends everything, cleanly if nothing failed. Apply thread, its last act.</summary>
    private void Close()
    {
        lock (_applying)
        {
            // From here on the log thread applies nothing: it sees, under this lock, that the host stops or has failed.
        }

        _ticker?.Dispose();
        EndHouse();
        FailCommands(ErrorCode.NotController);
        if (Fault is null && _log is not null)
        {
            Step(QuorumInput.Resign());
            TakeLastSnapshot();
        }

        WaitForSnapshot();
        if (_writer is { } writer)
        {
            writer.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private void Fail(string reason, ErrorCode error, Exception? cause)
    {
        if (Interlocked.CompareExchange(ref _fault, reason, null) is null)
        {
            LogFailed(_logger, reason, cause);
        }

        FailCommands(error);
        _ready.TrySetException(cause ?? new NodeRefusedException(reason));
    }
}
