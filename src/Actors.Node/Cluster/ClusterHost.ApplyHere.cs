using System.Runtime.ExceptionServices;
using Actors.Replication.Quorum;

namespace Actors.Node.Cluster;

/// <summary>
/// A round with few commands is applied by the log thread that has just synced it: handing it to the apply thread costs as much as a third
/// of a sync, and one writer that waits for each answer pays that every time. Rounds with more keep their hand-over, so that the next one
/// is written while they are applied.
/// </summary>
public sealed partial class ClusterHost
{
    /// <summary>Commands that the log thread applies itself, 16: some 30 µs.</summary>
    private const int MaxCommandsHere = 16;

    private ExceptionDispatchInfo? _applyFault; // under _applying: the apply thread ends with it
    private bool _isFlushing; // under the gate: the step that is made tells what the log thread has synced
    private bool _hasAdvanced; // the log thread's: the round moved the high watermark, and nobody was told

    /// <summary>The log thread's report of what is written and synced; <see cref="ApplyRoundHere"/> follows at the end of the round.</summary>
    private void StepFlushed(long writtenEnd, long syncedEnd)
    {
        lock (_gate)
        {
            _isFlushing = true;
            try
            {
                Propose(QuorumInput.Flushed(writtenEnd, syncedEnd), default, default);
            }
            finally
            {
                _isFlushing = false;
            }
        }
    }

    /// <summary>More is committed. Under the gate.</summary>
    private void OnAdvanced()
    {
        if (_isFlushing)
        {
            _hasAdvanced = true;
        }
        else
        {
            _signal.Set();
        }
    }

    /// <summary>The end of a round: applies what it committed, or wakes the apply thread for it. Log thread.</summary>
    private void ApplyRoundHere()
    {
        if (!_hasAdvanced)
        {
            return;
        }

        _hasAdvanced = false;
        if (!TryApplyHere())
        {
            _signal.Set();
        }
    }

    /// <summary>False: it is the apply thread's turn.</summary>
    private bool TryApplyHere()
    {
        if (!IsOneSmallBatch() || !_applying.TryEnter())
        {
            return false;
        }

        try
        {
            if (_stopping || Fault is not null || _snapshot is not null || IsSnapshotDue
                || Volatile.Read(ref _highWatermark) - _appliedEnd > MaxCommandsHere)
            {
                return false;
            }

            ApplyRead();
            WakeOwners(areFew: true);
            lock (_gate)
            {
                SendQueued();
            }

            return _appliedEnd == Volatile.Read(ref _highWatermark);
        }
        catch (Exception e)
        {
            // Our own fault, and not the log's: the apply thread ends with it, as with one of its own.
            _applyFault = ExceptionDispatchInfo.Capture(e);
            return false;
        }
        finally
        {
            _applying.Exit();
        }
    }

    /// <summary>
    /// Whether nothing but a few commands of the tree is under way. A command of the catalog is not: its observers may take their time.
    /// </summary>
    private bool IsOneSmallBatch()
    {
        lock (_gate)
        {
            return _inFlight.Count == 1 && _inFlight.Peek() is { IsTreeOnly: true, Count: <= MaxCommandsHere };
        }
    }
}
