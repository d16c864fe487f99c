using Actors.Storage.Cleaning;
using Actors.Storage.Devices;
using Actors.Storage.Formats;
using Actors.Storage.Partitions;
using Actors.Storage.Register;
using Actors.Storage.Retention;

namespace Actors.Storage;

/// <summary>
/// Retention of logs that nobody has opened: (1) the log thread goes through the register, some entries per round, and asks the
/// checkpoint of each whether it is due; (2) the background thread looks into the folders of those that are; (3) the next checkpoint
/// makes their new starts durable; (4) what they leave behind is deleted as any log's is. No log is opened, but for those of which
/// the checkpoint does not say enough. The same pass finds the compacted logs that are due, for the cleaner to open one by one.
/// Log thread, but for what says otherwise.
/// </summary>
public sealed partial class LogDirectory
{
    /// <summary>Entries of the register that one round asks.</summary>
    private const int ColdChecksPerRound = 256;

    /// <summary>Folders looked into at a time; <see cref="DeletePauseMs"/> lies between.</summary>
    private const int ColdLooksPerTurn = 8;

    private readonly List<ColdMove> _coldMoves = [];
    private RegisterEntry[] _cold = [];
    private int _coldNext;
    private int _coldSegments;
    private long _lastColdLookMs;
    private bool _isLookingAtCold;

    private bool IsColdRetentionUnderWay => _coldNext < _cold.Length || _isLookingAtCold;

    private void BeginColdRetention()
    {
        if (IsColdRetentionUnderWay)
        {
            return; // the last pass is not through yet
        }

        _isLookingAtCold = true;
        RunInBackground(() =>
        {
            var all = _register.ToArray();
            Complete(() =>
            {
                (_cold, _coldNext) = (all, 0);
                _isLookingAtCold = false;
            });
        });
    }

    /// <summary>Asks some cold logs whether they are due. True: there is more to ask now.</summary>
    private bool StepColdRetention()
    {
        if (_isLookingAtCold || _coldNext >= _cold.Length || NowMs - _lastColdLookMs < DeletePauseMs
            || SegmentsToDelete + _coldSegments >= MaxSegmentsToDelete)
        {
            return false;
        }

        List<(RegisterEntry Entry, CheckpointEntry Checkpoint, LogConfig Config)>? due = null;
        for (var i = 0; i < ColdChecksPerRound && _coldNext < _cold.Length && due is not { Count: ColdLooksPerTurn }; i++)
        {
            var entry = _cold[_coldNext++];
            if (entry is { Log: null, Move: null, IsDeleting: false, IsRemoved: false } && FindDue(entry) is { } config)
            {
                (due ??= []).Add((entry, entry.Checkpoint!.Value, config));
            }
        }

        if (_coldNext >= _cold.Length)
        {
            (_cold, _coldNext) = ([], 0);
        }

        if (due is not null)
        {
            LookAtCold(due);
        }

        return _coldNext < _cold.Length && due is null;
    }

    /// <summary>The settings of a log whose folder is to be looked into, or null.</summary>
    private LogConfig? FindDue(RegisterEntry entry)
    {
        var isCovered = entry.Checkpoint is { SizeBytes: > 0 };
        var mustOpen = isCovered ? !entry.Checkpoint!.Value.Age.IsKnown : entry.IsReplayed || entry.NeedsLastSegment;
        if ((!isCovered && !mustOpen)
            || _sink.FindConfig(entry.Identity) is not { } config
            || (!config.Compacts && config is { Deletes: false } or { RetentionMs: < 0, RetentionBytes: < 0 }))
        {
            return null;
        }

        if (mustOpen)
        {
            // A crash has left records of which no checkpoint tells, or an earlier version wrote it.
            _sink.OnOpeningDue(entry.Identity);
            return null;
        }

        var checkpoint = entry.Checkpoint!.Value;
        return (config.Deletes && ColdLook.IsDue(checkpoint, config, WallMs)) || MayBeDirty(entry, checkpoint, config) ? config : null;
    }

    private void LookAtCold(List<(RegisterEntry Entry, CheckpointEntry Checkpoint, LogConfig Config)> due)
    {
        _isLookingAtCold = true;
        _lastColdLookMs = NowMs;
        var nowMs = WallMs;
        RunInBackground(() =>
        {
            var looks = due.ConvertAll(d => (d.Entry, d.Checkpoint, Found: TryLook(d.Entry, d.Checkpoint, d.Config, nowMs)));
            Complete(() =>
            {
                _isLookingAtCold = false;
                looks.ForEach(l => NoteLook(l.Entry, l.Checkpoint, l.Found));
            });
        });
    }

    /// <summary>What retention moves, or whether the log is dirty; both null: only an opening can say. Background thread.</summary>
    private (ColdMove? Move, bool? IsDirty) TryLook(RegisterEntry entry, in CheckpointEntry checkpoint, LogConfig config, long nowMs)
    {
        try
        {
            return config.Deletes && ColdLook.IsDue(checkpoint, config, nowMs)
                ? (ColdLook.Run(Device, FolderOf(entry), entry, checkpoint, config, nowMs), null)
                : (null, ColdDirt.IsDue(Device, FolderOf(entry), entry, checkpoint, config, nowMs));
        }
        catch (StorageException)
        {
            return default; // the opening says what is wrong
        }
    }

    private void NoteLook(RegisterEntry entry, in CheckpointEntry checkpoint, (ColdMove? Move, bool? IsDirty) found)
    {
        var (move, isDirty) = found;
        if (entry is not { Log: null, IsDeleting: false, IsRemoved: false } || entry.Checkpoint != checkpoint)
        {
            return; // opened or deleted meanwhile
        }

        if (move is null && isDirty is null)
        {
            _sink.OnOpeningDue(entry.Identity);
        }
        else if (move is null)
        {
            NoteColdDirty(entry, isDirty == true);
        }
        else if (move.Dropped.Count > 0 || move.To != move.From)
        {
            entry.Move = move;
            _coldMoves.Add(move);
            _coldSegments += move.Dropped.Count;
        }
    }

    /// <summary>The moves that the checkpoint at hand publishes: not of logs that have been opened, which bring their own.</summary>
    private List<ColdMove> TakeColdMoves()
    {
        List<ColdMove> moves = [];
        foreach (var move in _coldMoves)
        {
            if (move.Entry is { Log: null, IsDeleting: false, IsRemoved: false } && move.Entry.Checkpoint == move.From)
            {
                moves.Add(move);
            }
            else
            {
                EndMove(move);
            }
        }

        _coldMoves.Clear();
        return moves;
    }

    /// <summary>A checkpoint has made them durable. A log that was opened meanwhile has moved its start too, and deletes what is below.</summary>
    private void NoteColdMoves(List<ColdMove> moves)
    {
        List<(RegisterEntry Entry, LogSegment Segment)> left = [];
        foreach (var move in moves)
        {
            var entry = move.Entry;
            EndMove(move);
            if (entry.IsDeleting || entry.IsRemoved)
            {
                continue;
            }

            entry.Checkpoint = move.To;
            if (entry.Log is null)
            {
                left.AddRange(move.Dropped.Select(s => (entry, s)));
                _register.NoteFirstSegment(entry, move.FirstSegment, isUrgent: false);
            }
        }

        DeleteOnceNoted(left);
    }

    private void EndMove(ColdMove move)
    {
        move.Entry.Move = null;
        _coldSegments -= move.Dropped.Count;
    }
}
