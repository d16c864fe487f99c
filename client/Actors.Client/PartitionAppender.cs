using System.Threading.Channels;
using Actors.Abstractions;
using Actors.Model.Records;
using Microsoft.Extensions.Logging;

namespace Actors.Client;

/// <summary>
/// Appends to one partition: records queue up, one batch is on its way at a time, and what queued meanwhile is the next batch. One
/// batch at a time keeps the order, which Orleans does not for calls that overlap. Every batch carries a producer's id and sequence, so
/// that it is tried again after an unknown outcome and is still in the log once.
/// </summary>
internal sealed partial class PartitionAppender
{
    private readonly PartitionKey _key;
    private readonly IPartitionGrain _partition;
    private readonly ITopicGrain _topic;
    private readonly ActorsClientOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Channel<PendingRecord> _queue;
    private readonly RecordBatchBuilder _builder = new(RecordBatchBytes.MaxBytes);
    private readonly List<PendingRecord> _batch = [];
    private readonly Task _sending;
    private ProducerInfo? _producer;
    private int _nextSequence;

    public PartitionAppender(
        PartitionKey key, IPartitionGrain partition, ITopicGrain topic, ActorsClientOptions options, ILogger logger, TimeProvider time)
    {
        _key = key;
        _partition = partition;
        _topic = topic;
        _options = options;
        _logger = logger;
        _time = time;
        _queue = Channel.CreateBounded<PendingRecord>(new BoundedChannelOptions(options.MaxQueuedRecords) { SingleReader = true });
        _sending = Task.Run(SendLoopAsync);
    }

    /// <summary>Batches sent so far; a keyless record goes to another partition when this changes.</summary>
    public int BatchesSent { get; private set; }

    /// <summary>
    /// Queues a record, waiting for room. The task it answers completes with the record's offset when that is acknowledged, or with a
    /// <see cref="LogException"/>.
    /// </summary>
    public async ValueTask<Task<long>> EnqueueAsync(Record record, CancellationToken cancellationToken)
    {
        var pending = new PendingRecord(record);
        await _queue.Writer.WriteAsync(pending, cancellationToken).ConfigureAwait(false);
        return pending.Task;
    }

    /// <summary>Takes no more records and completes when those queued are done.</summary>
    public Task CloseAsync()
    {
        _queue.Writer.TryComplete();
        return _sending;
    }

    private async Task SendLoopAsync()
    {
        var queue = _queue.Reader;
        while (await queue.WaitToReadAsync().ConfigureAwait(false))
        {
            FillBatch(queue);
            if (_batch.Count == 0)
            {
                continue;
            }

            try
            {
                var appended = await DeliverAsync().ConfigureAwait(false);
                for (var i = 0; i < _batch.Count; i++)
                {
                    _batch[i].Complete(appended.BaseOffset + i);
                }
            }
            catch (Exception e) // whoever waits for these records is told, and the next ones are tried
            {
                LogFailed(_logger, _key, _batch.Count, e.Message);
                _batch.ForEach(p => p.Fail(e));
            }

            _batch.Clear();
            BatchesSent++;
        }
    }

    private void FillBatch(ChannelReader<PendingRecord> queue)
    {
        while (queue.TryPeek(out var next))
        {
            if (_builder.TryAdd(next.Record))
            {
                _batch.Add(next);
            }
            else if (_builder.Count > 0)
            {
                return; // it is the first of the next batch
            }
            else
            {
                next.Fail(new LogException(
                    AnswerKind.Refused, ErrorCode.MessageTooLarge, $"A record needs more than a batch of {RecordBatchBytes.MaxBytes} bytes."));
            }

            queue.TryRead(out _);
        }
    }

    private async ValueTask<AppendedBatch> DeliverAsync()
    {
        var started = _time.GetTimestamp();
        var count = _batch.Count;
        var unstamped = _builder.Build();
        byte[]? stamped = null;
        var isInDoubt = false; // a try ended without an answer: these records may be in the log
        for (var attempt = 0; ; attempt++)
        {
            var answer = await IdentifyAsync().ConfigureAwait(false);
            if (answer.IsDone)
            {
                stamped ??= ProducerStamp.Of(unstamped, _producer!, _nextSequence);
                answer = await SendAsync(stamped).ConfigureAwait(false);
                isInDoubt |= answer.Kind == AnswerKind.Unknown;
            }

            if (answer is { IsDone: true, Value: AppendedBatch appended })
            {
                _nextSequence = RecordBatchInfo.SequenceAfter(_nextSequence, count);
                return appended;
            }

            var isForgotten = answer.Error
                is ErrorCode.UnknownProducerId or ErrorCode.OutOfOrderSequenceNumber or ErrorCode.InvalidProducerEpoch;
            if (isForgotten)
            {
                _producer = null; // the next try, or the next batch, begins with an identity of its own
                stamped = null;
            }

            var mayGoOn = isForgotten ? !isInDoubt : answer.Kind != AnswerKind.Refused;
            if (!mayGoOn || _time.GetElapsedTime(started) >= _options.DeliveryTimeout)
            {
                throw GiveUp(answer, isInDoubt);
            }

            LogRetry(_logger, _key, attempt, answer.Kind, answer.Error);
            await Task.Delay(CallOutcome.PauseAfter(answer, attempt), _time).ConfigureAwait(false);
        }
    }

    private LogException GiveUp(in Answer<object> answer, bool isInDoubt)
    {
        if (!isInDoubt)
        {
            var kind = answer.Kind == AnswerKind.Unknown ? AnswerKind.Busy : answer.Kind; // the call without an answer was not an append
            return new LogException(kind, answer.Error, $"The records for {_key} were not appended ({answer.Error}): {answer.Message}");
        }

        _producer = null; // whether its sequence was used is not known
        return new LogException(
            AnswerKind.Unknown, answer.Error, $"The records for {_key} may or may not be in the log ({answer.Error}): {answer.Message}");
    }

    private async ValueTask<Answer<object>> IdentifyAsync()
    {
        if (_producer is not null)
        {
            return Answer.Done<object>(_producer);
        }

        var opened = await CallOutcome.OfAsync(() => _topic.OpenProducerAsync()).ConfigureAwait(false);
        if (!opened.IsDone)
        {
            return opened.WithoutValue<object>();
        }

        _producer = opened.Value;
        _nextSequence = 0;
        return Answer.Done<object>(_producer);
    }

    private async ValueTask<Answer<object>> SendAsync(byte[] batch)
    {
        var call = CallOutcome.OfAsync(() => _partition.AppendAsync(leaderEpoch: -1, new RecordBatchBytes(batch)));
        var answer = await call.ConfigureAwait(false);
        return answer.IsDone ? Answer.Done<object>(answer.Value) : answer.WithoutValue<object>();
    }

    [LoggerMessage(9301, LogLevel.Debug, "Append to {Partition}: try {Attempt} was answered {Kind} ({Error}); trying again.")]
    private static partial void LogRetry(ILogger logger, PartitionKey partition, int attempt, AnswerKind kind, ErrorCode error);

    [LoggerMessage(9302, LogLevel.Warning, "Append to {Partition}: {Count} records were not acknowledged: {Reason}")]
    private static partial void LogFailed(ILogger logger, PartitionKey partition, int count, string reason);

    private sealed class PendingRecord(Record record) : TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public Record Record { get; } = record;

        public void Complete(long offset) => TrySetResult(offset);

        public void Fail(Exception reason) => TrySetException(reason);
    }
}
