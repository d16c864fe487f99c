using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Actors.Abstractions;
using Actors.Model.Records;
using Microsoft.Extensions.Logging;

namespace Actors.Client;

public sealed partial class TopicHandle
{
    /// <summary>Records of all partitions that a tail holds ready: 1,000.</summary>
    private const int MaxReadyRecords = 1000;

    /// <summary>
    /// Follows one partition from an offset on, for ever: what is there, then what comes. Silos that die or move are waited for; the next
    /// read goes on where the last one ended.
    /// </summary>
    /// <param name="partition">The partition.</param>
    /// <param name="fromOffset">First offset wanted, <see cref="ReadQuery.Earliest"/> or <see cref="ReadQuery.Latest"/>.</param>
    /// <param name="cancellationToken">Ends the tail with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="LogException">There is no such partition, or the offset is outside the log.</exception>
    public async IAsyncEnumerable<Record> TailPartitionAsync(
        int partition, long fromOffset = ReadQuery.Earliest, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var grain = Grain(partition);
        var offset = fromOffset;
        while (true)
        {
            var read = await ReadAsync(grain, offset, cancellationToken).ConfigureAwait(false);
            foreach (var record in read.DecodeRecords())
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return record;
            }

            offset = read.NextOffset;
        }
    }

    /// <summary>
    /// Follows all partitions the topic has now, as <see cref="TailPartitionAsync"/> does one. Records of one
    /// partition come in order; partitions mix.
    /// </summary>
    /// <param name="fromOffset"><see cref="ReadQuery.Earliest"/> or <see cref="ReadQuery.Latest"/>.</param>
    /// <param name="cancellationToken">Ends the tail with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="LogException">There is no such topic.</exception>
    public async IAsyncEnumerable<TailedRecord> TailAsync(
        long fromOffset = ReadQuery.Earliest, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var topic = await DescribeAsync(cancellationToken).ConfigureAwait(false);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var ready = Channel.CreateBounded<TailedRecord>(new BoundedChannelOptions(MaxReadyRecords) { SingleReader = true });
        var pumps = Enumerable.Range(0, topic.Partitions.Length).Select(p => PumpAsync(p, fromOffset, ready.Writer, stop.Token)).ToArray();
        try
        {
            await foreach (var record in ready.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return record;
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(pumps).ConfigureAwait(false);
        }
    }

    private async Task PumpAsync(int partition, long fromOffset, ChannelWriter<TailedRecord> into, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var record in TailPartitionAsync(partition, fromOffset, cancellationToken).ConfigureAwait(false))
            {
                await into.WriteAsync(new TailedRecord(partition, record), cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) // the reader is told: a tail without one of its partitions would be a lie
        {
            into.TryComplete(e);
        }
    }

    private async ValueTask<PartitionRead> ReadAsync(IPartitionGrain grain, long offset, CancellationToken cancellationToken)
    {
        var query = new ReadQuery { Offset = offset, MaxWaitMs = ReadQuery.MaxMaxWaitMs };
        for (var attempt = 0; ; attempt++)
        {
            var answer = await CallOutcome.OfAsync(() => grain.ReadAsync(query, cancellationToken)).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            if (answer.Kind is AnswerKind.Done or AnswerKind.Refused)
            {
                return answer.GetValueOrThrow();
            }

            LogReadAgain(_logger, grain.GetPrimaryKeyString(), offset, answer.Kind, answer.Error);
            await Task.Delay(CallOutcome.PauseAfter(answer, attempt), _time, cancellationToken).ConfigureAwait(false);
        }
    }

    [LoggerMessage(9303, LogLevel.Debug, "Read of {Partition} from offset {Offset} was answered {Kind} ({Error}); trying again.")]
    private static partial void LogReadAgain(ILogger logger, string partition, long offset, AnswerKind kind, ErrorCode error);
}
