using Actors.Storage;
using Actors.Storage.Devices;
using Simulation.Fakes;
using Simulation.Histories;
using Simulation.Nodes;

namespace Simulation.Worlds;

/// <summary>Ends and starts of processes, and what every start must find.</summary>
internal sealed partial class NodeWorld
{
    private const int MaxStarts = 200;
    private const int MaxHealingRounds = 500;

    private long _latestWallMs;
    private bool _mayBeTorn;

    private void Restart()
    {
        do
        {
            EndDevice(powerCut: Chance(2));
            _clock.Advance(_random.Next(20_000));
            Start();
            if (_rot is not null)
            {
                Guarded(SettleRot);
            }
            else if (_options.Compaction && Chance(3))
            {
                Guarded(CleanCold);
            }
            else if (Chance(2))
            {
                Guarded(OpenAll);
            }
        }
        while (_isDead);
        if (_node.Failure is { } failure)
        {
            throw new Runs.SimulationException(failure.Message, failure);
        }
    }

    /// <summary>What remains of the disk when the process or the machine is gone.</summary>
    private void EndDevice(bool powerCut)
    {
        _isDead = true;
        if (_node is not null)
        {
            _report = _report with
            {
                Cleanings = _report.Cleanings + _node.Directory.CleanerStatistics.Cleanings,
                ColdCleanings = _report.ColdCleanings + _node.Directory.ColdCleanings,
            };
        }

        _waiting.Clear();
        _deletions.Clear();
        foreach (var client in _partitions.SelectMany(p => p.Clients))
        {
            client.LoseConnection();
        }

        _partitions.ForEach(p => p.LoseTail());
        if (powerCut)
        {
            Note($"power cut");
            _device = Prepared(_device.Crash(_random.Next()));
            _partitions.ForEach(p => p.LosePageCache());
            _mayBeTorn = true;
            _report = _report with { PowerCuts = _report.PowerCuts + 1 };
        }
        else
        {
            _device = Prepared(_device.Kill());
            _report = _report with { Kills = _report.Kills + 1 };
            if (_options.BitRot && _rot is null && !_isOver && Chance(2))
            {
                InjectRot();
            }
        }
    }

    private void Start()
    {
        for (var attempt = 0; ; attempt++)
        {
            Must(attempt < MaxStarts, "the node does not start");
            _isDead = false;
            PlanTrouble();
            if (_rot is not null)
            {
                NoTrouble(); // one thing at a time: what rot may do is told apart from what a crash may do
            }

            try
            {
                Note($"start");
                _node = new SimulatedNode(
                    _device, _directoryOptions, _leases, _clock, defersWork: !Chance(4), OnAnswer, () => _isDead,
                    identity => _partitions.Find(p => p.Identity.Id == identity.Id));
                _report = _report with { Starts = _report.Starts + 1 };
                _partitions.ForEach(p => p.LeaderEpoch++);
                ClearStrays();
                if (!_isDead)
                {
                    return;
                }
            }
            catch (SimulatedCrashException)
            {
                Must(_isDead, "a crash without a crash");
            }
            catch (StorageCorruptionException e)
            {
                Must(_rot is { MayRefuseDirectory: true }, $"the log directory refuses to open: {e.Message}");
                _report = _report with { Refusals = _report.Refusals + 1 };
                UndoRot();
            }
            catch (StorageException e)
            {
                Must(_errorsMade > 0 || (DiskIsLimited && e.IsNoSpace), $"the log directory does not open: {e.Message}");
                GiveRoom();
            }

            EndDevice(powerCut: _rot is null && Chance(2));
        }
    }

    /// <summary>Topics whose deletion did not end are known to the directory and not to the catalog.</summary>
    private void ClearStrays()
    {
        foreach (var listing in _node.Directory.ListLogs())
        {
            if (!_partitions.Exists(p => p.Identity == listing.Identity))
            {
                Note($"stray {listing.Identity.Topic}");
                var isDeleted = Chance(2);
                _node.Directory.Post(() =>
                {
                    if (isDeleted)
                    {
                        _node.Directory.DeleteLog(listing.Identity.Id);
                    }
                    else
                    {
                        _node.Directory.SetAside(listing.Identity.Id);
                    }
                });
            }
        }

        _node.Directory.RunRound();
    }

    private void OpenAll()
    {
        foreach (var history in _partitions.ToArray())
        {
            if (_node.Find(history.Identity.Id) is null)
            {
                OpenNow(history);
            }
        }
    }

    private SimulatedPartition? OpenNow(PartitionHistory history)
    {
        if (_node.Directory.Fault is not null)
        {
            return null;
        }

        Note($"open {history.Name}, {history.WrittenEnd} of {history.End} to survive");
        LogOpening opening = default;
        _node.Directory.Post(() => opening = _node.Directory.OpenLog(history.Identity, history.Config));
        _node.Directory.RunRound();
        if (_isDead)
        {
            throw new SimulatedCrashException();
        }

        if (opening.Log is { } log && _node.Directory.Fault is null) // it may fail in the round that opens the log, before anybody holds it
        {
            return TakeUp(history, log, opening.Cut);
        }

        var isExcused = _node.Directory.Fault is not null ? _errorsMade > 0 : _node.Directory.IsFull && _options.FullDisk | _options.DiskErrors;
        if (!isExcused)
        {
            history.Require(_rot?.Partition == history && _rot.MayRefuseLog,
                $"it refuses to open: {opening.Refusal ?? _node.Directory.Fault?.Cause.ToString()}");
            _report = _report with { Refusals = _report.Refusals + 1 };
        }

        return null;
    }

    /// <summary>A log was opened: it is all there.</summary>
    private SimulatedPartition TakeUp(PartitionHistory history, PartitionLog log, LogCut? cut)
    {
        var isRotten = _rot?.Partition == history;
        if (cut is not null)
        {
            Note($"    cut at {cut.Offset}, {cut.CutBytes} bytes");
            _report = _report with { Cuts = _report.Cuts + 1 };
            history.Require(cut.Offset == log.WrittenEnd, $"a cut is reported at {cut.Offset}, the log ends at {log.WrittenEnd}");
            history.Require(_mayBeTorn || isRotten || _options.FullDisk || _options.DiskErrors, "a cut is reported though nothing was torn");
            history.Require(!isRotten || cut.Offset >= _rot!.RecoveryPoint,
                $"the log is cut at {cut.Offset}, below its recovery point {_rot?.RecoveryPoint}");
        }

        var isCommitLogCut = _rot is { IsCommitLog: true } && _node.Directory.CommitLogCut is not null;
        history.Recover(log.WrittenEnd, mayLose: isCommitLogCut || (isRotten && cut is not null && _rot!.MayLose));
        history.RecoverStart(log.LogStartOffset);
        history.Require(log.SyncedEnd == log.WrittenEnd, $"the log opens with {log.SyncedEnd} synced of {log.WrittenEnd}");
        LookAt(history, log);
        LogChecks.Producers(history, log.Producers, LatestWallMs());
        var partition = new SimulatedPartition(_node, history, log);
        _node.Add(partition);
        return partition;
    }

    private void LookAt(PartitionHistory history, PartitionLog log)
    {
        try
        {
            LogChecks.ReadWhole(history, log);
        }
        catch (StorageCorruptionException e)
        {
            history.Require(_rot?.Partition == history && _rot.MayRefuseLog, $"a read is refused: {e.Message}");
            _report = _report with { Refusals = _report.Refusals + 1 };
        }
        catch (StorageException e)
        {
            history.Require(_errorsMade > 0, $"a read failed: {e.Message}");
        }

        LogChecks.Epochs(history, log.Epochs);
    }

    private void CloseClean()
    {
        if (_isDead || _node.Directory.Fault is not null)
        {
            return;
        }

        Note($"close clean");
        _node.Directory.CloseClean();
        if (_isDead)
        {
            return;
        }

        if (_node.Directory.Fault is null && !_node.Directory.IsFull)
        {
            foreach (var partition in _node.Open)
            {
                partition.History.Require(
                    partition.History.SyncedEnd == partition.History.End,
                        $"a clean close leaves {partition.History.SyncedEnd} of {partition.History.End} synced");
            }
        }

        _isDead = true;
    }

    /// <summary>No more trouble: what is under way comes to an end, and every client is served.</summary>
    private void Heal()
    {
        Note($"no more trouble");
        _isOver = true;
        if (_node.Directory.Fault is not null)
        {
            EndDevice(powerCut: false);
            Start();
        }

        UndoRot();
        NoTrouble();
        for (var i = 0; i < MaxHealingRounds && !(IsQuiet() && i > 20); i++)
        {
            _clock.Advance(250);
            _node.Background.WaitUntilIdle();
            _node.Cleaner.WaitUntilIdle();
            _node.Directory.RunRound();
            if (i == 0 && _node.Directory.Fault is not null)
            {
                EndDevice(powerCut: false); // what failed before the trouble ended is told only now
                Start();
            }

            AfterStep();
            OpenAll();
            ResendAll();
        }

        Must(IsQuiet(), $"service does not resume: {_waiting.Count} requests wait, full: {_node.Directory.IsFull}");
    }

    private bool IsQuiet() =>
        _waiting.Count == 0 && !_node.Directory.IsFull && _node.Directory.QueuedBytes == 0
        && _partitions.TrueForAll(p => _node.Find(p.Identity.Id) is not null && p.Clients.All(c => c.Unanswered.Count == 0));

    private void ResendAll()
    {
        foreach (var partition in _node.Open.ToArray())
        {
            foreach (var client in partition.History.Clients)
            {
                while (client.FirstToResend is { } batch && _node.Directory is { IsFull: false, Fault: null })
                {
                    batch.NeedsResend = false;
                    Send(partition, client, batch, "resend");
                }
            }
        }
    }

    /// <summary>The end of a run: power is cut once more, then the node is closed clean, and every time all of it is there.</summary>
    private void LookAtEverything()
    {
        foreach (var partition in _node.Open)
        {
            LookAt(partition.History, partition.Log);
            LogChecks.Producers(partition.History, partition.Log.Producers, LatestWallMs());
            LogChecks.Producers(partition.History, partition.Machine.Producers, LatestWallMs());
        }

        EndDevice(powerCut: true);
        StartWhole();
        CloseClean();
        EndDevice(powerCut: true);
        StartWhole();
        Must(_node.Directory.WasClosedClean, "a directory that was closed clean does not know it");
    }

    private void StartWhole()
    {
        Start();
        OpenAll();
        AfterStep();
        Must(_partitions.TrueForAll(p => _node.Find(p.Identity.Id) is not null), "a partition did not open");
    }

    private long LatestWallMs() => _latestWallMs = Math.Max(_latestWallMs, _clock.WallMs);
}
