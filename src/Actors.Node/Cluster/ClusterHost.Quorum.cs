using Actors.Model;
using Actors.Model.Leases;
using Actors.Model.Machines;
using Actors.Model.Records;
using Actors.Replication.Quorum;
using Actors.Storage;
using Actors.Storage.Devices;

namespace Actors.Node.Cluster;

/// <summary>The quorum's machine and its effects.</summary>
public sealed partial class ClusterHost
{
    private readonly Lock _gate = new();
    private readonly WakeSignal _signal = new();
    private readonly RecordBatchBuilder _batchBuilder = new(ClusterHostOptions.MaxBatchBytes);
    private QuorumMachine _quorum = null!; // there once the log is open
    private Effects<QuorumEffect> _effects;
    private long _highWatermark;
    private bool _leads;

    private void Step(in QuorumInput input)
    {
        lock (_gate)
        {
            Propose(input, default, default);
        }
    }

    /// <summary>
    /// Steps the machine and carries out what it wants; a proposal's bytes go to the log with their stamp, or are released. Under the
    /// gate, so that the log gets batches in order of their offsets.
    /// </summary>
    private ProposalResult Propose(in QuorumInput input, LeaseSlice batch, in RecordBatchInfo info)
    {
        var result = new ProposalResult(ErrorCode.None, -1);
        _quorum.Step(input, ref _effects);
        foreach (ref readonly var effect in _effects.Items)
        {
            switch (effect.Kind)
            {
                case QuorumEffectKind.Append:
                    batch.AddReference();
                    StampAndSubmit(batch, info, effect);
                    result = new ProposalResult(ErrorCode.None, effect.Offset);
                    break;
                case QuorumEffectKind.AppendEpochStart:
                    AppendEpochStart(effect);
                    break;
                case QuorumEffectKind.Persist:
                    Persist(effect.Vote);
                    break;
                case QuorumEffectKind.Reply:
                    result = new ProposalResult(effect.Outcome.Error, effect.Outcome.BaseOffset);
                    break;
                case QuorumEffectKind.Advanced:
                    Volatile.Write(ref _highWatermark, effect.Offset);
                    OnAdvanced();
                    break;
                case QuorumEffectKind.LeadershipChanged:
                    Volatile.Write(ref _leads, effect.NodeId == _identity.NodeId);
                    if (effect.NodeId < 0)
                    {
                        LogNoLeader(_logger, effect.Epoch);
                    }
                    else
                    {
                        LogLeader(_logger, effect.NodeId, effect.Epoch);
                    }

                    _signal.Set();
                    break;
                case QuorumEffectKind.Halted:
                    var reason = effect.Reason!;
                    ThreadPool.QueueUserWorkItem(_ => Fail(reason, ErrorCode.KafkaStorageError, null));
                    break;
                default:
                    throw new InvalidOperationException($"The quorum's machine wants {effect.Kind}, which one voter has no use for.");
            }
        }

        _effects.Clear();
        batch.Release();
        return result;
    }

    private void StampAndSubmit(LeaseSlice batch, in RecordBatchInfo info, in QuorumEffect effect)
    {
        RecordBatch.Stamp(batch.Span, effect.Offset, effect.Epoch);
        RecordBatch.StampAppendTime(batch.Span, effect.AppendTimeMs);
        _directory!.Submit(_log!, batch, info with
        {
            BaseOffset = effect.Offset,
            LeaderEpoch = effect.Epoch,
            MaxTimestampMs = effect.AppendTimeMs,
            Attributes = info.Attributes | BatchAttributes.LogAppendTime,
        });
    }

    private void AppendEpochStart(in QuorumEffect effect)
    {
        _batchBuilder.Clear();
        _batchBuilder.TryAdd(new Record { Value = new Actors.Cluster.Commands.EpochStart(_identity.NodeId, effect.Epoch).Encode() });
        var batch = Lease(_batchBuilder.Build());
        StampAndSubmit(batch, RecordBatch.ReadInfo(batch.Span), effect);
    }

    /// <summary>The vote is written on the log's thread; whatever rests on it waits for Persisted.</summary>
    private void Persist(QuorumVote vote) => _directory!.Post(() =>
    {
        try
        {
            VoteFile.Write(_device, Path.Combine(_folder, VoteFile.FileName), vote, _options.Faults);
        }
        catch (StorageException e)
        {
            Fail($"The vote of the cluster log could not be written: {e.Message}", ErrorCode.KafkaStorageError, e);
            return;
        }

        Step(QuorumInput.Persisted(vote));
    });

    private LeaseSlice Lease(ReadOnlySpan<byte> bytes)
    {
        var slice = _leases.Rent(bytes.Length).Slice(0, bytes.Length);
        bytes.CopyTo(slice.Span);
        return slice;
    }

    private readonly record struct ProposalResult(ErrorCode Error, long BaseOffset);

    /// <summary>The log thread's reports.</summary>
    private sealed class Sink(ClusterHost host) : ILogDirectorySink
    {
        public void OnWritten(PartitionLog log, long writtenEnd, long syncedEnd) => host.StepFlushed(writtenEnd, syncedEnd);

        public long GetCommittedEnd(PartitionLog log) => Volatile.Read(ref host._highWatermark);

        public void OnRoundEnd() => host.ApplyRoundHere();

        public void OnFailed(StorageFault fault)
        {
            if (host._quorum is not null)
            {
                host.Step(QuorumInput.Failed());
            }

            host.Fail($"The cluster log failed: {fault.Reason}", ErrorCode.KafkaStorageError, fault.Cause);
        }
    }
}
