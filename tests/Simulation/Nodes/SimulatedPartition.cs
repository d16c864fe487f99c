using Actors.Model;
using Actors.Model.Leases;
using Actors.Model.Machines;
using Actors.Model.Ports;
using Actors.Model.Records;
using Actors.Replication.Partitions;
using Actors.Storage;
using Simulation.Histories;

namespace Simulation.Nodes;

/// <summary>
/// One open partition of the simulated node: the real machine over the real log, its effects carried out here on one thread. What it
/// answers goes through the node, which drops it once the process is dead.
/// </summary>
internal sealed class SimulatedPartition : IAppendWaiter
{
    private readonly SimulatedNode _node;
    private readonly PartitionMachine _machine;
    private Effects<PartitionEffect> _effects;
    private PartitionOffsets _seen;

    public SimulatedPartition(SimulatedNode node, PartitionHistory history, PartitionLog log)
    {
        _node = node;
        History = history;
        Log = log;
        _machine = new PartitionMachine(SettingsOf(history), new PartitionRecovery
        {
            LogStart = log.LogStartOffset,
            LogEnd = log.WrittenEnd,
            SyncedEnd = log.SyncedEnd,
            LastEpoch = log.LastEpoch,
            LastAppendTimeMs = history.LogAppendTime ? Math.Max(log.MaxTimestampMs, 0) : 0,
            Producers = log.Producers.Clone(),
        });
        log.Owner = this;
        Step(PartitionInput.Lead(history.LeaderEpoch));
        log.Epochs.Assign(history.LeaderEpoch, _machine.Offsets.LogEnd);
    }

    public PartitionHistory History { get; }
    public PartitionLog Log { get; }
    public PartitionMachine Machine => _machine;
    public PartitionOffsets Offsets => _machine.Offsets;

    /// <summary>Appends a client's batch; the answer comes through the node, at once or later.</summary>
    public void Append(ClientBatch batch, int expectedEpoch, LeaseSlice slice, long token, long nowMs)
    {
        if (_node.Directory.IsFull)
        {
            slice.Release();
            _node.Answer(token, new AppendOutcome(ErrorCode.KafkaStorageError, -1, -1, -1, _machine.LeaderEpoch));
            return;
        }

        var info = RecordBatch.ReadInfo(slice.Span);
        _machine.Step(
            PartitionInput.Proposed(info, expectedEpoch, batch.Acks, AppendOrigin.Client, batch.Acks == AckMode.None ? null : this, token, nowMs),
            ref _effects);
        var isAppended = false;
        foreach (ref readonly var effect in _effects.Items)
        {
            switch (effect.Kind)
            {
                case PartitionEffectKind.Append:
                    Submit(batch, info, slice, effect, nowMs);
                    isAppended = true;
                    break;
                case PartitionEffectKind.Reply:
                    _node.Answer(token, effect.Outcome);
                    break;
                default:
                    History.Require(false, $"a proposal caused {effect.Kind} {effect.Reason}");
                    break;
            }
        }

        if (!isAppended)
        {
            slice.Release();
        }

        _effects.Clear();
        Check();
    }

    public void OnWritten(long writtenEnd, long syncedEnd)
    {
        History.Report(writtenEnd, syncedEnd);
        Step(PartitionInput.Flushed(writtenEnd, syncedEnd));
    }

    public void OnLogStartMoved(long logStart)
    {
        History.MoveLogStart(logStart);
        Step(PartitionInput.LogStartMoved(logStart));
    }

    public void OnFailed() => Step(PartitionInput.Failed());

    public void Resign() => Step(PartitionInput.Resign());

    public void Tick(long nowMs) => Step(PartitionInput.Tick(nowMs));

    /// <summary>The topic's settings changed; the log's own change on the log thread.</summary>
    public void ApplySettings() => Step(PartitionInput.SettingsChanged(SettingsOf(History)));

    /// <summary>What must hold after every step.</summary>
    public void Check()
    {
        var now = _machine.Offsets;
        History.Require(now.HighWatermark <= now.LogEnd, $"the high watermark {now.HighWatermark} lies beyond the log's end {now.LogEnd}");
        History.Require(now.HighWatermark >= _seen.HighWatermark, $"the high watermark went back from {_seen.HighWatermark} to {now.HighWatermark}");
        History.Require(
            now.LogStart >= _seen.LogStart && now.LogStart <= now.HighWatermark, $"the log start went from {_seen.LogStart} to {now.LogStart}");
        History.Require(now.LogEnd == History.End, $"the machine's log ends at {now.LogEnd}, {History.End} was appended");
        History.Require(Log.SyncedEnd <= Log.WrittenEnd && Log.WrittenEnd <= History.End, "the log's ends are out of order");
        History.Require(now.HighWatermark <= Log.WrittenEnd, "readers may read beyond what is written");
        _seen = now;
    }

    bool IAppendWaiter.OnAppended(long token, in AppendOutcome outcome)
    {
        _node.Answer(token, outcome);
        return true;
    }

    void IAppendWaiter.Wake()
    {
    }

    private void Submit(ClientBatch batch, in RecordBatchInfo info, LeaseSlice slice, in PartitionEffect effect, long nowMs)
    {
        RecordBatch.Stamp(slice.Span, effect.BaseOffset, effect.LeaderEpoch);
        if (effect.LogAppendTimeMs >= 0)
        {
            RecordBatch.StampAppendTime(slice.Span, effect.LogAppendTimeMs);
        }

        var stamped = RecordBatch.ReadInfo(slice.Span);
        History.Require(stamped.LeaderEpoch == History.LeaderEpoch, $"a batch was stamped with epoch {stamped.LeaderEpoch}");
        History.Append(new LogEntry(batch, slice.Span.ToArray(), stamped, nowMs));
        _node.Directory.Submit(Log, slice, stamped);
    }

    private void Step(in PartitionInput input)
    {
        _machine.Step(input, ref _effects);
        foreach (ref readonly var effect in _effects.Items)
        {
            switch (effect.Kind)
            {
                case PartitionEffectKind.Reply:
                    effect.Waiter?.OnAppended(effect.Token, effect.Outcome);
                    break;
                case PartitionEffectKind.Advanced:
                    break;
                default:
                    History.Require(false, $"{input.Kind} caused {effect.Kind} {effect.Reason}");
                    break;
            }
        }

        _effects.Clear();
        Check();
    }

    private static PartitionSettings SettingsOf(PartitionHistory history) => PartitionSettings.Alone(1) with
    {
        FlushMessages = history.Config.FlushMessages,
        LogAppendTime = history.LogAppendTime,
    };
}
