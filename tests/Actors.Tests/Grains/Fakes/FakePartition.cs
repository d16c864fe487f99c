using Actors.Model;
using Actors.Model.Leases;
using Actors.Model.Ports;
using Actors.Model.Records;

namespace Actors.Tests.Grains.Fakes;

/// <summary>A partition led in one epoch, over a <see cref="FakeLog"/>.</summary>
internal sealed class FakePartition(TopicPartitionId id, string topic, int leaderEpoch, FakeLog log) : ILocalPartition
{
    private readonly LeasePool _pool = new();

    public TopicPartitionId Id => id;
    public string Topic => topic;
    public int LeaderEpoch => leaderEpoch;
    public PartitionOffsets Offsets => log.Offsets;
    public int ProducerCount => 0;
    public IReadOnlyList<Actors.Model.Producers.ProducerState> ListProducers() => [];

    public PartitionLimits Limits { get; } = new()
    {
        MaxBatchBytes = 1024 * 1024, LogAppendTime = false, TimestampBeforeMaxMs = long.MaxValue, TimestampAfterMaxMs = 3_600_000,
        RequireKeys = false, ValidateCompressed = true, StoreAs = null,
    };

    public AppendResult Append(in AppendRequest request)
    {
        if (request.ExpectedLeaderEpoch >= 0 && request.ExpectedLeaderEpoch != leaderEpoch)
        {
            request.Batch.Release();
            var error = request.ExpectedLeaderEpoch < leaderEpoch ? ErrorCode.FencedLeaderEpoch : ErrorCode.UnknownLeaderEpoch;
            return new AppendResult(false, new AppendOutcome(error, -1, -1, -1, leaderEpoch));
        }

        return log.Append(request, leaderEpoch);
    }

    public ValueTask<ReadResult> ReadAsync(ReadRequest request, List<LeaseSlice> into, CancellationToken cancellationToken)
    {
        var offsets = log.Offsets;
        if (request.Offset < offsets.LogStart || request.Offset > offsets.LogEnd)
        {
            return new(new ReadResult(ErrorCode.OffsetOutOfRange, offsets, 0, leaderEpoch, EpochEnd.Unknown));
        }

        var bytes = 0;
        foreach (var batch in log.Batches)
        {
            var info = RecordBatch.ReadInfo(batch);
            if (info.NextOffset <= request.Offset || info.NextOffset > offsets.HighWatermark)
            {
                continue;
            }

            if (bytes + batch.Length > request.MaxBytes && !(bytes == 0 && request.FirstBatchWhole))
            {
                break;
            }

            var slice = _pool.Rent(batch.Length).Slice(0, batch.Length);
            batch.CopyTo(slice.Span);
            into.Add(slice);
            bytes += batch.Length;
        }

        return new(new ReadResult(ErrorCode.None, offsets, bytes, leaderEpoch, EpochEnd.Unknown));
    }

    public long EstimateBytes(long fromOffset, long toOffset) => 0;

    public bool TryPark(IProgressWaiter waiter, long token, long seenHighWatermark) => log.TryPark(waiter, token, seenHighWatermark);

    public void Unpark(IProgressWaiter waiter, long token) => log.Unpark(waiter, token);

    public ValueTask<OffsetLookup> FindOffsetAsync(OffsetQuery query, CancellationToken cancellationToken)
    {
        foreach (var batch in log.Batches)
        {
            var info = RecordBatch.ReadInfo(batch);
            if (info.MaxTimestampMs >= query.Timestamp)
            {
                return new(new OffsetLookup(ErrorCode.None, info.BaseOffset, info.MaxTimestampMs, leaderEpoch));
            }
        }

        return new(new OffsetLookup(ErrorCode.None, -1, -1, -1));
    }

    public EpochEnd FindEpochEnd(int currentLeaderEpoch, int epoch) => EpochEnd.Unknown;
}
