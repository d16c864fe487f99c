using System.Globalization;
using Actors.Model.Leases;
using Actors.Storage;
using Simulation.Fakes;
using Simulation.Histories;
using Simulation.Nodes;
using Simulation.Runs;

namespace Simulation.Worlds;

/// <summary>
/// One node, its disk, its clock and its clients, all from one seed and on one thread. A run is a sequence of steps, each drawn by the
/// seed; trouble of the kinds that <see cref="WorldOptions"/> allows comes in between, down to a single call of the device. What
/// happened is held against <see cref="PartitionHistory"/> after every step, read and start.
/// </summary>
internal sealed partial class NodeWorld
{
    private const string Root = "/data/logs";

    // Blocks of one thread's runs are used again by the next: pinned memory is dear.
    [ThreadStatic]
    private static LeasePool? s_leases;

    private readonly Random _random;
    private readonly WorldOptions _options;
    private readonly SimulatedClock _clock = new();
    private readonly Trace _trace = new();
    private readonly LeasePool _leases = s_leases ??= new LeasePool();
    private readonly List<PartitionHistory> _partitions = [];
    private readonly Dictionary<long, (PartitionHistory History, PartitionClient Client, ClientBatch Batch)> _waiting = [];
    private readonly LogDirectoryOptions _directoryOptions;
    private readonly int _largestBatchBytes;
    private SimulatedStorageDevice _device;
    private SimulatedNode _node = null!;
    private RunReport _report = new();
    private int _nextBatchId;
    private long _nextToken;
    private int _nextTopic;

    public NodeWorld(int seed, WorldOptions options)
    {
        _random = new Random(seed);
        _options = options;
        var files = new Random(~seed); // of its own: what a seed does else does not change with it
        var hasLargeBatches = _random.Next(10) == 0;
        _largestBatchBytes = hasLargeBatches ? 70_000 : 3000;
        _directoryOptions = new LogDirectoryOptions
        {
            Path = Root,
            ReserveBytes = options.FullDisk ? _random.Next(3) * 4096 : 0,
            CommitLogBytes = _random.Next(4) == 0 ? 0 : 512 * _random.Next(8, hasLargeBatches ? 1000 : 200),
            CommitLogRunBytes = _random.Next(2) == 0 ? 64 << 10 : _random.Next(200, 8000),
            MaxRoundBytes = hasLargeBatches ? 200_000 : _random.Next(3500, 20_000),
            MaxUnsyncedBytes = _random.Next(8000, 200_000),
            CheckpointBytes = _random.Next(1000, 60_000),
            CheckpointMs = _random.Next(50, 5000),
            PartitionTailBytes = _random.Next(500, 40_000),
            TailBytes = _random.Next(3) == 0 ? 0 : 1 << 20,
            TailIdleMs = _random.Next(10, 5000),
            CleanerBackoffMs = _random.Next(100, 20_000),
            CleanerMapBytes = Chance(3) ? 24 * _random.Next(8, 64) : 1 << 20,
            MaxOpenFiles = files.Next(2) == 0 ? int.MaxValue : files.Next(2, 30),
        };
        _device = Prepared(new SimulatedStorageDevice());
        var count = _random.Next(1, 6);
        for (var i = 0; i < count; i++)
        {
            _partitions.Add(NewPartition());
        }
    }

    /// <summary>Runs to the end. Throws <see cref="SimulationException"/> if a guarantee does not hold.</summary>
    public RunReport Run()
    {
        try
        {
            Start();
            for (var i = 0; i < _options.Steps; i++)
            {
                if (_trace.Steps >= _roomAtStep)
                {
                    GiveRoom();
                }

                Guarded(OneStep);
                AfterStep();
            }

            Heal();
            LookAtEverything();
            return _report with
            {
                Steps = _trace.Steps, DeviceCalls = _deviceCalls, Hash = _trace.Hash, CleanedAway = _partitions.Sum(p => p.GoneCount),
            };
        }
        catch (Exception e)
        {
            // Whatever ends a run, its seed and its last steps are what is needed to see why.
            throw new SimulationException($"{e.Message}\nlast steps:\n{_trace}", e);
        }
    }

    /// <summary>Runs something that may be cut short by the death of the process.</summary>
    private void Guarded(Action step)
    {
        try
        {
            step();
        }
        catch (SimulatedCrashException)
        {
            Must(_isDead, "a crash without a crash");
        }
        catch (Actors.Storage.Devices.StorageException e)
        {
            Must(_errorsMade > 0, $"a call failed by itself: {e.Message}"); // a read that hit the disk error, whose client is told
        }
    }

    private void AfterStep()
    {
        if (_node.Failure is { } failure)
        {
            throw new SimulationException(failure.Message, failure);
        }

        if (_isDead)
        {
            Restart();
            return;
        }

        if (_node.Directory.Fault is { } fault)
        {
            Must(_errorsMade > 0, $"the log directory failed by itself: {fault.Reason}\n{fault.Cause}");
        }

        SettleDeletions();
        foreach (var partition in _node.Open)
        {
            partition.Check();
        }
    }

    private void Note(FormattableString text) => _trace.Step(text.ToString(CultureInfo.InvariantCulture));

    private bool Chance(int oneIn) => _random.Next(oneIn) == 0;

    private T Pick<T>(IReadOnlyList<T> from) => from[_random.Next(from.Count)];

    private static void Must([System.Diagnostics.CodeAnalysis.DoesNotReturnIf(false)] bool holds, string message)
    {
        if (!holds)
        {
            throw new SimulationException(message);
        }
    }
}
