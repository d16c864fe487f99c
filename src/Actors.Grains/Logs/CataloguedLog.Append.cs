using Actors.Abstractions;
using Actors.Model.Leases;
using Actors.Model.Ports;

namespace Actors.Grains;

internal sealed partial class CataloguedLog
{
    private int _pendingAppends;

    /// <inheritdoc/>
    public async ValueTask<Answer<AppendedBatch>> TryAppendAsync(
        int leaderEpoch, RecordBatchBytes batch, CancellationToken cancellationToken = default)
    {
        if (batch.Bytes is not { Length: > 0 and <= RecordBatchBytes.MaxBytes })
        {
            return Answer.Failed<AppendedBatch>(
                ErrorCode.MessageTooLarge, $"One call takes one batch of 1 to {RecordBatchBytes.MaxBytes} bytes.");
        }

        if (_pendingAppends >= LogLimits.MaxPendingAppends)
        {
            return Busy($"{LogLimits.MaxPendingAppends} appends to {Partition} wait already.");
        }

        _pendingAppends++;
        try
        {
            var door = await OpenOrMakeAsync(cancellationToken);
            if (door.Partition is not { } partition)
            {
                return Refuse<AppendedBatch>(door);
            }

            if (door.IsInternal && !_createOnFirstUse)
            {
                return Answer.Failed<AppendedBatch>(
                    ErrorCode.InvalidTopicException, $"Topic '{Partition.Topic}' belongs to the cluster itself: its owner alone appends.");
            }

            var slice = await OwnedBatch.CopyAsync(_services.Leases, batch.Bytes, _services.Time, cancellationToken);
            return slice.IsEmpty
                ? Busy("The node is at its memory budget.")
                : await AppendAsync(partition, door.LeaderId, leaderEpoch, slice, cancellationToken);
        }
        finally
        {
            _pendingAppends--;
        }
    }

    private static Answer<AppendedBatch> Busy(string message) => new()
    {
        Kind = AnswerKind.Busy, Error = ErrorCode.ThrottlingQuotaExceeded, Message = message, LeaderEpoch = -1, LeaderId = -1,
        RetryAfter = Answer.DefaultRetryAfter,
    };

    private async ValueTask<Answer<AppendedBatch>> AppendAsync(
        ILocalPartition partition, int leaderId, int leaderEpoch, LeaseSlice slice, CancellationToken cancellationToken)
    {
        var nowMs = _services.Time.GetUtcNow().ToUnixTimeMilliseconds();
        var verdict = BatchCheck.Check(slice.Memory, partition.Limits, _services.Inflater, nowMs, out var info);
        if (!verdict.IsGood)
        {
            slice.Release();
            return Answer.Failed<AppendedBatch>(verdict.Error, verdict.Message, partition.LeaderEpoch, leaderId);
        }

        var completion = new AppendCompletion();
        var result = partition.Append(new AppendRequest
        {
            Batch = slice, // its reference passes to the partition, whatever comes of it
            Info = info,
            ExpectedLeaderEpoch = leaderEpoch,
            Acks = AckMode.All,
            Origin = AppendOrigin.Client,
            Waiter = completion,
        });
        var outcome = result.IsPending ? await completion.Task.WaitAsync(cancellationToken) : result.Outcome;
        return outcome.Error == ErrorCode.None
            ? Answer.Done(new AppendedBatch(outcome.BaseOffset, info.RecordCount, outcome.LogAppendTimeMs), outcome.LeaderEpoch, leaderId)
            : Answer.Failed<AppendedBatch>(outcome.Error, leaderEpoch: outcome.LeaderEpoch, leaderId: leaderId);
    }

    private async ValueTask<DoorAnswer> OpenOrMakeAsync(CancellationToken cancellationToken)
    {
        var door = await _services.Door.OpenAsync(Partition, cancellationToken);
        if (!IsNotMadeYet(door))
        {
            return door;
        }

        var error = await _services.Topics.EnsureAsync(Partition.Topic, InternalTopics.LogConfigs, cancellationToken);
        return error == ErrorCode.None
            ? await _services.Door.OpenAsync(Partition, cancellationToken)
            : door with { Error = error };
    }
}
