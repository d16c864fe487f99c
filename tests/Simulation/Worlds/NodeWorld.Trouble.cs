using Simulation.Fakes;

namespace Simulation.Worlds;

/// <summary>Trouble: the call at which the process dies, the call that fails, the disk that is full.</summary>
internal sealed partial class NodeWorld
{
    private const int BrokenDisk = 5; // EIO
    private const int DiskIsFull = 28; // ENOSPC

    private static readonly HashSet<string> s_mayFail =
        ["pwritev", "pread", "fdatasync", "fsync", "syncfs", "open", "rename", "ftruncate", "unlink", "mkdir"];

    private long _deviceCalls;
    private long _crashAt = long.MaxValue;
    private long _errorAt = long.MaxValue;
    private int _errorNumber;
    private int _errorsMade;
    private int _roomAtStep = int.MaxValue;
    private bool _isDead;
    private bool _isOver;

    private bool DiskIsLimited => _roomAtStep != int.MaxValue;

    private SimulatedStorageDevice Prepared(SimulatedStorageDevice device)
    {
        device.Faults = OnDeviceCall;
        device.LiesAboutSyncs = _options.LyingSyncs;
        device.LiesAboutNames = _options.LyingDirectorySyncs;
        return device;
    }

    private int OnDeviceCall(string operation, string path)
    {
        _deviceCalls++;
        _trace.Mix(operation);
        _trace.Call(operation, path);
        if (_isDead)
        {
            throw new SimulatedCrashException();
        }

        if (_deviceCalls == _crashAt)
        {
            Note($"    dies before {operation} {Path.GetFileName(path)}");
            _isDead = true;
            throw new SimulatedCrashException();
        }

        if (_deviceCalls >= _errorAt && s_mayFail.Contains(operation))
        {
            Note($"    {operation} {Path.GetFileName(path)} fails with {_errorNumber}");
            _errorAt = long.MaxValue;
            _errorsMade++;
            _report = _report with { DiskErrors = _report.DiskErrors + 1 };
            return _errorNumber;
        }

        return 0;
    }

    /// <summary>Draws what will befall the process that starts now.</summary>
    private void PlanTrouble()
    {
        _errorsMade = 0;
        if (_isOver)
        {
            NoTrouble();
            return;
        }

        _errorNumber = Chance(4) ? DiskIsFull : BrokenDisk;
        _errorAt = _options.DiskErrors && Chance(2) ? _deviceCalls + _random.Next(1, Chance(3) ? 100 : 2000) : long.MaxValue;
        _crashAt = _options.Crashes && !Chance(3) ? _deviceCalls + _random.Next(1, Chance(2) ? 80 : 1500) : long.MaxValue;
    }

    private void NoTrouble()
    {
        _errorAt = long.MaxValue;
        _crashAt = long.MaxValue;
        GiveRoom();
    }

    private void MakeTrouble()
    {
        if (!_options.FullDisk || DiskIsLimited)
        {
            return;
        }

        _device.CapacityBytes = _device.UsedBytes + _random.Next(20_000);
        _roomAtStep = _trace.Steps + _random.Next(1, 120);
        _report = _report with { FullDisks = _report.FullDisks + 1 };
        Note($"the disk has {_device.CapacityBytes - _device.UsedBytes} bytes left");
    }

    private void GiveRoom()
    {
        if (DiskIsLimited)
        {
            Note($"the disk has room again");
            _device.CapacityBytes = 1L << 40;
            _roomAtStep = int.MaxValue;
        }
    }

    /// <summary>The process ends by itself, between two calls of the device.</summary>
    private void EndProcess()
    {
        if (_options.Crashes)
        {
            Note($"the process is killed");
            _isDead = true;
        }
    }
}
