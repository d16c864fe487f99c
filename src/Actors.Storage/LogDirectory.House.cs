using Actors.Storage.Devices;
using Actors.Storage.Directories;

namespace Actors.Storage;

/// <summary>Housekeeping between rounds: checkpoints, weak syncs, free space, old tails, batches that found the disk full. Log thread.</summary>
public sealed partial class LogDirectory
{
    private const int SpaceLookMs = 1000;
    private const long SpaceLookBytes = 64L << 20;
    private const int BusyLookMs = 50;
    private const int IdleLookMs = 10_000;
    private const int RetryFullMs = 200;
    private const int PrepareAgainMs = 10_000;

    private StorageSpace _space;
    private bool _isFull;
    private long _bytesSinceSpaceLook;
    private long _lastSpaceLookMs;
    private long _lastIdleLookMs;
    private long _lastRetryMs;
    private long _prepareCommitLogMs;
    private long _compactRegisterMs;
    private int _nextLookMs = IdleLookMs;

    /// <summary>Free space is below the reserve: appends are to be refused with a retriable error until it is not. Any thread.</summary>
    public bool IsFull => Volatile.Read(ref _isFull);

    /// <summary>Room of the file system, as of the last look. Any thread.</summary>
    public StorageSpace Space => _space;

    /// <summary>A write did not fit.</summary>
    internal void NoteFull()
    {
        if (!_isFull)
        {
            LogFull(_logger, Path, _space.FreeBytes, Options.ReserveBytes);
        }

        Volatile.Write(ref _isFull, true);
        _lastSpaceLookMs = NowMs;
    }

    private bool KeepHouse()
    {
        var busy = false;
        if (_blocked.Count > 0 && NowMs - _lastRetryMs >= RetryFullMs)
        {
            _lastRetryMs = NowMs;
            RunBatches();
        }

        if (_bytesSinceSpaceLook >= SpaceLookBytes || NowMs - _lastSpaceLookMs >= (_isFull ? RetryFullMs : SpaceLookMs))
        {
            LookAtSpace();
        }

        if (_weakDirty.Count > 0)
        {
            SyncWeak();
        }

        CompactRegister();
        if (IsCheckpointDue)
        {
            BeginCheckpoint();
        }

        busy |= StepCheckpoint(CapturesPerRound);
        ApplyRetention();
        KeepClean();
        ReturnBorrowed();
        busy |= MayRetain | StepColdRetention();
        if (NowMs - Tails.OldestMs >= Options.TailIdleMs)
        {
            Tails.DropOlder(NowMs - Options.TailIdleMs);
        }

        if (NowMs - _lastIdleLookMs >= IdleLookMs)
        {
            _lastIdleLookMs = NowMs;
            CloseIdle(Options.IdleMs);
        }

        busy |= RunCompletions();
        _nextLookMs = _blocked.Count > 0 || _weakDirty.Count > 0 || _isFull || _dirty.Count > 0 ? BusyLookMs
            : _toDelete.Count > 0 || IsColdRetentionUnderWay ? DeletePauseMs
            : _coldMoves.Count > 0 || _mayReturn ? BusyLookMs
            : Tails.HeldBytes > 0 ? SpaceLookMs
            : _compacted.Count + _coldDirty.Count > 0 && Cleaner is not null ? (int)Math.Min(IdleLookMs, Options.CleanerBackoffMs)
            : IdleLookMs;
        return busy;
    }

    private void LookAtSpace()
    {
        _space = Device.GetSpace(Path);
        _lastSpaceLookMs = NowMs;
        _bytesSinceSpaceLook = 0;
        var isFull = _space.FreeBytes < Options.ReserveBytes || _blocked.Count > 0;
        if (isFull && !_isFull)
        {
            LogFull(_logger, Path, _space.FreeBytes, Options.ReserveBytes);
        }
        else if (!isFull && _isFull)
        {
            LogRoomAgain(_logger, Path, _space.FreeBytes);
        }

        Volatile.Write(ref _isFull, isFull);
    }

    /// <summary>Whether the commit log can be used; the first round that could makes it, in the background.</summary>
    private bool IsCommitLogReady()
    {
        if (_commitLog is not { } commitLog || commitLog.IsReady)
        {
            return _commitLog is not null;
        }

        if (!_isFull && NowMs >= _prepareCommitLogMs)
        {
            _prepareCommitLogMs = long.MaxValue;
            RunInBackground(() => PrepareCommitLog(commitLog));
        }

        return commitLog.IsReady;
    }

    /// <summary>Background thread.</summary>
    private void PrepareCommitLog(CommitLog commitLog)
    {
        try
        {
            commitLog.Prepare();
            Complete(() => CountOnCommitLog(commitLog));
        }
        catch (StorageException e) when (e.IsNoSpace)
        {
            Complete(() => _prepareCommitLogMs = NowMs + PrepareAgainMs);
        }
        catch (Exception e)
        {
            Complete(() => Fail(e));
        }
    }

    /// <summary>From here on a commit log file that is not there is damage.</summary>
    private void CountOnCommitLog(CommitLog commitLog)
    {
        try
        {
            _register.NoteCommitLog(Math.Max(commitLog.FileBytes, _register.CommitLogBytes), commitLog.FirstGeneration);
            _register.Sync();
            commitLog.MakeReady();
        }
        catch (StorageException e) when (e.IsNoSpace)
        {
            _prepareCommitLogMs = NowMs + PrepareAgainMs;
        }
    }

    private void CompactRegister()
    {
        if (!_register.IsCompactionDue || NowMs < _compactRegisterMs)
        {
            return;
        }

        _compactRegisterMs = NowMs + PrepareAgainMs; // and not again while it is under way, or the disk is full
        RunInBackground(() =>
        {
            try
            {
                _register.CompactIfDue();
            }
            catch (StorageException e) when (e.IsNoSpace)
            {
                Complete(NoteFull);
            }
            catch (Exception e)
            {
                Complete(() => Fail(e));
            }
        });
    }

    private void TryWriteUnwritten(PartitionLog log)
    {
        try
        {
            log.WriteUnwritten(Buffer);
        }
        catch (StorageException e) when (e.IsNoSpace)
        {
            NoteFull();
        }
    }
}
