using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Actors.Abstractions;
using Actors.Model.Znodes;
using Microsoft.Extensions.Logging;

namespace Actors.Client;

/// <summary>
/// The writes of a session: they queue up, one call is on its way at a time, and what queued meanwhile goes with the next one. One call at
/// a time keeps the order, which Orleans does not for calls that overlap, and keeps at most 64 writes without an answer, since the tree
/// keeps that many results. Each has its number: a call without an answer is sent again as it was, and nothing is done twice.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The semaphore's wait handle is never made: there is nothing to dispose.")]
internal sealed partial class TreeWriteQueue
{
    /// <summary>Writes that may wait to be sent: 1,000; beyond that a write waits for room.</summary>
    public const int MaxQueuedWrites = 1_000;

    private readonly TreeSession _session;
    private readonly ActorsClientOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Channel<PendingWrite> _queue;
    private readonly SemaphoreSlim _entry = new(1, 1);
    private readonly List<PendingWrite> _batch = [];
    private readonly Task _sending;
    private Task _last = Task.CompletedTask;
    private long _nextOperation = 1;

    public TreeWriteQueue(TreeSession session, ActorsClientOptions options, ILogger logger, TimeProvider time)
    {
        (_session, _options, _logger, _time) = (session, options, logger, time);
        _queue = Channel.CreateBounded<PendingWrite>(new BoundedChannelOptions(MaxQueuedWrites) { SingleReader = true });
        _sending = Task.Run(SendLoopAsync);
    }

    /// <summary>Completes when every write is answered that was called before, well or badly.</summary>
    public Task WhenWrittenAsync() => Volatile.Read(ref _last) is { IsCompleted: false } last ? Task.WhenAny(last) : Task.CompletedTask;

    /// <summary>Queues a write and waits for its answer. Cancelling ends the wait, not the write.</summary>
    public async ValueTask<TreeAnswer<TreeWriteResult>> WriteAsync(TreeWrite write, CancellationToken cancellationToken)
    {
        if (write.SizeBytes > TreeLimits.MaxWriteBytes)
        {
            return TreeAnswer.Refused<TreeWriteResult>(
                TreeErrorCode.BadArguments, message: $"A write takes {write.SizeBytes} bytes, at most {TreeLimits.MaxWriteBytes} are allowed.");
        }

        var pending = new PendingWrite(write);
        await _entry.WaitAsync(cancellationToken).ConfigureAwait(false); // first come, first queued, also where there is no room
        try
        {
            await _queue.Writer.WriteAsync(pending, cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _last, pending.Task);
        }
        catch (ChannelClosedException)
        {
            throw _session.Over();
        }
        finally
        {
            _entry.Release();
        }

        return await pending.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes no more writes and completes when those queued are answered.</summary>
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
            try
            {
                await DeliverAsync().ConfigureAwait(false);
            }
            catch (Exception e) // whoever waits for these writes is told, and the next ones are tried
            {
                LogFailed(_logger, _session.Id, _batch.Count, e.Message);
                _batch.ForEach(p => p.TrySetException(e));
            }

            _nextOperation += _batch.Count;
            _batch.Clear();
        }
    }

    private void FillBatch(ChannelReader<PendingWrite> queue)
    {
        var bytes = 0L;
        while (_batch.Count < TreeLimits.MaxOutstandingWrites && queue.TryPeek(out var next))
        {
            bytes += next.Write.SizeBytes;
            if (_batch.Count > 0 && bytes > TreeLimits.MaxCallBytes)
            {
                return;
            }

            _batch.Add(next);
            queue.TryRead(out _);
        }
    }

    private async ValueTask DeliverAsync()
    {
        var writes = _batch.Select(p => p.Write).ToImmutableArray();
        var started = _time.GetTimestamp();
        var isInDoubt = false; // a try ended without an answer: these writes may be done
        for (var attempt = 0; ; attempt++)
        {
            var sentAt = _time.GetTimestamp();
            var caller = _session.Caller with { Operation = _nextOperation, LowestUnanswered = _nextOperation };
            var answer = await TreeCall.OfAsync(() => _session.TreeGrain.WriteAsync(caller, writes)).ConfigureAwait(false);
            _session.OnAnswer(answer.Kind, answer.Error, answer.Zxid, sentAt);
            isInDoubt |= answer.Kind == AnswerKind.Unknown;
            if (answer.IsDone)
            {
                Complete(answer.Value);
                return;
            }

            if (_session.IsOver)
            {
                throw _session.Over(); // what a try without an answer may have done before is as it is
            }

            var isOver = _time.GetElapsedTime(started) >= _options.DeliveryTimeout;
            if (answer.Kind == AnswerKind.Refused || isOver)
            {
                // Numbers that were given up are below the lowest of the next call: whatever still arrives of them is not done any more.
                var failed = answer.WithoutValue<TreeWriteResult>();
                failed = isInDoubt ? failed with { Kind = AnswerKind.Unknown } : failed;
                _batch.ForEach(p => p.TrySetResult(failed));
                return;
            }

            LogRetry(_logger, _session.Id, _nextOperation, attempt, answer.Kind, answer.Message);
            await Task.Delay(TreeCall.PauseAfter(answer.RetryAfter, attempt), _time).ConfigureAwait(false);
        }
    }

    private void Complete(TreeWriteResults results)
    {
        for (var i = 0; i < _batch.Count; i++)
        {
            var result = results.Writes[i];
            if (result.Error is TreeErrorCode.SessionExpired or TreeErrorCode.SessionMoved)
            {
                _session.OnAnswer(AnswerKind.Refused, result.Error, result.Zxid, 0);
                _batch[i].TrySetException(_session.Over());
                continue;
            }

            _batch[i].TrySetResult(TreeAnswer.Done(result, result.Zxid));
        }
    }

    [LoggerMessage(9312, LogLevel.Debug, "Session 0x{Session:x}: writes from number {Operation} on, try {Attempt}: {Kind} ({Reason}); trying again.")]
    private static partial void LogRetry(ILogger logger, long session, long operation, int attempt, AnswerKind kind, string? reason);

    [LoggerMessage(9313, LogLevel.Warning, "Session 0x{Session:x}: {Count} writes were not answered: {Reason}")]
    private static partial void LogFailed(ILogger logger, long session, int count, string reason);

    private sealed class PendingWrite(TreeWrite write)
        : TaskCompletionSource<TreeAnswer<TreeWriteResult>>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public TreeWrite Write { get; } = write;
    }
}
