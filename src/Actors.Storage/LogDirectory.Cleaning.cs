using Actors.Storage.Cleaning;
using Actors.Storage.Devices;
using Actors.Storage.Directories;
using Actors.Storage.Partitions;
using Actors.Storage.Register;
using Microsoft.Extensions.Logging;

namespace Actors.Storage;

/// <summary>
/// Compaction: the log thread chooses a log and publishes what is new, the cleaner's thread reads and writes, a checkpoint comes between
/// (<see cref="SegmentSwap"/>). One log at a time, step by step; nothing here waits for the other side.
/// </summary>
public sealed partial class LogDirectory
{
    private readonly HashSet<PartitionLog> _compacted = [];
    private readonly Lock _swapEndLock = new();
    private Cleaning? _cleaning;
    private long _lastCleanLookMs;

    /// <summary>The thread for cleaning; null: nothing is cleaned but by <see cref="BeginCleaning"/>, which then runs where it is called.</summary>
    internal IWorkQueue? Cleaner { get; set; }

    /// <summary>Whether a log is being cleaned. Log thread.</summary>
    internal bool IsCleaning => _cleaning is not null;

    /// <summary>A cleaning waits for a checkpoint.</summary>
    private bool IsSwapDue => _cleaning is { WaitsForCheckpoint: true } && (!_isFull || NowMs - _lastCheckpointMs >= RetryFullMs);

    private sealed class Cleaning(PartitionLog log, CleaningRun run, long begunMs)
    {
        public PartitionLog Log => log;
        public CleaningRun Run => run;
        public long BegunMs => begunMs;
        public bool WaitsForCheckpoint { get; set; }
        public List<LogSegment> Replaced { get; set; } = [];
        public bool IsOver => log.IsClosed || run.Pace.IsStopped;
    }

    /// <summary>
    /// Begins to clean the log that needs it most: of those beyond their min.cleanable.dirty.ratio or max.compaction.lag.ms the one with the
    /// greatest dirty part. False if there is none, or one is being cleaned. Log thread.
    /// </summary>
    public bool BeginCleaning()
    {
        LookAtClock();
        _lastCleanLookMs = NowMs;
        if (_cleaning is not null || _fault is not null)
        {
            return false;
        }

        if (!_wasColdLast)
        {
            Borrow(); // a cold log has its turn after each that is open anyway
        }

        var dirtiest = FindDirtiest(out var most, out var waits);
        if (dirtiest is null && Borrow())
        {
            dirtiest = FindDirtiest(out most, out waits);
        }

        _wasColdLast = dirtiest is not null && dirtiest == _borrowed;
        if (dirtiest is null)
        {
            if (waits && NowMs - _lastCheckpointMs >= Options.CleanerBackoffMs)
            {
                BeginCheckpoint(); // whoever looks often does not wait for its time
            }

            return false;
        }

        var plan = dirtiest.BeginCleaning(most, WallMs, Options.CleanerMapBytes);
        var pace = new CleaningPace(Options.CleanerMaxBytesPerSecond, _time);
        _cleaning = new Cleaning(dirtiest, new CleaningRun(Device, plan, pace, Options.Faults), NowMs);
        RunNextStep(_cleaning);
        return true;
    }

    private PartitionLog? FindDirtiest(out LogDirt most, out bool waits)
    {
        PartitionLog? dirtiest = null;
        most = default;
        waits = false;
        var ratio = 0.0;
        foreach (var log in _compacted)
        {
            if (log.IsClosed || _uncleanable.ContainsKey(log.Id))
            {
                continue;
            }

            RollIfLagging(log);
            var dirt = log.MeasureDirt(WallMs, log == _borrowed ? log.WrittenEnd : _sink.GetCommittedEnd(log));
            ratio = Math.Max(ratio, dirt.Ratio);
            waits |= dirt.WaitsForCheckpoint;
            var isDue = log.SwapNote == SwapNote.None && dirt.IsDue(log.Config, WallMs);
            if (log == _borrowed)
            {
                NoteBorrowedLook(isDue || dirt.WaitsForCheckpoint);
            }

            if (isDue && (dirtiest is null || log == _borrowed || (dirtiest != _borrowed && dirt.Ratio > most.Ratio)))
            {
                (dirtiest, most) = (log, dirt);
            }
        }

        NoteDirtyRatio(ratio);
        return dirtiest;
    }

    /// <summary>A log was opened, or its settings changed.</summary>
    internal void NotePolicy(PartitionLog log)
    {
        if (log.Config.Compacts && !log.IsClosed)
        {
            _compacted.Add(log);
        }
        else
        {
            _compacted.Remove(log);
        }
    }

    private void KeepClean()
    {
        if (Cleaner is not null && _cleaning is null && _compacted.Count + _coldDirty.Count > 0 && NowMs - _lastCleanLookMs >= Options.CleanerBackoffMs)
        {
            BeginCleaning();
        }
    }

    private void RollIfLagging(PartitionLog log)
    {
        try
        {
            log.RollIfLagging(WallMs, Buffer);
        }
        catch (StorageException e) when (e.IsNoSpace)
        {
            NoteFull();
        }
    }

    /// <summary>
    /// Ends a cleaning before its log is closed (null: all are): what it has prepared is finished by the next opening, so no segment leaves
    /// the log until then. Log thread.
    /// </summary>
    private void StopCleaning(PartitionLog? log = null)
    {
        if (_cleaning is { } cleaning && (log is null || cleaning.Log == log))
        {
            cleaning.Run.Pace.Stop();
            Cleaner?.WaitUntilIdle();
            cleaning.Run.Dispose();
            _cleaning = null;
        }

        if (log is null)
        {
            Cleaner?.WaitUntilIdle(); // for a note that is being taken away
        }
    }

    private void RunOnCleaner(Action work)
    {
        if (Cleaner is not { } thread || !thread.TryQueue(work))
        {
            work();
        }
    }

    private void RunNextStep(Cleaning cleaning) => RunOnCleaner(() => RunStep(cleaning, () =>
    {
        var swap = cleaning.Run.Next();
        if (swap is not null)
        {
            NoteReplaced(cleaning.Log.Entry, swap);
            swap.Prepare();
        }

        Complete(() => Publish(cleaning, swap));
    }));

    /// <summary>A group's first segment is there before the swap and after it.</summary>
    private void NoteReplaced(RegisterEntry entry, SegmentSwap swap)
    {
        foreach (var (old, made) in swap.Groups)
        {
            if (_register.NoteReplaced(entry, old, made[0].BaseOffset))
            {
                _register.SyncAll();
            }
        }
    }

    private void Publish(Cleaning cleaning, SegmentSwap? swap)
    {
        if (cleaning.IsOver)
        {
            return;
        }

        if (swap is null)
        {
            EndCleaning(cleaning);
            return;
        }

        var replaced = cleaning.Log.Replace(swap);
        cleaning.Replaced = replaced;
        RunOnCleaner(() => RunSwapStep(() =>
        {
            swap.Place(replaced);
            Complete(() => AwaitCheckpoint(cleaning));
        }));
    }

    private void AwaitCheckpoint(Cleaning cleaning)
    {
        if (!cleaning.IsOver)
        {
            cleaning.Log.SwapNote = SwapNote.Placed;
            cleaning.WaitsForCheckpoint = true;
            NoteDirty(cleaning.Log, 0);
        }
    }

    /// <summary>A checkpoint that counts on a log's new segments is published.</summary>
    private void EndSwap(PartitionLog log)
    {
        log.SwapNote = SwapNote.Ending;
        var cleaning = _cleaning is { WaitsForCheckpoint: true } current && current.Log == log ? current : null;
        if (cleaning is not null)
        {
            cleaning.WaitsForCheckpoint = false;
        }

        var folder = log.Folder;
        RunOnCleaner(() => RunSwapStep(() =>
        {
            // A log that is closed may have lost its folder's name to another log, whose note this is not.
            lock (_swapEndLock)
            {
                if (log.IsClosed)
                {
                    return;
                }

                SegmentSwap.End(Device, folder, Options.Faults);
            }

            Complete(() => GoOn(log, cleaning));
        }));
    }

    private void GoOn(PartitionLog log, Cleaning? cleaning)
    {
        log.EndSwap();
        if (cleaning is null or { IsOver: true })
        {
            return;
        }

        cleaning.Replaced.ForEach(s => _toDelete.Enqueue((cleaning.Log.Entry, s)));
        cleaning.Replaced = [];
        RunNextStep(cleaning);
    }

    /// <summary>Everything is in place: the offset below which the log is clean is written down, and the next log looked for.</summary>
    private void EndCleaning(Cleaning cleaning)
    {
        var log = cleaning.Log;
        log.Entry.CleanedEnd = cleaning.Run.CleanedEnd;
        ColdCleanings += log == _borrowed ? 1 : 0;
        NoteCleaned(cleaning);
        Forget(cleaning);
        RunOnCleaner(() =>
        {
            try
            {
                WriteCleaned();
            }
            catch (StorageException e)
            {
                Complete(() => NoteCleanerFault(null, e)); // the old offset stays: more is cleaned again than need be
            }
        });
        BeginCleaning();
    }

    private void Forget(Cleaning cleaning)
    {
        if (_cleaning == cleaning)
        {
            _cleaning = null;
        }

        cleaning.Run.Dispose();
        cleaning.Log.EndCleaning();
        _mayReturn |= cleaning.Log == _borrowed;
    }

    /// <summary>Cleaner's thread: whatever goes wrong in a step ends the cleaning, not the thread.</summary>
    private void RunStep(Cleaning? cleaning, Action step)
    {
        try
        {
            step();
        }
        catch (CleaningStoppedException)
        {
            cleaning?.Run.DropLeft(); // whoever stopped it knows
        }
        catch (Exception e)
        {
            cleaning?.Run.DropLeft();
            Complete(() =>
            {
                NoteCleanerFault(cleaning?.Log, e);
                if (cleaning is { IsOver: false })
                {
                    Forget(cleaning);
                }
            });
        }
    }

    /// <summary>Cleaner's thread, between a swap's note and its end: what fails here leaves names that only an opening puts right.</summary>
    private void RunSwapStep(Action step)
    {
        try
        {
            step();
        }
        catch (Exception e)
        {
            Complete(() => Fail(e));
        }
    }

    [LoggerMessage(EventId = 3020, Level = LogLevel.Information,
        Message = "{Log} cleaned up to offset {Offset}: {Before} bytes became {After}, {Dirty} of them were dirty, in {ElapsedMs} ms")]
    private static partial void LogCleaned(ILogger logger, string log, long offset, long before, long after, long dirty, long elapsedMs);

    [LoggerMessage(EventId = 3021, Level = LogLevel.Error, Message = "{Log} is cleaned no more until the next start: {Reason}")]
    private static partial void LogUncleanable(ILogger logger, Exception cause, string log, string reason);

    [LoggerMessage(EventId = 3022, Level = LogLevel.Warning, Message = "A cleaning in {Directory} was given up for now")]
    private static partial void LogCleaningGivenUp(ILogger logger, Exception cause, string directory);
}
