using Actors.Storage.Devices;
using Actors.Storage.Directories;
using Actors.Storage.Faults;
using Actors.Storage.Formats;
using Actors.Storage.Retention;

namespace Actors.Storage;

/// <summary>
/// Checkpoints: (1) the log thread turns to the other commit log file and brings each changed log's bytes and index entries into its
/// files, some logs per round; (2) the background thread syncs them and publishes the checkpoint file; (3) the log thread notes it, and
/// the commit log file left may be written over.
/// </summary>
public sealed partial class LogDirectory
{
    /// <summary>Logs captured per round, so that no round waits long.</summary>
    private const int CapturesPerRound = 64;

    private readonly HashSet<PartitionLog> _dirty = [];
    private readonly Queue<PartitionLog> _toCapture = new();
    private List<LogCapture>? _checkpoint;
    private long _bytesSinceCheckpoint;
    private long _lastCheckpointMs;
    private readonly long _lastGeneration;
    private int _leftCommitFile = -1;
    private CommitLogMark _commitLogMark;
    private long _nextCommitLogFrom;
    private bool _isPublishing;
    private bool _captureFailed;

    private bool IsCheckpointing => _checkpoint is not null;

    /// <summary>Brings every log to a checkpoint now. Log thread.</summary>
    public void Checkpoint()
    {
        LookAtClock();
        FinishCheckpoint();
        BeginCheckpoint();
        FinishCheckpoint();
    }

    /// <summary>Syncs and checkpoints everything, leaves the clean marker, closes. Log thread, after the last round.</summary>
    public void CloseClean()
    {
        RunRound();
        StopCleaning();
        try
        {
            if (_fault is null)
            {
                WaitForBackground();
                foreach (var log in _openLogs)
                {
                    log.CutPrewritten();
                }

                Checkpoint();
                Background?.WaitUntilIdle();
                RunCompletions();
            }

            if (_fault is null && _blocked.Count == 0 && _dirty.Count == 0 && IsAllRecovered)
            {
                DurableFile.Replace(Device, System.IO.Path.Combine(Path, OpenedDirectory.CleanFile), [], Options.Faults);
            }
        }
        catch (StorageException e)
        {
            Fail(e);
        }
        finally
        {
            Release();
        }
    }

    /// <summary>A log that no one opened since a crash may still have an end that is half written: nothing is clean then.</summary>
    private bool IsAllRecovered => _wasClosedClean || Array.TrueForAll(_register.ToArray(), e => _reopened.Contains(e.Number));

    /// <summary>Closes without writing anything more, as a crash would. Log thread.</summary>
    internal void Release()
    {
        StopCleaning();
        foreach (var log in _openLogs)
        {
            log.Close();
        }

        _openLogs.Clear();
        FailLogStarts();
        Tails.CloseOpenBlock();
        _commitLog?.Dispose();
        _register.Dispose();
        _lock.Dispose();
    }

    internal void NoteDirty(PartitionLog log, int bytes)
    {
        if (!log.IsDirty)
        {
            log.IsDirty = true;
            _dirty.Add(log);
        }

        _bytesSinceCheckpoint += bytes;
    }

    private void ForgetDirty(PartitionLog log)
    {
        log.IsDirty = false;
        _dirty.Remove(log);
        _weakDirty.Remove(log);
        _blocked.Remove(log);
        _unsyncedBytes -= log.UnprotectedBytes;
    }

    private bool IsCheckpointDue =>
        !IsCheckpointing && (_dirty.Count > 0 || _coldMoves.Count > 0)
        && (IsLogStartDue || IsSwapDue || _bytesSinceCheckpoint >= Options.CheckpointBytes
            || NowMs - _lastCheckpointMs >= Options.CheckpointMs);

    private void BeginCheckpoint()
    {
        if (IsCheckpointing || (_dirty.Count == 0 && _coldMoves.Count == 0))
        {
            return;
        }

        var left = _commitLog?.TryBeginGeneration() ?? -1;
        _leftCommitFile = left >= 0 ? left : _leftCommitFile;
        _nextCommitLogFrom = _commitLog?.NextFrom ?? _lastGeneration + 1;
        _checkpoint = new List<LogCapture>(_dirty.Count);
        _captureFailed = false;
        _bytesSinceCheckpoint = 0;
        _retainedLogs = 0;
        _lastCheckpointMs = NowMs;
        foreach (var log in _dirty)
        {
            _toCapture.Enqueue(log);
        }

        _dirty.Clear();
    }

    /// <summary>Captures some logs; hands all to the background thread after the last one. False: nothing to do.</summary>
    private bool StepCheckpoint(int maxLogs)
    {
        if (_checkpoint is not { } captures || _isPublishing)
        {
            return false;
        }

        for (var i = 0; i < maxLogs && _toCapture.TryDequeue(out var log); i++)
        {
            LimitFiles();
            TryCapture(captures, log);
        }

        if (_toCapture.Count == 0)
        {
            Publish(captures);
        }

        return true;
    }

    private void Publish(List<LogCapture> captures)
    {
        try
        {
            _register.Sync(); // a checkpoint names logs by their numbers
        }
        catch (StorageException e) when (e.IsNoSpace)
        {
            GiveUpCheckpoint(captures, []);
            return;
        }

        _isPublishing = true;
        var mark = _captureFailed ? _commitLogMark : new CommitLogMark(_nextCommitLogFrom, _commitLog?.SyncedRounds(_nextCommitLogFrom) ?? 0);
        var foldersMade = _foldersMade;
        var moves = TakeColdMoves();
        RunInBackground(() => Publish(captures, moves, foldersMade, mark));
    }

    private void TryCapture(List<LogCapture> captures, PartitionLog log)
    {
        if (log.IsClosed)
        {
            return;
        }

        try
        {
            captures.Add(log.Capture(Buffer, withIndexes: true));
            log.Syncing++;
        }
        catch (StorageException e) when (e.IsNoSpace)
        {
            // Stays as it is, in memory and commit log, until there is room.
            NoteFull();
            _captureFailed = true;
            log.IsDirty = false;
            NoteDirty(log, 0);
        }
    }

    /// <summary>Background thread.</summary>
    private void Publish(List<LogCapture> captures, List<ColdMove> moves, long foldersMade, CommitLogMark mark)
    {
        try
        {
            Reach(FaultPoint.BeforeCheckpoint);
            WriteDerived(captures);
            SyncCaptures(captures, foldersMade > Volatile.Read(ref _foldersSynced));
            var entries = new Dictionary<int, CheckpointEntry>();
            foreach (var entry in _register.ToArray())
            {
                if (entry.Checkpoint is { } known)
                {
                    entries[known.Number] = known;
                }
            }

            foreach (var move in moves)
            {
                entries[move.To.Number] = move.To;
            }

            foreach (var capture in captures)
            {
                entries[capture.Entry!.Value.Number] = capture.Entry.Value;
            }

            var bytes = CheckpointFormat.Write([.. entries.Values.OrderBy(e => e.Number)], mark);
            DurableFile.Replace(Device, System.IO.Path.Combine(Path, CheckpointFormat.FileName), bytes, Options.Faults);
            Reach(FaultPoint.AfterCheckpoint);
            Complete(() =>
            {
                NoteFoldersSynced(foldersMade);
                _commitLogMark = mark;
                NoteColdMoves(moves);
                NoteCheckpoint(captures);
            });
        }
        catch (StorageException e) when (e.IsNoSpace)
        {
            captures.ForEach(c => c.CloseDerived());
            Complete(() => GiveUpCheckpoint(captures, moves));
        }
        catch (Exception e)
        {
            Complete(() => Fail(e));
        }
    }

    /// <summary>Background thread. Where one call syncs all, none of the files stays open for it: there may be one per log.</summary>
    private void WriteDerived(List<LogCapture> captures)
    {
        var calls = 0;
        foreach (var capture in captures)
        {
            capture.WriteDerived(Device);
            calls += capture.SyncCalls;
            if (calls >= Options.SyncFileSystemFrom)
            {
                capture.CloseDerived();
            }
        }
    }

    private void NoteCheckpoint(List<LogCapture> captures)
    {
        List<string> old = [];
        var isTold = false;
        foreach (var capture in captures)
        {
            var log = capture.Log;
            log.Syncing--;
            var before = log.SyncedEnd;
            NoteSynced(capture);
            log.NoteCheckpoint(capture);
            if (capture.EndsSwap && !log.IsClosed)
            {
                EndSwap(log);
            }

            old.AddRange(log.TakeOldSnapshots());
            if (log.SyncedEnd != before)
            {
                _sink.OnWritten(log, log.WrittenEnd, log.SyncedEnd);
                isTold = true;
            }
        }

        if (isTold)
        {
            _sink.OnRoundEnd();
        }

        if (_leftCommitFile >= 0 && !_captureFailed)
        {
            _commitLog!.Release(_leftCommitFile);
            _leftCommitFile = -1;
        }

        NoteLogStarts(captures);
        EndCheckpoint();
        if (old.Count > 0)
        {
            RunInBackground(() => DeleteFiles(old));
        }
    }

    /// <summary>The disk is full: nothing was published, everything is as dirty as before.</summary>
    private void GiveUpCheckpoint(List<LogCapture> captures, List<ColdMove> moves)
    {
        NoteFull();
        _coldMoves.AddRange(moves);
        foreach (var capture in captures)
        {
            capture.Log.Syncing--;
            capture.Log.Restore(capture);
            capture.Log.IsDirty = false;
            NoteDirty(capture.Log, 0);
        }

        EndCheckpoint();
    }

    private void EndCheckpoint()
    {
        _checkpoint = null;
        _isPublishing = false;
    }

    private void FinishCheckpoint()
    {
        while (IsCheckpointing && _fault is null)
        {
            StepCheckpoint(int.MaxValue);
            Background?.WaitUntilIdle();
            RunCompletions();
        }
    }

    /// <summary>Background thread. Files that stay behind are deleted after the next opening.</summary>
    private void DeleteFiles(List<string> paths)
    {
        try
        {
            foreach (var path in paths)
            {
                Device.DeleteFile(path);
            }
        }
        catch (StorageException e)
        {
            LogNotDeleted(_logger, e, Path);
        }
    }

    [Microsoft.Extensions.Logging.LoggerMessage(EventId = 3006, Level = Microsoft.Extensions.Logging.LogLevel.Warning,
        Message = "Log directory {Directory}: old snapshots could not be deleted")]
    private static partial void LogNotDeleted(Microsoft.Extensions.Logging.ILogger logger, Exception cause, string directory);
}
