using System.Diagnostics;
using Actors.Model;
using Actors.Model.Ports;
using Actors.Model.Records;
using Actors.Replication.Partitions;

namespace Actors.Node.Partitions;

internal sealed partial class HostedPartition
{
    private long _bytesIn;
    private long _recordsIn;
    private long _batchesIn;

    /// <summary>What went through the partition since it was opened.</summary>
    public PartitionTraffic Traffic => new(
        Volatile.Read(ref _recordsIn), Volatile.Read(ref _bytesIn), Volatile.Read(ref _batchesIn), Volatile.Read(ref _bytesOut), Volatile.Read(ref _reads));

    /// <inheritdoc/>
    public AppendResult Append(in AppendRequest request)
    {
        Debug.Assert(request.Batch.LengthBytes == request.Info.SizeBytes, "an append is exactly one batch");
        if (_directory.IsFull && request.Origin == AppendOrigin.Client)
        {
            // A full disk is not a broken disk: KAFKA_STORAGE_ERROR is retriable, and service resumes once space is freed.
            request.Batch.Release();
            return new AppendResult(false, new AppendOutcome(ErrorCode.KafkaStorageError, -1, -1, -1, LeaderEpoch));
        }

        var nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        lock (_lock)
        {
            _machine.Step(
                PartitionInput.Proposed(
                    request.Info, request.ExpectedLeaderEpoch, request.Acks, request.Origin, request.Waiter, request.Token, nowMs),
                ref _effects);
            var result = Interpret(request);
            _effects.Clear();
            return result;
        }
    }

    // Called under the lock. Whatever is replied during the step of a proposal is that proposal's own outcome.
    private AppendResult Interpret(in AppendRequest request)
    {
        var appended = false;
        var replied = false;
        AppendOutcome outcome = default;
        foreach (ref readonly var effect in _effects.Items)
        {
            switch (effect.Kind)
            {
                case PartitionEffectKind.Append:
                    Debug.Assert(!appended, "one proposal appends once");
                    outcome = StampAndSubmit(request, effect);
                    appended = true;
                    break;
                case PartitionEffectKind.Reply:
                    outcome = effect.Outcome;
                    replied = true;
                    break;
                case PartitionEffectKind.Halted:
                    _halted(this, effect.Reason!);
                    break;
                default:
                    throw new InvalidOperationException($"A proposal does not cause {effect.Kind} on a single node.");
            }
        }

        if (!appended)
        {
            request.Batch.Release();
        }

        var pending = !replied && request.Acks != AckMode.None;
        return new AppendResult(pending, outcome);
    }

    private AppendOutcome StampAndSubmit(in AppendRequest request, in PartitionEffect effect)
    {
        var bytes = request.Batch.Span;
        RecordBatch.Stamp(bytes, effect.BaseOffset, effect.LeaderEpoch);
        var info = request.Info with { BaseOffset = effect.BaseOffset, LeaderEpoch = effect.LeaderEpoch };
        if (effect.LogAppendTimeMs >= 0)
        {
            RecordBatch.StampAppendTime(bytes, effect.LogAppendTimeMs);
            info = info with { MaxTimestampMs = effect.LogAppendTimeMs, Attributes = info.Attributes | BatchAttributes.LogAppendTime };
        }

        _bytesIn += info.SizeBytes;
        _recordsIn += info.RecordCount;
        _batchesIn++;
        _directory.Submit(_log, request.Batch, info);
        return new AppendOutcome(
            ErrorCode.None, effect.BaseOffset, effect.LogAppendTimeMs, _machine.Offsets.LogStart, effect.LeaderEpoch);
    }
}
