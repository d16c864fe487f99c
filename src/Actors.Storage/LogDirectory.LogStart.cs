using Actors.Storage.Devices;
using Actors.Storage.Partitions;
using Actors.Storage.Register;

namespace Actors.Storage;

/// <summary>
/// Moving log starts, retention, and deleting what is left behind. A log start is durable with a checkpoint; only then, and some files
/// at a time, are the segments below it deleted, so that a crash anywhere leaves either, and the next opening finishes it.
/// </summary>
public sealed partial class LogDirectory
{
    /// <summary>Logs that one round looks at for retention.</summary>
    private const int RetentionLogsPerRound = 32;

    /// <summary>
    /// Logs whose start retention moves between two checkpoints, and segments that wait to be deleted, beyond which it pauses: what the log
    /// thread does for them when the checkpoint is published delays appends.
    /// </summary>
    private const int RetentionLogsPerCheckpoint = 1024;
    private const int MaxSegmentsToDelete = 4096;

    /// <summary>Segments deleted at a time, and the pause between: file systems delete under the lock that syncs wait for.</summary>
    private const int DeletedPerTurn = 8;
    private const int DeletePauseMs = 10;

    private readonly List<LogStartWaiter> _logStartWaiters = [];
    private readonly Queue<PartitionLog> _toRetain = new();
    private readonly Queue<(RegisterEntry Entry, LogSegment Segment)> _toDelete = new();
    private long _lastRetentionMs;
    private int _retainedLogs;
    private long _lastDeleteMs;
    private bool _isDeleting;
    private int _segmentsToNote;

    private readonly record struct LogStartWaiter(PartitionLog Log, long Offset, TaskCompletionSource<long> Done);

    /// <summary>Segments that wait to be deleted. Any thread.</summary>
    public int SegmentsToDelete => _toDelete.Count + Volatile.Read(ref _segmentsToNote);

    /// <summary>
    /// Moves a log's start up to an offset, at most to what is committed. Completes with the log start once a checkpoint has made it
    /// durable; fails with a <see cref="StorageException"/> if the directory fails or the log is deleted before. Any thread.
    /// </summary>
    public Task<long> MoveLogStartAsync(PartitionLog log, long offset)
    {
        ArgumentNullException.ThrowIfNull(log);
        var done = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() => MoveLogStart(new LogStartWaiter(log, offset, done)));
        return done.Task;
    }

    /// <summary>Begins a look at every log's retention, open or cold; the looks themselves are spread over rounds. Log thread.</summary>
    public void BeginRetention()
    {
        _lastRetentionMs = NowMs;
        BeginColdRetention();
        if (_toRetain.Count > 0)
        {
            return; // the last pass is not through yet
        }

        foreach (var log in _openLogs)
        {
            _toRetain.Enqueue(log);
        }
    }

    private void MoveLogStart(in LogStartWaiter waiter)
    {
        if (Fault is not null || waiter.Log.IsClosed)
        {
            waiter.Done.TrySetException(Gone(waiter.Log));
            return;
        }

        var offset = Math.Min(waiter.Offset, _sink.GetCommittedEnd(waiter.Log));
        MoveLogStart(waiter.Log, offset);
        if (offset <= (waiter.Log.Entry.Checkpoint?.LogStart ?? 0))
        {
            waiter.Done.TrySetResult(waiter.Log.LogStartOffset);
            return;
        }

        NoteDirty(waiter.Log, 0);
        _logStartWaiters.Add(waiter with { Offset = offset });
    }

    private bool MoveLogStart(PartitionLog log, long offset)
    {
        if (!log.MoveLogStart(offset))
        {
            return false;
        }

        _sink.OnLogStartMoved(log, log.LogStartOffset);
        _sink.OnRoundEnd();
        return true;
    }

    /// <summary>Retention has logs to look at, and may do so now.</summary>
    private bool MayRetain =>
        _toRetain.Count > 0 && _retainedLogs < RetentionLogsPerCheckpoint && SegmentsToDelete + _coldSegments < MaxSegmentsToDelete;

    private StorageException Gone(PartitionLog log) =>
        new("delete records", log.Folder, StorageException.InputOutput, Fault?.Reason ?? "the log is closed");

    /// <summary>Somebody waits for a checkpoint.</summary>
    private bool IsLogStartDue => _logStartWaiters.Count > 0 && (!_isFull || NowMs - _lastCheckpointMs >= RetryFullMs);

    private void NoteLogStarts(List<LogCapture> captures)
    {
        List<(RegisterEntry Entry, LogSegment Segment)> left = [];
        foreach (var capture in captures)
        {
            if (capture.Dropped.Count > 0 && !capture.Log.IsClosed)
            {
                capture.Dropped.ForEach(s => left.Add((capture.Log.Entry, s)));
                _register.NoteFirstSegment(
                    capture.Log.Entry, capture.Log.Segments is [var first, ..] ? first.BaseOffset : -1, isUrgent: false);
            }
        }

        DeleteOnceNoted(left);
        for (var i = _logStartWaiters.Count - 1; i >= 0; i--)
        {
            var (log, offset, done) = _logStartWaiters[i];
            if (log.IsClosed)
            {
                done.TrySetException(Gone(log));
            }
            else if (log.Entry.Checkpoint is { } checkpoint && checkpoint.LogStart >= offset)
            {
                done.TrySetResult(log.LogStartOffset);
            }
            else
            {
                continue;
            }

            _logStartWaiters.RemoveAt(i);
        }
    }

    /// <summary>Segments that a published checkpoint leaves behind are deleted once the register says which is the oldest now.</summary>
    private void DeleteOnceNoted(List<(RegisterEntry Entry, LogSegment Segment)> left)
    {
        if (left.Count == 0)
        {
            return;
        }

        _segmentsToNote += left.Count;
        RunInBackground(() =>
        {
            var isFull = false;
            try
            {
                _register.SyncAll();
            }
            catch (StorageException e) when (e.IsNoSpace)
            {
                isFull = true; // the register says it later: a deletion is what makes room
            }
            catch (Exception e)
            {
                Complete(() => Fail(e));
                return;
            }

            Complete(() =>
            {
                if (isFull)
                {
                    NoteFull();
                }

                _segmentsToNote -= left.Count;
                left.ForEach(_toDelete.Enqueue);
            });
        });
    }

    private void FailLogStarts()
    {
        _logStartWaiters.ForEach(w => w.Done.TrySetException(Gone(w.Log)));
        _logStartWaiters.Clear();
    }

    private void ApplyRetention()
    {
        if (NowMs - _lastRetentionMs >= Options.RetentionCheckMs)
        {
            BeginRetention();
        }

        for (var i = 0; i < RetentionLogsPerRound && MayRetain; i++)
        {
            var log = _toRetain.Dequeue();
            if (!log.IsClosed && log.Config.Deletes && MoveLogStart(log, log.FindRetained(WallMs, _sink.GetCommittedEnd(log))))
            {
                _retainedLogs++;
            }
        }

        if (_toDelete.Count > 0 && !_isDeleting && NowMs - _lastDeleteMs >= DeletePauseMs)
        {
            DeleteSome();
        }
    }

    private void DeleteSome()
    {
        var segments = new List<LogSegment>(DeletedPerTurn);
        while (segments.Count < DeletedPerTurn && _toDelete.TryDequeue(out var next))
        {
            if (!next.Entry.IsDeleting && !next.Entry.IsRemoved)
            {
                segments.Add(next.Segment); // else its folder has another name, and another log may have this one's
            }
        }

        _isDeleting = true;
        _lastDeleteMs = NowMs;
        RunInBackground(() =>
        {
            try
            {
                segments.ForEach(s => s.DeleteFiles());
            }
            catch (StorageException e)
            {
                LogNotDeleted(_logger, e, Path); // the next opening of the log deletes them
            }

            Complete(() => _isDeleting = false);
        });
    }
}
