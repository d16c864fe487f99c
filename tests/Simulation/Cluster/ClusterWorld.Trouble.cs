using Actors.Cluster;
using Actors.Node.Cluster;
using Actors.Storage;
using Actors.Storage.Devices;
using Actors.Storage.Formats;
using Simulation.Fakes;
using Simulation.Worlds;

namespace Simulation.Cluster;

/// <summary>Trouble and starts: the call at which the process dies, the call that fails, the disk that is full, the bit that flips.</summary>
internal sealed partial class ClusterWorld
{
    private const int BrokenDisk = 5; // EIO
    private const int DiskIsFull = 28; // ENOSPC

    private static readonly HashSet<string> s_mayFail =
        ["pwritev", "pread", "fdatasync", "fsync", "syncfs", "open", "rename", "ftruncate", "unlink", "mkdir"];

    private long _calls;
    private long _crashAt = long.MaxValue;
    private long _errorAt = long.MaxValue;
    private int _errorNumber;
    private int _errorsMade;
    private bool _isFull;
    private bool _isDead;
    private bool _isOver;

    /// <summary>Whether the disk has given a reason for a refusal.</summary>
    private bool HasExcuse => _errorsMade > 0 || _isFull;

    private void AfterStep()
    {
        if (_node.Failure is { } failure)
        {
            throw failure;
        }

        if (_node.Stopped is { } reason && !_isDead)
        {
            ClusterHistory.Must(HasExcuse, $"the node stops: {reason}");
            Note($"the node has stopped: {reason}");
            _isDead = true;
        }

        if (_isDead)
        {
            End(powerCut: _random.Next(2) == 0);
            Start();
        }
    }

    private void End(bool powerCut)
    {
        Note($"{(powerCut ? "power cut" : "kill")}");
        _isDead = true;
        var old = _device;
        if (!powerCut && _trouble.BitRot && !_isOver && _random.Next(2) == 0 && _node is { Stopped: null })
        {
            LookAtRotten(old.Crash(_random.Next()), _node.RecoveryPoint);
        }

        _device = powerCut ? old.Crash(_random.Next()) : old.Kill();
        _report = powerCut ? _report with { PowerCuts = _report.PowerCuts + 1 } : _report with { Kills = _report.Kills + 1 };
        _sent.Clear();
        _watchers.Disconnect();
        _nextSequence = 0;
        _clock.Advance(_random.Next(3000));
    }

    private void Start()
    {
        for (var attempt = 0; attempt < MaxStarts; attempt++)
        {
            PlanTrouble();
            _incarnation++;
            try
            {
                Note($"start {_incarnation}");
                _node = new SimulatedClusterNode(_device, _options, _config, _clock, _leases, _history, () => _isDead, watchers: _watchers);
                _report = _report with { Starts = _report.Starts + 1 };
                if (!_isDead)
                {
                    return;
                }
            }
            catch (SimulatedCrashException)
            {
                ClusterHistory.Must(_isDead, "a crash without a crash");
            }
            catch (Exception refusal) when (refusal is StorageException or NodeRefusedException)
            {
                ClusterHistory.Must(_isDead || HasExcuse, $"the node does not start: {refusal}");
                Note($"    does not start: {refusal.Message}");
                _report = _report with { Refusals = _report.Refusals + 1 };
                GiveRoom();
            }

            End(powerCut: _random.Next(2) == 0);
        }

        ClusterHistory.Must(false, "the node does not start");
    }

    private void PlanTrouble()
    {
        _device.Faults = OnDeviceCall;
        _device.LiesAboutSyncs = _trouble.LyingSyncs;
        (_isDead, _errorsMade) = (false, 0);
        _crashAt = _isOver || _random.Next(3) == 0 ? long.MaxValue : _calls + _random.Next(1, 400);
        _errorNumber = _random.Next(4) == 0 ? DiskIsFull : BrokenDisk;
        _errorAt = _trouble.DiskErrors && !_isOver && _random.Next(2) == 0 ? _calls + _random.Next(1, 400) : long.MaxValue;
    }

    private void NoTrouble()
    {
        (_crashAt, _errorAt) = (long.MaxValue, long.MaxValue);
        GiveRoom();
    }

    private void MakeTrouble()
    {
        if (_isFull)
        {
            GiveRoom();
        }
        else if (_trouble.FullDisk)
        {
            _isFull = true;
            _device.CapacityBytes = _device.UsedBytes + _random.Next(6000);
            _report = _report with { FullDisks = _report.FullDisks + 1 };
            Note($"the disk has {_device.CapacityBytes - _device.UsedBytes} bytes left");
        }
    }

    private void GiveRoom()
    {
        if (_isFull)
        {
            Note($"the disk has room again");
            _device.CapacityBytes = 1L << 40;
            _isFull = false;
        }
    }

    private void TakeSnapshot()
    {
        Note($"snapshot at {_node.Machine.AppliedEnd}");
        try
        {
            _node.TakeSnapshot();
        }
        catch (StorageException e)
        {
            // The log still has everything.
            ClusterHistory.Must(HasExcuse, $"the snapshot is not written: {e.Message}");
        }
    }

    private void Guarded(Action step)
    {
        try
        {
            step();
        }
        catch (SimulatedCrashException)
        {
            ClusterHistory.Must(_isDead, "a crash without a crash");
        }
        catch (StorageException e)
        {
            ClusterHistory.Must(HasExcuse, $"the node fails: {e.Message}");
            _node.Stop(e.Message);
        }
    }

    /// <summary>
    /// A node is started over a copy of the disk in which one bit has flipped: it refuses, or says what it cut off; what it applies is what
    /// was applied before.
    /// </summary>
    private void LookAtRotten(SimulatedStorageDevice copy, long recoveryPoint)
    {
        var files = copy.ListFiles().Where(f => f.StartsWith("/data/", StringComparison.Ordinal) && NodeWorld.MayRot(f)).ToArray();
        if (files.Length == 0)
        {
            return;
        }

        var path = files[_random.Next(files.Length)];
        var bytes = copy.ReadAll(path);
        var bit = bytes.Length == 0 ? 0 : _random.NextInt64(bytes.Length * 8L);
        if (bytes.Length == 0 || path.EndsWith(RegisterFormat.FileName, StringComparison.Ordinal)
            || (path.EndsWith(FileText.LogSuffix, StringComparison.Ordinal) && NodeWorld.IsOutsideTheChecksum(bytes, bit / 8)))
        {
            return;
        }

        copy.FlipBit(path, bit);
        copy.CapacityBytes = long.MaxValue;
        _report = _report with { RottenBits = _report.RottenBits + 1 };
        Note($"bit {bit} of a copy of {path} flips, recovery point {recoveryPoint}");
        var truth = _history.Copy();
        _incarnation++;
        try
        {
            var node = new SimulatedClusterNode(
                copy, _options, _config, _clock, _leases, truth, () => false, new ClusterRot(recoveryPoint));
            var end = truth.End;
            for (var i = 0; i < 20 && node.Stopped is null; i++)
            {
                Settle(node);
            }

            ClusterHistory.Must(node.Stopped is not null || node.Machine.AppliedEnd > end, $"{path}: the node neither stops nor goes on");
        }
        catch (Exception refusal) when (refusal is StorageException or StorageCorruptionException or NodeRefusedException or ClusterLogException)
        {
            Note($"    refused: {refusal.Message}");
            _report = _report with { Refusals = _report.Refusals + 1 };
        }
    }

    private int OnDeviceCall(string operation, string path)
    {
        _calls++;
        _trace.Mix(operation);
        _trace.Call(operation, path);
        if (_calls >= _crashAt && !_isDead)
        {
            Note($"    dies before {operation} {Path.GetFileName(path)}");
            _isDead = true;
        }

        if (_isDead)
        {
            throw new SimulatedCrashException();
        }

        if (_calls >= _errorAt && s_mayFail.Contains(operation))
        {
            Note($"    {operation} {Path.GetFileName(path)} fails with {_errorNumber}");
            _errorAt = long.MaxValue;
            _errorsMade++;
            _report = _report with { DiskErrors = _report.DiskErrors + 1 };
            return _errorNumber;
        }

        return 0;
    }
}

/// <summary>A bit has flipped in what a node opens.</summary>
/// <param name="RecoveryPoint">Below it the log is known to be synced: nothing there may be cut.</param>
internal sealed record ClusterRot(long RecoveryPoint);
