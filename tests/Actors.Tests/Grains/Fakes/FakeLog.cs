using System.Threading.Channels;
using Actors.Model;
using Actors.Model.Ports;
using Actors.Model.Records;

namespace Actors.Tests.Grains.Fakes;

/// <summary>A log in memory whose "disk" a test can hold up or break. It acknowledges on a thread of its own, as the real one does.</summary>
internal sealed class FakeLog
{
    private readonly Lock _gate = new();
    private readonly List<byte[]> _batches = [];
    private readonly List<(IAppendWaiter Waiter, long Token, AppendOutcome Outcome)> _held = [];
    private readonly List<(IProgressWaiter Waiter, long Token)> _parked = [];
    private readonly Dictionary<(long ProducerId, int Sequence), long> _producers = [];
    private readonly Channel<bool> _parkings = Channel.CreateUnbounded<bool>();
    private readonly Channel<bool> _holdings = Channel.CreateUnbounded<bool>();
    private ErrorCode _failNext;
    private ErrorCode _failAll;
    private bool _doubtNext;
    private bool _isHolding;
    private long _committed;

    public long LogEnd { get; private set; }

    public long LogStart { get; set; }

    public int Appends { get; private set; }

    public IReadOnlyList<byte[]> Batches
    {
        get
        {
            lock (_gate)
            {
                return [.. _batches];
            }
        }
    }

    public PartitionOffsets Offsets
    {
        get
        {
            lock (_gate)
            {
                return new PartitionOffsets(LogStart, _committed, _committed, LogEnd);
            }
        }
    }

    /// <summary>From now on appends wait until <see cref="Release"/>.</summary>
    public void Hold() => _isHolding = true;

    /// <summary>The next append fails like this after it was queued.</summary>
    public void FailNext(ErrorCode error) => _failNext = error;

    /// <summary>Every append fails like this, until told None.</summary>
    public void FailAll(ErrorCode error) => _failAll = error;

    /// <summary>The next append is kept, but its answer is "timed out".</summary>
    public void DoubtNext() => _doubtNext = true;

    /// <summary>Completes when a reader has parked, once per reader.</summary>
    public Task WhenParkedAsync() => _parkings.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask();

    /// <summary>Completes when an append is held, once per append.</summary>
    public Task WhenHeldAsync() => _holdings.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask();

    public void Release()
    {
        _isHolding = false;
        Settle();
    }

    public AppendResult Append(in AppendRequest request, int leaderEpoch)
    {
        lock (_gate)
        {
            Appends++;
            if (request.Info.HasProducerId && _producers.TryGetValue((request.Info.ProducerId, request.Info.BaseSequence), out var known))
            {
                request.Batch.Release();
                return new AppendResult(false, new AppendOutcome(ErrorCode.None, known, -1, 0, leaderEpoch));
            }

            var error = _failNext == ErrorCode.None ? _failAll : _failNext;
            _failNext = ErrorCode.None;
            var baseOffset = LogEnd;
            if (error == ErrorCode.None)
            {
                RecordBatch.Stamp(request.Batch.Span, baseOffset, leaderEpoch);
                _batches.Add(request.Batch.Span.ToArray());
                LogEnd += request.Info.RecordCount;
                _producers[(request.Info.ProducerId, request.Info.BaseSequence)] = baseOffset;
            }

            var told = _doubtNext ? ErrorCode.RequestTimedOut : error;
            _doubtNext = false;
            request.Batch.Span.Fill(0xEE); // whoever still reads the lease sees that it is not his any more
            request.Batch.Release();
            _held.Add((request.Waiter!, request.Token, new AppendOutcome(told, told == ErrorCode.None ? baseOffset : -1, -1, 0, leaderEpoch)));
        }

        if (_isHolding)
        {
            _holdings.Writer.TryWrite(true);
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ => Settle(), null);
        }

        return new AppendResult(true, default);
    }

    public void AppendRaw(byte[] batch)
    {
        lock (_gate)
        {
            RecordBatch.Stamp(batch, LogEnd, 0);
            _batches.Add(batch);
            LogEnd += RecordBatch.ReadInfo(batch).RecordCount;
            _committed = LogEnd;
        }
    }

    public bool TryPark(IProgressWaiter waiter, long token, long seenHighWatermark)
    {
        lock (_gate)
        {
            if (_committed != seenHighWatermark)
            {
                return false;
            }

            _parked.Add((waiter, token));
        }

        _parkings.Writer.TryWrite(true);
        return true;
    }

    public void Unpark(IProgressWaiter waiter, long token)
    {
        lock (_gate)
        {
            _parked.Remove((waiter, token));
        }
    }

    private void Settle()
    {
        List<IAppendWaiter> appended = [];
        List<IProgressWaiter> moved = [];
        lock (_gate)
        {
            foreach (var (waiter, token, outcome) in _held)
            {
                if (waiter.OnAppended(token, outcome))
                {
                    appended.Add(waiter);
                }
            }

            _held.Clear();
            _committed = LogEnd;
            moved.AddRange(_parked.Where(p => p.Waiter.OnProgress(p.Token)).Select(p => p.Waiter));
            _parked.Clear();
        }

        appended.ForEach(w => w.Wake());
        moved.ForEach(w => w.Wake());
    }
}
