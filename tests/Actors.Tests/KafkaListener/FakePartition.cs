using Actors.Model;
using Actors.Model.Leases;
using Actors.Model.Ports;
using Actors.Model.Records;
using Actors.Tests.Net;

namespace Actors.Tests.KafkaListener;

/// <summary>A partition in memory. Appends are acknowledged at once, or when the test says so.</summary>
internal sealed class FakePartition(TopicPartitionId id, string topic, LeasePool pool) : ILocalPartition
{
    private readonly Lock _lock = new();
    private readonly List<(long Base, int Count, byte[] Bytes)> _batches = [];
    private readonly List<(IAppendWaiter Waiter, long Token, AppendOutcome Outcome)> _unacknowledged = [];
    private readonly List<(IProgressWaiter Waiter, long Token)> _parked = [];
    private long _logStart;
    private long _highWatermark;
    private long _logEnd;

    public TopicPartitionId Id => id;
    public string Topic => topic;
    public int LeaderEpoch { get; set; } = 5;
    public bool HoldAcks { get; set; }
    public bool ReadSlowly { get; set; }

    /// <summary>So many batches lie in files and are answered with regions, where those are wanted.</summary>
    public int BatchesInFiles { get; set; }
    public List<TestRegionFile> Files { get; } = [];
    public ErrorCode AppendError { get; set; }
    public ErrorCode ReadError { get; set; }
    public ErrorCode FindError { get; set; }
    public int ParkCount { get; private set; }
    public Action? OnPark { get; set; }
    public int ProducerCount => 0;
    public IReadOnlyList<Actors.Model.Producers.ProducerState> ListProducers() => Producers;

    /// <summary>The producers it tells.</summary>
    public IReadOnlyList<Actors.Model.Producers.ProducerState> Producers { get; set; } = [];

    public PartitionLimits Limits { get; set; } = new()
    {
        MaxBatchBytes = 1_048_588,
        LogAppendTime = false,
        TimestampBeforeMaxMs = long.MaxValue,
        TimestampAfterMaxMs = long.MaxValue,
        RequireKeys = false,
        ValidateCompressed = true,
        StoreAs = null,
    };

    public PartitionOffsets Offsets
    {
        get
        {
            lock (_lock)
            {
                return new PartitionOffsets(_logStart, _highWatermark, _highWatermark, _logEnd);
            }
        }
    }

    public IReadOnlyList<byte[]> Batches
    {
        get
        {
            lock (_lock)
            {
                return [.. _batches.Select(b => b.Bytes)];
            }
        }
    }

    public int ParkedCount
    {
        get
        {
            lock (_lock)
            {
                return _parked.Count;
            }
        }
    }

    public AppendResult Append(in AppendRequest request)
    {
        AppendOutcome outcome;
        lock (_lock)
        {
            if (AppendError != ErrorCode.None)
            {
                request.Batch.Release();
                return new AppendResult(false, new AppendOutcome(AppendError, -1, -1, -1, LeaderEpoch));
            }

            RecordBatch.Stamp(request.Batch.Span, _logEnd, LeaderEpoch);
            _batches.Add((_logEnd, request.Info.RecordCount, request.Batch.Span.ToArray()));
            request.Batch.Release();
            outcome = new AppendOutcome(ErrorCode.None, _logEnd, -1, _logStart, LeaderEpoch);
            _logEnd += request.Info.RecordCount;
            if (request.Waiter is not null)
            {
                _unacknowledged.Add((request.Waiter, request.Token, outcome));
            }
        }

        if (!HoldAcks)
        {
            Acknowledge();
        }

        return new AppendResult(request.Waiter is not null, outcome);
    }

    /// <summary>What the log's thread does after a sync: high watermark, waiters, one wake each.</summary>
    public void Acknowledge()
    {
        List<Action> wakes = [];
        lock (_lock)
        {
            _highWatermark = _logEnd;
            foreach (var (waiter, token, outcome) in _unacknowledged)
            {
                if (waiter.OnAppended(token, outcome))
                {
                    wakes.Add(waiter.Wake);
                }
            }

            _unacknowledged.Clear();
            foreach (var (waiter, token) in _parked)
            {
                if (waiter.OnProgress(token))
                {
                    wakes.Add(waiter.Wake);
                }
            }

            _parked.Clear();
        }

        wakes.ForEach(w => w());
    }

    public void Fill(byte[] batch)
    {
        lock (_lock)
        {
            var info = RecordBatch.ReadInfo(batch);
            RecordBatch.Stamp(batch, _logEnd, LeaderEpoch);
            _batches.Add((_logEnd, info.RecordCount, batch));
            _logEnd += info.RecordCount;
        }

        Acknowledge();
    }

    public void MoveLogStart(long offset)
    {
        lock (_lock)
        {
            _logStart = offset;
        }

        Acknowledge();
    }

    public ValueTask<ReadResult> ReadAsync(ReadRequest request, List<LeaseSlice> into, CancellationToken cancellationToken) =>
        ReadSlowly ? ReadLaterAsync(request, into) : ValueTask.FromResult(Read(request, into));

    public long EstimateBytes(long fromOffset, long toOffset)
    {
        lock (_lock)
        {
            return _batches.Where(b => b.Base + b.Count > fromOffset && b.Base < toOffset).Sum(b => (long)b.Bytes.Length);
        }
    }

    public bool TryPark(IProgressWaiter waiter, long token, long seenHighWatermark)
    {
        OnPark?.Invoke();
        lock (_lock)
        {
            if (_highWatermark != seenHighWatermark)
            {
                return false;
            }

            ParkCount++;
            _parked.Add((waiter, token));
            return true;
        }
    }

    public void Unpark(IProgressWaiter waiter, long token)
    {
        lock (_lock)
        {
            _parked.RemoveAll(p => p.Waiter == waiter && p.Token == token);
        }
    }

    public ValueTask<OffsetLookup> FindOffsetAsync(OffsetQuery query, CancellationToken cancellationToken)
    {
        var offsets = Offsets;
        return ValueTask.FromResult(query.Timestamp switch
        {
            _ when FindError != ErrorCode.None => new OffsetLookup(FindError, -1, -1, -1),
            OffsetQuery.Latest => new OffsetLookup(ErrorCode.None, offsets.HighWatermark, -1, LeaderEpoch),
            OffsetQuery.Earliest or OffsetQuery.EarliestLocal => new OffsetLookup(ErrorCode.None, offsets.LogStart, -1, LeaderEpoch),
            OffsetQuery.LatestTiered => new OffsetLookup(ErrorCode.None, -1, -1, -1),
            _ => new OffsetLookup(ErrorCode.None, 7, 1234, LeaderEpoch),
        });
    }

    public EpochEnd FindEpochEnd(int currentLeaderEpoch, int epoch) =>
        currentLeaderEpoch >= 0 && currentLeaderEpoch < LeaderEpoch ? new EpochEnd(ErrorCode.FencedLeaderEpoch, -1, -1)
        : currentLeaderEpoch > LeaderEpoch ? new EpochEnd(ErrorCode.UnknownLeaderEpoch, -1, -1)
        : epoch > LeaderEpoch ? EpochEnd.Unknown : new EpochEnd(ErrorCode.None, epoch, Offsets.LogEnd);

    private async ValueTask<ReadResult> ReadLaterAsync(ReadRequest request, List<LeaseSlice> into)
    {
        await Task.Yield();
        return Read(request, into);
    }

    private ReadResult Read(in ReadRequest request, List<LeaseSlice> into)
    {
        lock (_lock)
        {
            var offsets = new PartitionOffsets(_logStart, _highWatermark, _highWatermark, _logEnd);
            var error = ReadError != ErrorCode.None ? ReadError
                : request.CurrentLeaderEpoch >= 0 && request.CurrentLeaderEpoch < LeaderEpoch ? ErrorCode.FencedLeaderEpoch
                : request.CurrentLeaderEpoch > LeaderEpoch ? ErrorCode.UnknownLeaderEpoch
                : request.Offset < _logStart || request.Offset > _logEnd ? ErrorCode.OffsetOutOfRange : ErrorCode.None;
            var bytes = 0;
            var inFiles = request.Regions is null ? 0 : BatchesInFiles;
            foreach (var batch in _batches)
            {
                inFiles--;
                if (error != ErrorCode.None || batch.Base + batch.Count <= request.Offset || batch.Base >= _highWatermark)
                {
                    continue;
                }

                if (bytes + batch.Bytes.Length > request.MaxBytes && !(bytes == 0 && request.FirstBatchWhole))
                {
                    break;
                }

                bytes += batch.Bytes.Length;
                if (inFiles >= 0 && batch.Bytes.Length >= request.MinRegionBytes)
                {
                    Files.Add(new TestRegionFile(batch.Bytes, onDisk: false));
                    request.Regions!.Add(Files[^1].Region(0, batch.Bytes.Length));
                    continue;
                }

                var lease = pool.Rent(batch.Bytes.Length);
                batch.Bytes.CopyTo(lease.Array, 0);
                into.Add(lease.Slice(0, batch.Bytes.Length));
            }

            return new ReadResult(error, offsets, bytes, LeaderEpoch, EpochEnd.Unknown);
        }
    }
}
