using System.Diagnostics;
using Actors.Model;
using Actors.Model.Machines;
using Actors.Model.Ports;

namespace Actors.Replication.Partitions;

/// <summary>Durability: what is flushed moves the high watermark, which answers appends.</summary>
public sealed partial class PartitionMachine
{
    private PendingAppends _pendingAll;
    private PendingAppends _pendingLeader;

    /// <summary>Number of appends that wait to be answered.</summary>
    public int PendingCount => _pendingAll.Count + _pendingLeader.Count;

    private void OnFlushed(long writtenEnd, long syncedEnd, ref Effects<PartitionEffect> effects)
    {
        if (_failed)
        {
            return;
        }

        if (syncedEnd > writtenEnd || writtenEnd > _logEnd)
        {
            Halt($"the log says it is written up to {writtenEnd} and synced up to {syncedEnd}, but it ends at {_logEnd}", ref effects);
            return;
        }

        // Reports of two threads may overtake one another; neither end ever goes back.
        _writtenEnd = Math.Max(_writtenEnd, writtenEnd);
        _syncedEnd = Math.Max(_syncedEnd, syncedEnd);
        Advance(ref effects);
    }

    /// <summary>Moves the high watermark if it can, and answers what became durable. True if it moved.</summary>
    private bool Advance(ref Effects<PartitionEffect> effects)
    {
        if (!_leads || _failed)
        {
            return false;
        }

        var durable = Math.Min(_replicas.LeastFlushedEnd(FlushedEnd), _logEnd);
        var moved = durable > _highWatermark;
        if (moved)
        {
            _highWatermark = durable;
        }

        Complete(ref _pendingLeader, FlushedEnd, ref effects);
        Complete(ref _pendingAll, _highWatermark, ref effects);
        if (moved)
        {
            effects.Add(PartitionEffect.Advanced(Offsets));
        }

        return moved;
    }

    private void Complete(ref PendingAppends pending, long end, ref Effects<PartitionEffect> effects)
    {
        while (pending.FirstEnd <= end)
        {
            var append = pending.Take();

            // By (epoch, offset): what waits here was appended in an epoch that this machine led without a break since, so that the
            // batch at the offset is the one that was appended. Losing the lead answers everything that waits.
            Debug.Assert(append.LeaderEpoch <= LeaderEpoch, "an append of a later epoch waits");
            effects.Add(PartitionEffect.Reply(append.Waiter, append.Token, Outcome(ErrorCode.None, append.BaseOffset, append.LogAppendTimeMs)));
        }
    }

    private void RefusePending(ErrorCode error, ref Effects<PartitionEffect> effects)
    {
        RefuseAll(ref _pendingLeader, error, ref effects);
        RefuseAll(ref _pendingAll, error, ref effects);
        TrimPending();
    }

    private void RefuseAll(ref PendingAppends pending, ErrorCode error, ref Effects<PartitionEffect> effects)
    {
        while (pending.Count > 0)
        {
            var append = pending.Take();
            effects.Add(PartitionEffect.Reply(append.Waiter, append.Token, Outcome(error, -1, -1)));
        }
    }

    private long DurableEnd(AckMode acks) => acks == AckMode.Leader ? FlushedEnd : _highWatermark;

    private void Await(AckMode acks, in PendingAppend append)
    {
        if (acks == AckMode.Leader)
        {
            _pendingLeader.Add(append);
        }
        else
        {
            _pendingAll.Add(append);
        }
    }

    private long LastPendingEnd(AckMode acks, long end) =>
        Math.Max(end, acks == AckMode.Leader ? _pendingLeader.LastEnd(end) : _pendingAll.LastEnd(end));

    private void TrimPending()
    {
        _pendingAll.Trim();
        _pendingLeader.Trim();
    }
}
