using System.Diagnostics;
using Actors.Model;
using Actors.Model.Machines;
using Actors.Model.Ports;
using Actors.Model.Producers;
using Actors.Model.Records;

namespace Actors.Replication.Partitions;

/// <summary>Proposals: epoch, producer, limits, offset.</summary>
public sealed partial class PartitionMachine
{
    private void Propose(in PartitionInput input, ref Effects<PartitionEffect> effects)
    {
        var error = Admit(input);
        if (error == ErrorCode.None)
        {
            error = input.Origin == AppendOrigin.Client
                ? Producers.Check(input.Info, out var duplicate)
                : CheckTrusted(input.Info, out duplicate);
            if (error == ErrorCode.DuplicateSequenceNumber)
            {
                AnswerDuplicate(input, duplicate, ref effects);
                return;
            }
        }

        if (error != ErrorCode.None)
        {
            Refuse(input, error, ref effects);
            return;
        }

        Accept(input, ref effects);
    }

    /// <summary>Whether this node may append at all, for this caller, now.</summary>
    private ErrorCode Admit(in PartitionInput input)
    {
        if (_failed)
        {
            return ErrorCode.KafkaStorageError;
        }

        if (!_leads || input.Origin == AppendOrigin.Replica)
        {
            return ErrorCode.NotLeaderOrFollower;
        }

        if (input.LeaderEpoch >= 0 && input.LeaderEpoch != LeaderEpoch)
        {
            return input.LeaderEpoch < LeaderEpoch ? ErrorCode.FencedLeaderEpoch : ErrorCode.UnknownLeaderEpoch;
        }

        if (input.Acks == AckMode.All && !_replicas.HasEnoughInSync)
        {
            return ErrorCode.NotEnoughReplicas;
        }

        if (input.Acks != AckMode.None && PendingCount >= _settings.MaxPendingAppends)
        {
            return ErrorCode.RequestTimedOut;
        }

        if (input.Info.LastOffsetDelta < 0)
        {
            return ErrorCode.CorruptMessage;
        }

        if (input.Origin == AppendOrigin.Client)
        {
            // Markers are the coordinator's (Kafka: INVALID_RECORD). No transaction can be open: there is no coordinator to open one.
            return input.Info.IsControl ? ErrorCode.InvalidRecord
                : input.Info.IsTransactional ? ErrorCode.InvalidTxnState
                : ErrorCode.None;
        }

        return ErrorCode.None;
    }

    private ErrorCode CheckTrusted(in RecordBatchInfo info, out ProducerBatch duplicate)
    {
        duplicate = default;
        return Producers.CheckEpoch(info);
    }

    private void Accept(in PartitionInput input, ref Effects<PartitionEffect> effects)
    {
        var baseOffset = _logEnd;
        var appendTimeMs = Math.Max(_lastAppendTimeMs, input.NowMs);
        _lastAppendTimeMs = appendTimeMs;
        var info = input.Info with { BaseOffset = baseOffset, LeaderEpoch = LeaderEpoch };
        Debug.Assert(LastEpoch <= LeaderEpoch, "the log holds a batch of a later epoch");
        Producers.Apply(info, appendTimeMs);
        LastEpoch = LeaderEpoch;
        _logEnd = info.NextOffset;
        var stampedMs = _settings.LogAppendTime ? appendTimeMs : -1;
        effects.Add(PartitionEffect.Append(baseOffset, LeaderEpoch, stampedMs));
        if (input.Acks != AckMode.None)
        {
            Await(input.Acks, new PendingAppend(input.Waiter, input.Token, LeaderEpoch, _logEnd, baseOffset, stampedMs));
        }
    }

    /// <summary>A resend of a batch that is in the log: answered like the original, once that is durable.</summary>
    private void AnswerDuplicate(in PartitionInput input, in ProducerBatch original, ref Effects<PartitionEffect> effects)
    {
        var stampedMs = _settings.LogAppendTime ? original.AppendTimeMs : -1;
        var end = original.LastOffset + 1;
        if (input.Acks == AckMode.None || end <= DurableEnd(input.Acks))
        {
            effects.Add(PartitionEffect.Reply(input.Waiter, input.Token, Outcome(ErrorCode.None, original.BaseOffset, stampedMs)));
            return;
        }

        // It may wait a little longer than the original, for what was appended since: the ring stays in order.
        Await(input.Acks, new PendingAppend(input.Waiter, input.Token, LeaderEpoch, LastPendingEnd(input.Acks, end), original.BaseOffset, stampedMs));
    }

    private void Refuse(in PartitionInput input, ErrorCode error, ref Effects<PartitionEffect> effects) =>
        effects.Add(PartitionEffect.Reply(input.Waiter, input.Token, Outcome(error, -1, -1)));

    private AppendOutcome Outcome(ErrorCode error, long baseOffset, long stampedMs) => new(error, baseOffset, stampedMs, _logStart, LeaderEpoch);
}
