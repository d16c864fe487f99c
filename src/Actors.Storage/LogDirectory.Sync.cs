using Actors.Storage.Devices;
using Actors.Storage.Directories;
using Actors.Storage.Faults;

namespace Actors.Storage;

/// <summary>Syncing: of a round's files at once, of logs with a weaker policy on the background thread. Log thread.</summary>
public sealed partial class LogDirectory
{
    private readonly List<LogCapture> _captures = [];
    private readonly HashSet<PartitionLog> _weakDirty = [];
    private long _unsyncedBytes;
    private long _foldersMade;
    private long _foldersSynced;

    /// <summary>The thread for syncs and checkpoints (the simulator: its queue); null: they run where they are asked for.</summary>
    internal IWorkQueue? Background { get; set; }

    /// <summary>The thread for reads that must wait for the disk; null: they run on the reader's own thread.</summary>
    internal WorkThread? Readers { get; set; }

    internal bool HasReaderThread => Readers is not null;

    /// <summary>Runs a read on the reader thread.</summary>
    internal Task<T> OnReaderThread<T>(Func<T> read, CancellationToken cancellationToken)
    {
        if (Readers is not { } readers)
        {
            return Task.FromResult(read());
        }

        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var isQueued = readers.TryQueue(() =>
        {
            if (cancellationToken.IsCancellationRequested)
            {
                done.TrySetCanceled(cancellationToken);
                return;
            }

            try
            {
                done.TrySetResult(read());
            }
            catch (Exception e)
            {
                done.TrySetException(e);
            }
        });
        if (!isQueued)
        {
            done.TrySetException(new StorageException("read", Path, 11, "too many reads wait for the disk, or the directory is closed"));
        }

        return done.Task;
    }

    internal void NoteWritten(long bytes)
    {
        _unsyncedBytes += bytes;
        _bytesSinceSpaceLook += bytes;
    }

    /// <summary>A folder was made in the directory; its name is not synced.</summary>
    internal void NoteFolderMade() => _foldersMade++;

    /// <summary>A log's policy changed: what it wrote without a sync is synced soon.</summary>
    internal void NoteWeakness(PartitionLog log)
    {
        if (log.HasUnprotected)
        {
            _weakDirty.Add(log);
        }
    }

    private void NoteWeakDirty(PartitionLog log) => _weakDirty.Add(log);

    /// <summary>Syncs what the round wrote into files of logs that are synced every round, and tells of it.</summary>
    private void SyncFiles()
    {
        if (_toSync.Count == 0)
        {
            return;
        }

        foreach (var log in _toSync)
        {
            _captures.Add(log.Capture(Buffer, withIndexes: false));
        }

        Reach(FaultPoint.BeforeSync);
        _register.Sync();
        var foldersMade = _foldersMade;
        SyncCaptures(_captures, foldersMade > _foldersSynced);
        NoteFoldersSynced(foldersMade);
        NoteSegments(_captures);
        Reach(FaultPoint.AfterSync);
        foreach (var capture in _captures)
        {
            NoteSynced(capture);
            _sink.OnWritten(capture.Log, capture.Log.WrittenEnd, capture.Log.SyncedEnd);
        }

        _captures.Clear();
        _toSync.Clear();
    }

    /// <summary>Files first, then what was derived gets its name, then names: one by one, or all by one call where that is faster.</summary>
    private void SyncCaptures(List<LogCapture> captures, bool withDirectory)
    {
        var calls = 0;
        var renames = false;
        foreach (var capture in captures)
        {
            calls += capture.SyncCalls;
            renames |= capture.EpochText is not null;
        }

        if (calls >= Options.SyncFileSystemFrom)
        {
            Device.SyncFileSystem(Path);
            captures.ForEach(c => c.RenameDerived(Device, Options.Faults));
            if (renames)
            {
                Device.SyncFileSystem(Path);
            }

            return;
        }

        captures.ForEach(c => c.SyncFiles());
        captures.ForEach(c => c.RenameDerived(Device, Options.Faults));
        captures.ForEach(c => c.SyncNames(Device));
        if (withDirectory)
        {
            Device.SyncDirectory(Path);
        }
    }

    private void NoteFoldersSynced(long made) => _foldersSynced = Math.Max(_foldersSynced, made);

    /// <summary>Before anything in a new segment counts as synced, the register says that its file is there: without it, it would not be missed.</summary>
    private void NoteSegments(List<LogCapture> captures)
    {
        foreach (var capture in captures)
        {
            var log = capture.Log;
            if (capture.LastSegmentBase > log.Entry.LastSegmentBase && !log.IsClosed)
            {
                if (log.Entry.LastSegmentBase < 0)
                {
                    _register.NoteFirstSegment(log.Entry, log.Segments is [var first, ..] ? first.BaseOffset : -1);
                }

                _register.NoteSegment(log.Entry, capture.LastSegmentBase);
            }
        }

        TrySyncRegister();
    }

    private void NoteSynced(LogCapture capture)
    {
        var before = capture.Log.UnprotectedBytes;
        capture.Log.NoteFilesSynced(capture);
        _unsyncedBytes -= capture.Log.IsClosed ? 0 : before - capture.Log.UnprotectedBytes;
    }

    /// <summary>Logs that reached their flush.messages or flush.ms are synced in the background.</summary>
    private void SyncWeak()
    {
        foreach (var log in _weakDirty)
        {
            if (!log.HasUnprotected || log.IsClosed)
            {
                _weakDirty.Remove(log);
            }
            else if (log.Syncing == 0 && !IsCheckpointing
                && (log.UnsyncedRecords >= log.Config.FlushMessages || NowMs - log.UnsyncedSinceMs >= log.Config.FlushMs))
            {
                SyncInBackground(log);
            }
        }
    }

    private void SyncInBackground(PartitionLog log)
    {
        LogCapture capture;
        try
        {
            _register.Sync();
            capture = log.Capture(Buffer, withIndexes: false);
        }
        catch (StorageException e) when (e.IsNoSpace)
        {
            NoteFull();
            return;
        }

        log.Syncing++;
        var foldersMade = _foldersMade;
        var withDirectory = foldersMade > _foldersSynced;
        RunInBackground(() =>
        {
            try
            {
                Reach(FaultPoint.BeforeSync);
                SyncCaptures([capture], withDirectory);
                Reach(FaultPoint.AfterSync);
                Complete(() =>
                {
                    log.Syncing--;
                    NoteFoldersSynced(foldersMade);
                    NoteSegments([capture]);
                    NoteSynced(capture);
                    _sink.OnWritten(log, log.WrittenEnd, log.SyncedEnd);
                    _sink.OnRoundEnd();
                });
            }
            catch (Exception e)
            {
                Complete(() => Fail(e));
            }
        });
    }

    /// <summary>At the limit of unsynced bytes writing waits until a checkpoint has synced them.</summary>
    private void WaitForUnsyncedRoom()
    {
        while (_unsyncedBytes >= Options.MaxUnsyncedBytes && _fault is null)
        {
            var before = _unsyncedBytes;
            BeginCheckpoint();
            FinishCheckpoint();
            if (_unsyncedBytes >= before)
            {
                return; // the disk is full: what is unsynced cannot be helped now
            }
        }
    }

    private void RunInBackground(Action work)
    {
        if (Background is not { } thread || !thread.TryQueue(work))
        {
            work();
        }
    }

    private void WaitForBackground()
    {
        FinishCheckpoint();
        Background?.WaitUntilIdle();
        RunCompletions();
    }

    private bool RunCompletions()
    {
        var any = false;
        while (_completions.TryDequeue(out var completion))
        {
            any = true;
            completion();
        }

        return any;
    }
}
