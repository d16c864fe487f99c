using Actors.Abstractions;
using Actors.Model.Leases;
using Actors.Model.Ports;

namespace Actors.Grains;

internal sealed partial class CataloguedLog
{
    private int _waitingReads;

    /// <inheritdoc/>
    public async ValueTask<Answer<PartitionRead>> TryReadAsync(ReadQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        var door = await _services.Door.OpenAsync(Partition, cancellationToken);
        if (door.Partition is not { } partition)
        {
            return Refuse<PartitionRead>(door);
        }

        var before = partition.Offsets;
        var offset = query.Offset switch
        {
            ReadQuery.Earliest => before.LogStart,
            ReadQuery.Latest => before.HighWatermark,
            _ => query.Offset,
        };
        var request = new ReadRequest
        {
            Offset = offset,
            MaxBytes = Math.Clamp(query.MaxBytes, 1, ReadQuery.MaxMaxBytes),
            FirstBatchWhole = true,
            CurrentLeaderEpoch = query.LeaderEpoch,
            LastFetchedEpoch = -1,
        };
        var wait = TimeSpan.FromMilliseconds(Math.Clamp(query.MaxWaitMs, 0, ReadQuery.MaxMaxWaitMs));
        var started = _services.Time.GetTimestamp();
        while (true)
        {
            var answer = await ReadOnceAsync(partition, door.LeaderId, request, cancellationToken);
            var left = wait - _services.Time.GetElapsedTime(started);
            if (answer is not { IsDone: true, Value.Batches.IsEmpty: true } || left <= TimeSpan.Zero)
            {
                return answer;
            }

            if (answer.Value.NextOffset > offset)
            {
                return answer; // control batches only: nothing to show, but the reader moves on
            }

            if (_waitingReads >= LogLimits.MaxWaitingReads)
            {
                return Answer.Failed<PartitionRead>(
                    ErrorCode.ThrottlingQuotaExceeded, $"{LogLimits.MaxWaitingReads} reads of {Partition} wait already.");
            }

            _waitingReads++;
            try
            {
                var seen = answer.Value.Offsets.HighWatermark;
                if (!await ProgressSignal.WaitAsync(partition, seen, left, _services.Time, cancellationToken))
                {
                    return answer;
                }
            }
            finally
            {
                _waitingReads--;
            }
        }
    }

    private async ValueTask<Answer<PartitionRead>> ReadOnceAsync(
        ILocalPartition partition, int leaderId, ReadRequest request, CancellationToken cancellationToken)
    {
        var slices = new List<LeaseSlice>();
        try
        {
            var result = await partition.ReadAsync(request, slices, cancellationToken);
            if (result.Error != ErrorCode.None)
            {
                return Answer.Failed<PartitionRead>(result.Error, Outside(request.Offset, result), result.LeaderEpoch, leaderId);
            }

            var copy = new PlainCopy(_services.Inflater, request.Offset, request.MaxBytes);
            var error = copy.Take(slices);
            if (error != ErrorCode.None)
            {
                return Answer.Failed<PartitionRead>(
                    error, $"The batch at offset {copy.NextOffset} of {Partition} cannot be answered uncompressed.",
                    result.LeaderEpoch, leaderId);
            }

            var read = new PartitionRead
            {
                Batches = copy.Bytes,
                FromOffset = request.Offset,
                NextOffset = copy.NextOffset,
                Offsets = ToContract(result.Offsets),
            };
            return Answer.Done(read, result.LeaderEpoch, leaderId);
        }
        finally
        {
            foreach (var slice in slices)
            {
                slice.Release();
            }
        }
    }

    private string? Outside(long offset, in ReadResult result) => result.Error == ErrorCode.OffsetOutOfRange
        ? $"Offset {offset} is outside of {Partition}, which holds {result.Offsets.LogStart} to {result.Offsets.LogEnd}."
        : null;
}
