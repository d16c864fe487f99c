using System.Diagnostics;
using Actors.Model;
using Actors.Model.Machines;
using Actors.Model.Ports;
using Actors.Replication.Partitions;

namespace Actors.Replication.Quorum;

/// <summary>The log's side: proposals, what is flushed, the high watermark.</summary>
public sealed partial class QuorumMachine
{
    private PendingAppends _pending;
    private long _logEnd;
    private long _syncedEnd;
    private long _ownEpochStart;
    private long _zxidEpochStart;
    private long _lastAppendTimeMs;

    /// <summary>End of what is committed.</summary>
    public long HighWatermark { get; private set; }

    /// <summary>Offset the next record gets.</summary>
    public long LogEnd => _logEnd;

    /// <summary>Number of proposals that wait for the high watermark.</summary>
    public int PendingCount => _pending.Count;

    private void Propose(in QuorumInput input, ref Effects<QuorumEffect> effects)
    {
        var error = Role != QuorumRole.Leader ? ErrorCode.NotLeaderOrFollower
            : _pending.Count >= _settings.MaxPendingAppends ? ErrorCode.RequestTimedOut
            : input.Info.LastOffsetDelta < 0 ? ErrorCode.CorruptMessage
            : ErrorCode.None;
        if (error != ErrorCode.None)
        {
            Refuse(input, error, ref effects);
            return;
        }

        error = Producers.Check(input.Info, out var original);
        if (error == ErrorCode.DuplicateSequenceNumber)
        {
            var end = original.LastOffset + 1;
            Await(input, original.BaseOffset, Math.Max(end, _pending.LastEnd(end)), original.AppendTimeMs);
            Advance(ref effects);
            return;
        }

        if (error != ErrorCode.None)
        {
            Refuse(input, error, ref effects);
            return;
        }

        var timeMs = Math.Max(_lastAppendTimeMs, input.WallMs);
        if (_logEnd + input.Info.LastOffsetDelta - _zxidEpochStart > _settings.MaxZxidCounter)
        {
            AppendEpochStart(timeMs, ref effects);
        }

        Debug.Assert(LastEpoch == Epoch, "a leader appends behind a batch of another epoch");
        _lastAppendTimeMs = timeMs;
        var baseOffset = _logEnd;
        var info = input.Info with { BaseOffset = baseOffset, LeaderEpoch = Epoch };
        Producers.Apply(info, timeMs);
        _logEnd = info.NextOffset;
        effects.Add(QuorumEffect.Append(baseOffset, Epoch, timeMs));
        Await(input, baseOffset, _logEnd, timeMs);
    }

    private void AppendEpochStart(long timeMs, ref Effects<QuorumEffect> effects)
    {
        _zxidEpochStart = _logEnd;
        _lastAppendTimeMs = timeMs;
        LastEpoch = Epoch;
        effects.Add(QuorumEffect.AppendEpochStart(_logEnd, Epoch, timeMs));
        _logEnd++;
    }

    private void OnFlushed(long writtenEnd, long syncedEnd, ref Effects<QuorumEffect> effects)
    {
        if (syncedEnd > writtenEnd || writtenEnd > _logEnd)
        {
            Halt($"the cluster log says it is written up to {writtenEnd} and synced up to {syncedEnd}, but it ends at {_logEnd}", ref effects);
            return;
        }

        _syncedEnd = Math.Max(_syncedEnd, syncedEnd);
        _voters.Report(_settings.NodeId, _syncedEnd, _nowMs);
        Advance(ref effects);
    }

    private void Advance(ref Effects<QuorumEffect> effects)
    {
        if (Role != QuorumRole.Leader)
        {
            return;
        }

        // A record of an older epoch may be replaced by another leader even if a majority has it: only a record of the own epoch
        // behind it makes it final (Raft, figure 8).
        var end = _voters.MajorityEnd();
        if (end > _ownEpochStart && end > HighWatermark)
        {
            HighWatermark = end;
            effects.Add(QuorumEffect.Advanced(end));
        }

        while (_pending.FirstEnd <= HighWatermark)
        {
            var append = _pending.Take();
            effects.Add(QuorumEffect.Reply(
                append.Waiter, append.Token, Outcome(ErrorCode.None, append.BaseOffset, append.LogAppendTimeMs)));
        }
    }

    private void Await(in QuorumInput input, long baseOffset, long end, long timeMs)
    {
        if (input.Waiter is not null)
        {
            _pending.Add(new PendingAppend(input.Waiter, input.Token, Epoch, end, baseOffset, timeMs));
        }
    }

    private void RefusePending(ErrorCode error, ref Effects<QuorumEffect> effects)
    {
        while (_pending.Count > 0)
        {
            var append = _pending.Take();
            effects.Add(QuorumEffect.Reply(append.Waiter, append.Token, Outcome(error, -1, -1)));
        }

        _pending.Trim();
    }

    private void Refuse(in QuorumInput input, ErrorCode error, ref Effects<QuorumEffect> effects) =>
        effects.Add(QuorumEffect.Reply(input.Waiter, input.Token, Outcome(error, -1, -1)));

    private AppendOutcome Outcome(ErrorCode error, long baseOffset, long timeMs) => new(error, baseOffset, timeMs, 0, Epoch);
}
