using Actors.Model;
using Actors.Model.Leases;
using Actors.Model.Ports;
using Actors.Storage;

namespace Actors.Node.Partitions;

internal sealed partial class HostedPartition
{
    private long _bytesOut;
    private long _reads;

    /// <inheritdoc/>
    public ValueTask<ReadResult> ReadAsync(ReadRequest request, List<LeaseSlice> into, CancellationToken cancellationToken)
    {
        var offsets = Offsets;
        var epoch = LeaderEpoch;
        var error = CheckEpoch(request.CurrentLeaderEpoch);
        if (error != ErrorCode.None)
        {
            return ValueTask.FromResult(new ReadResult(error, offsets, 0, epoch, EpochEnd.Unknown));
        }

        if (request.LastFetchedEpoch >= 0)
        {
            var end = FindEpochEnd(-1, request.LastFetchedEpoch);
            if (end.Epoch < 0 || end.EndOffset < 0 || request.Offset < offsets.LogStart)
            {
                // An epoch beyond all that this log has: where the reader's log left ours cannot be told (Kafka's UnifiedLog).
                return ValueTask.FromResult(new ReadResult(ErrorCode.OffsetOutOfRange, offsets, 0, epoch, EpochEnd.Unknown));
            }

            if (end.Epoch < request.LastFetchedEpoch || end.EndOffset < request.Offset)
            {
                return ValueTask.FromResult(new ReadResult(ErrorCode.None, offsets, 0, epoch, end));
            }
        }

        // Between the high watermark and the log's end a read is empty, never out of range: that would make a consumer reset.
        if (request.Offset < offsets.LogStart || request.Offset > offsets.LogEnd)
        {
            return ValueTask.FromResult(new ReadResult(ErrorCode.OffsetOutOfRange, offsets, 0, epoch, EpochEnd.Unknown));
        }

        var limit = request.Isolation == ReadIsolation.ReadCommitted ? offsets.LastStable : offsets.HighWatermark;
        if (request.Offset >= limit)
        {
            return ValueTask.FromResult(new ReadResult(ErrorCode.None, offsets, 0, epoch, EpochEnd.Unknown));
        }

        var regions = new RegionWish(request.Regions, request.MinRegionBytes);
        var reading = _log.ReadAsync(request.Offset, limit, request.MaxBytes, request.FirstBatchWhole, into, regions, cancellationToken);
        return reading.IsCompletedSuccessfully
            ? ValueTask.FromResult(Counted(reading.Result, offsets, epoch))
            : AwaitRead(reading, offsets, epoch);

        async ValueTask<ReadResult> AwaitRead(ValueTask<int> reading, PartitionOffsets offsets, int epoch) =>
            Counted(await reading.ConfigureAwait(false), offsets, epoch);
    }

    private ReadResult Counted(int bytes, in PartitionOffsets offsets, int epoch)
    {
        Interlocked.Add(ref _bytesOut, bytes);
        Interlocked.Increment(ref _reads);
        return new ReadResult(ErrorCode.None, offsets, bytes, epoch, EpochEnd.Unknown);
    }

    /// <inheritdoc/>
    public long EstimateBytes(long fromOffset, long toOffset) => _log.EstimateBytes(fromOffset, toOffset);

    /// <inheritdoc/>
    public async ValueTask<OffsetLookup> FindOffsetAsync(OffsetQuery query, CancellationToken cancellationToken)
    {
        var offsets = Offsets;
        var error = CheckEpoch(query.CurrentLeaderEpoch);
        if (error != ErrorCode.None)
        {
            return new OffsetLookup(error, -1, -1, -1);
        }

        var end = query.Isolation == ReadIsolation.ReadCommitted ? offsets.LastStable : offsets.HighWatermark;
        switch (query.Timestamp)
        {
            case OffsetQuery.Latest when offsets.HighWatermark < _machine.EpochStart:
                // A new leader does not know yet what is committed (KIP-207).
                return new OffsetLookup(ErrorCode.OffsetNotAvailable, -1, -1, -1);
            case OffsetQuery.Latest:
                return new OffsetLookup(ErrorCode.None, end, -1, LeaderEpoch);
            case OffsetQuery.Earliest or OffsetQuery.EarliestLocal:
                return new OffsetLookup(ErrorCode.None, offsets.LogStart, -1, EpochAt(offsets.LogStart));
            case OffsetQuery.LatestTiered:
                return new OffsetLookup(ErrorCode.None, -1, -1, -1);
            case OffsetQuery.MaxTimestamp:
                return Found(await _log.FindMaxTimestampAsync(end, cancellationToken).ConfigureAwait(false));
            default:
                return Found(await _log.FindByTimestampAsync(query.Timestamp, end, cancellationToken).ConfigureAwait(false));
        }

        static OffsetLookup Found(TimestampedOffset found) => new(ErrorCode.None, found.Offset, found.TimestampMs, found.LeaderEpoch);
    }

    /// <inheritdoc/>
    public EpochEnd FindEpochEnd(int currentLeaderEpoch, int epoch)
    {
        var error = CheckEpoch(currentLeaderEpoch);
        if (error != ErrorCode.None)
        {
            return new EpochEnd(error, -1, -1);
        }

        var logEnd = Offsets.LogEnd;
        if (epoch == LeaderEpoch)
        {
            return new EpochEnd(ErrorCode.None, epoch, logEnd);
        }

        var (found, end) = _log.Epochs.FindEnd(epoch, logEnd);
        return new EpochEnd(ErrorCode.None, found, end);
    }

    private int EpochAt(long offset)
    {
        var entries = _log.Epochs.Entries;
        for (var i = entries.Count - 1; i >= 0; i--)
        {
            if (entries[i].StartOffset <= offset)
            {
                return entries[i].Epoch;
            }
        }

        return -1;
    }

    private ErrorCode CheckEpoch(int currentLeaderEpoch) =>
        !_machine.Leads ? ErrorCode.NotLeaderOrFollower
        : currentLeaderEpoch < 0 || currentLeaderEpoch == LeaderEpoch ? ErrorCode.None
        : currentLeaderEpoch < LeaderEpoch ? ErrorCode.FencedLeaderEpoch : ErrorCode.UnknownLeaderEpoch;
}
