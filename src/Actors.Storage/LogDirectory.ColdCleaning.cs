using System.Diagnostics;
using Actors.Storage.Cleaning;
using Actors.Storage.Formats;
using Actors.Storage.Register;

namespace Actors.Storage;

/// <summary>
/// Compaction of logs that nobody has opened. The pass that looks at their retention finds those that are due; one at a time is opened for
/// the cleaner alone, cleaned as any other, and closed again once a checkpoint has all of it. It is hosted by nobody meanwhile: nothing
/// is appended and nobody reads. Whoever opens it takes it over as it is. Log thread.
/// </summary>
public sealed partial class LogDirectory
{
    /// <summary>Cold logs that wait for the cleaner; what is found beyond is found again by the next pass.</summary>
    private const int MaxColdDirty = 1024;

    /// <summary>Looks of the cleaner after which a log that has not come to be cleaned is closed again.</summary>
    private const int BorrowedLooks = 8;

    private readonly Queue<RegisterEntry> _coldDirty = new();
    private readonly HashSet<int> _notBorrowed = [];
    private PartitionLog? _borrowed;
    private LogCut? _borrowedCut;
    private int _borrowedLooks;
    private bool _mayReturn;
    private bool _wasColdLast;

    /// <summary>Logs that were opened to be cleaned, and were.</summary>
    internal int ColdCleanings { get; private set; }

    private bool MayBeDirty(RegisterEntry entry, in CheckpointEntry checkpoint, LogConfig config) =>
        Cleaner is not null && ColdDirt.MayBeDue(entry, checkpoint, config)
            && !_notBorrowed.Contains(entry.Number) && !_uncleanable.ContainsKey(entry.Identity.Id);

    private void NoteColdDirty(RegisterEntry entry, bool isDirty)
    {
        if (isDirty && _coldDirty.Count < MaxColdDirty && !_coldDirty.Contains(entry))
        {
            _coldDirty.Enqueue(entry);
        }
    }

    /// <summary>Opens the next cold log for the cleaner. False: none waits, or one is open already.</summary>
    private bool Borrow()
    {
        while (_borrowed is null && _coldDirty.TryDequeue(out var entry))
        {
            if (entry is not { Log: null, Move: null, IsDeleting: false, IsRemoved: false }
                || _sink.FindConfig(entry.Identity) is not { Compacts: true } config)
            {
                continue; // opened or deleted meanwhile, or on its way to another start
            }

            var opening = TryOpen(entry.Identity, config);
            if (opening.Log is { } log)
            {
                (_borrowed, _borrowedCut, _borrowedLooks, _mayReturn) = (log, opening.Cut, 0, false);
                return true;
            }

            if (Fault is not null)
            {
                return false;
            }

            _notBorrowed.Add(entry.Number);
            _sink.OnOpeningDue(entry.Identity); // whose log it is says why it does not open
        }

        return false;
    }

    private void NoteBorrowedLook(bool mayBeCleaned) => _mayReturn |= !mayBeCleaned || ++_borrowedLooks > BorrowedLooks;

    /// <summary>Closes the cleaner's log where nothing of it is under way any more, and goes on to the next one.</summary>
    private void ReturnBorrowed()
    {
        if (!_mayReturn || _borrowed is not { IsDirty: false, Syncing: 0, IsCleaning: false, SwapNote: SwapNote.None } log
            || log.UnwrittenBytes > 0 || IsCheckpointing || Fault is not null)
        {
            return;
        }

        Debug.Assert(log.Entry.Checkpoint?.RecoveryPoint == log.WrittenEnd, "a log becomes cold with records that no checkpoint has");
        CloseLog(log.Entry);
        if (_coldDirty.Count > 0 && Cleaner is not null)
        {
            BeginCleaning();
        }
    }

    private LogOpening TakeOver(PartitionLog log, LogConfig config)
    {
        var cut = _borrowedCut;
        ForgetBorrowed(log);
        log.Configure(config);
        return new LogOpening { Log = log, Cut = cut };
    }

    private void ForgetBorrowed(PartitionLog log)
    {
        if (_borrowed == log)
        {
            (_borrowed, _borrowedCut, _mayReturn) = (null, null, false);
        }
    }
}
