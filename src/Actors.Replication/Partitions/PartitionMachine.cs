using System.Diagnostics;
using Actors.Model;
using Actors.Model.Machines;
using Actors.Model.Ports;
using Actors.Model.Producers;

namespace Actors.Replication.Partitions;

/// <summary>
/// Decides for one partition that this node leads: which batch is appended at which offset in which epoch, when it is durable, how
/// far consumers may read. It sees headers only, never bytes. Single threaded: the interpreter steps it under the partition's lock.
/// <para>A step with a proposal has either exactly one Append effect, or one Reply, which is always that proposal's own: an error,
/// or a duplicate that is durable already. An accepted proposal that asks for an answer gets its Reply from a later step.</para>
/// </summary>
public sealed partial class PartitionMachine : IMachine<PartitionInput, PartitionEffect>
{
    private readonly ReplicaProgress _replicas = new();
    private PartitionSettings _settings;
    private bool _leads;
    private bool _failed;
    private long _logStart;
    private long _highWatermark;
    private long _logEnd;
    private long _writtenEnd;
    private long _syncedEnd;
    private long _lastAppendTimeMs;

    /// <summary>A partition over a log that was opened and found to hold <paramref name="recovered"/>; it does not lead yet.</summary>
    public PartitionMachine(PartitionSettings settings, in PartitionRecovery recovered)
    {
        if (recovered.LogStart < 0 || recovered.LogStart > recovered.LogEnd || recovered.SyncedEnd > recovered.LogEnd)
        {
            throw new ArgumentException(
                $"A log cannot begin at {recovered.LogStart}, end at {recovered.LogEnd} and be synced up to {recovered.SyncedEnd}.", nameof(recovered));
        }

        _settings = settings;
        _logStart = recovered.LogStart;
        _logEnd = recovered.LogEnd;
        _writtenEnd = recovered.LogEnd;
        _syncedEnd = recovered.SyncedEnd;
        _highWatermark = recovered.LogStart;
        _lastAppendTimeMs = recovered.LastAppendTimeMs;
        LastEpoch = recovered.LastEpoch;
        Producers = recovered.Producers ?? new ProducerTable();
        _replicas.Reset(settings);
    }

    /// <summary>The offsets after the last step. The last stable offset equals the high watermark until transactions exist.</summary>
    public PartitionOffsets Offsets => new(_logStart, _highWatermark, _highWatermark, _logEnd);

    /// <summary>The epoch in which this node leads or led last, or -1.</summary>
    public int LeaderEpoch { get; private set; } = -1;

    /// <summary>Epoch of the last batch in the log, or -1.</summary>
    public int LastEpoch { get; private set; }

    /// <summary>Log end at the time this node began to lead; latest-offset queries wait until the high watermark has reached it.</summary>
    public long EpochStart { get; private set; }

    /// <summary>Whether this node leads and its log works.</summary>
    public bool Leads => _leads && !_failed;

    /// <summary>Whether the log failed.</summary>
    public bool HasFailed => _failed;

    /// <summary>The idempotent producers as of the log's end.</summary>
    public ProducerTable Producers { get; }

    /// <summary>End of what counts as durable on this node: synced, or written where the topic says that is enough.</summary>
    public long FlushedEnd => _settings.FlushMessages == 1 ? _syncedEnd : _writtenEnd;

    /// <summary>The settings in force.</summary>
    public PartitionSettings Settings => _settings;

    /// <inheritdoc/>
    public void Step(in PartitionInput input, ref Effects<PartitionEffect> effects)
    {
        switch (input.Kind)
        {
            case PartitionInputKind.Proposed:
                Propose(input, ref effects);
                break;
            case PartitionInputKind.Flushed:
                OnFlushed(input.WrittenEnd, input.SyncedEnd, ref effects);
                break;
            case PartitionInputKind.Lead:
                OnLead(input.LeaderEpoch, ref effects);
                break;
            case PartitionInputKind.Failed:
                OnFailed(ref effects);
                break;
            case PartitionInputKind.Resign:
                OnResign(ref effects);
                break;
            case PartitionInputKind.Tick:
                Producers.Expire(input.NowMs, _settings.ProducerExpirationMs);
                TrimPending();
                break;
            case PartitionInputKind.SettingsChanged:
                OnSettingsChanged(input.Settings!, ref effects);
                break;
            case PartitionInputKind.LogStartMoved:
                OnLogStartMoved(input.WrittenEnd, ref effects);
                break;
            case PartitionInputKind.FollowerFlushed:
                _replicas.Report(input.NodeId, Math.Min(input.WrittenEnd, _logEnd));
                Advance(ref effects);
                break;
            default:
                Debug.Fail($"a partition was given {input.Kind}");
                break;
        }

        CheckInvariants();
    }

    private void OnLead(int leaderEpoch, ref Effects<PartitionEffect> effects)
    {
        if (_failed || (_leads && leaderEpoch == LeaderEpoch))
        {
            return;
        }

        if (leaderEpoch < LeaderEpoch || leaderEpoch < LastEpoch || (leaderEpoch == LeaderEpoch && !_leads))
        {
            Halt($"asked to lead in epoch {leaderEpoch}, but the log has seen epoch {Math.Max(LeaderEpoch, LastEpoch)}", ref effects);
            return;
        }

        if (!_leads)
        {
            // A new leader knows nothing of what its followers have: they report anew.
            _replicas.Reset(_settings);
            EpochStart = _logEnd;
        }

        LeaderEpoch = leaderEpoch;
        _leads = true;
        if (!Advance(ref effects))
        {
            effects.Add(PartitionEffect.Advanced(Offsets));
        }
    }

    private void OnFailed(ref Effects<PartitionEffect> effects)
    {
        if (!_failed)
        {
            _failed = true;
            RefusePending(ErrorCode.KafkaStorageError, ref effects);
            effects.Add(PartitionEffect.Advanced(Offsets));
        }
    }

    private void OnResign(ref Effects<PartitionEffect> effects)
    {
        if (_leads)
        {
            _leads = false;
            RefusePending(ErrorCode.NotLeaderOrFollower, ref effects);
            effects.Add(PartitionEffect.Advanced(Offsets));
        }
    }

    private void OnSettingsChanged(PartitionSettings settings, ref Effects<PartitionEffect> effects)
    {
        _settings = settings;
        _replicas.Change(settings);

        // A weaker flush.messages makes more of the log durable at once; a stronger one never takes back what was.
        Advance(ref effects);
    }

    private void OnLogStartMoved(long logStart, ref Effects<PartitionEffect> effects)
    {
        if (logStart > _highWatermark)
        {
            Halt($"the log was cut up to {logStart}, beyond its high watermark {_highWatermark}", ref effects);
        }
        else if (logStart > _logStart)
        {
            _logStart = logStart;
            effects.Add(PartitionEffect.Advanced(Offsets));
        }
    }

    private void Halt(string reason, ref Effects<PartitionEffect> effects)
    {
        effects.Add(PartitionEffect.Halted(reason));
        OnFailed(ref effects);
    }

    [Conditional("DEBUG")]
    private void CheckInvariants()
    {
        Debug.Assert(_logStart <= _highWatermark, "the high watermark lies below the log start");
        Debug.Assert(_highWatermark <= _logEnd, "the high watermark lies beyond the log end");
        Debug.Assert(_syncedEnd <= _writtenEnd && _writtenEnd <= _logEnd, "the log is synced beyond what is written, or written beyond its end");
        Debug.Assert(LastEpoch <= LeaderEpoch || LeaderEpoch == -1, "the log holds a batch of a later epoch");
    }
}
