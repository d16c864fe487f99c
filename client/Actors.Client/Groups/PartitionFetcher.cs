using Actors.Abstractions;
using Microsoft.Extensions.Logging;

namespace Actors.Client;

/// <summary>
/// Reads one partition of an assignment, one long poll after the other, each bounded; it outlives silos and activations. What it found
/// waits in the assignment's buffer; while that is full, it waits with one read.
/// </summary>
internal sealed partial class PartitionFetcher(
    string groupId, PartitionKey key, IGrainFactory grains, GroupConsumerOptions options, ILogger logger, TimeProvider time)
{
    private readonly IPartitionGrain _partition = grains.GetGrain<IPartitionGrain>(key.ToString());

    /// <summary>Reads until cancelled.</summary>
    /// <param name="into">Where it belongs to.</param>
    /// <param name="committed">The group's offset, or null.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="NoOffsetException">There is no offset to read at, and none is to be made up.</exception>
    /// <exception cref="LogException">The log refuses.</exception>
    public async Task RunAsync(Assignment into, long? committed, CancellationToken cancellationToken)
    {
        var offset = committed ?? await ResetAsync(-1, cancellationToken).ConfigureAwait(false);
        into.SetStart(key, offset, committed ?? -1);
        for (var attempt = 0; ;)
        {
            var query = new ReadQuery { Offset = offset, MaxBytes = options.MaxPartitionFetchBytes, MaxWaitMs = ReadQuery.MaxMaxWaitMs };
            var answer = await CallOutcome.OfAsync(() => _partition.ReadAsync(query, cancellationToken)).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            if (answer.IsDone)
            {
                attempt = 0;
                if (answer.Value.NextOffset > offset)
                {
                    offset = answer.Value.NextOffset;
                    await into.EnqueueAsync(new FetchedRecords(key, answer.Value.DecodeRecords(), offset), cancellationToken)
                        .ConfigureAwait(false);
                }
            }
            else if (answer.Error == ErrorCode.OffsetOutOfRange)
            {
                offset = await ResetAsync(offset, cancellationToken).ConfigureAwait(false);
                await into.EnqueueAsync(new FetchedRecords(key, [], offset, IsRestart: true), cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await PauseAsync(answer, attempt++, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Where the policy begins; as a number, so that what comes until the first record is handled is not left out.</summary>
    private async Task<long> ResetAsync(long missing, CancellationToken cancellationToken)
    {
        if (options.OffsetReset == OffsetReset.None)
        {
            throw new NoOffsetException(groupId, key, missing);
        }

        for (var attempt = 0; ; attempt++)
        {
            var answer = await CallOutcome.OfAsync(() => _partition.GetOffsetsAsync(cancellationToken)).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            if (answer.IsDone)
            {
                var offset = options.OffsetReset == OffsetReset.Earliest ? answer.Value.LogStart : answer.Value.HighWatermark;
                if (missing >= 0)
                {
                    LogOutOfRange(logger, groupId, missing, key, offset);
                }

                return offset;
            }

            await PauseAsync(answer, attempt, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task PauseAsync<T>(Answer<T> answer, int attempt, CancellationToken cancellationToken)
        where T : class
    {
        // A topic that is gone: the group's leader finds out and assigns anew.
        if (answer is { Kind: AnswerKind.Refused, Error: not ErrorCode.UnknownTopicOrPartition })
        {
            throw new LogException(answer.Kind, answer.Error, $"{key} cannot be read ({answer.Error}): {answer.Message}");
        }

        LogReadAgain(logger, groupId, key, answer.Kind, answer.Error);
        var pause = answer.Kind == AnswerKind.Refused ? CallOutcome.MaxPause : CallOutcome.PauseAfter(answer, attempt);
        await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
    }

    [LoggerMessage(9315, LogLevel.Debug, "Group {Group}: a read of {Partition} was answered {Kind} ({Error}); trying again.")]
    private static partial void LogReadAgain(ILogger logger, string group, PartitionKey partition, AnswerKind kind, ErrorCode error);

    [LoggerMessage(
        9316, LogLevel.Warning, "Group {Group}: offset {Offset} is not in the log of {Partition}; its reset policy goes on at {NewOffset}.")]
    private static partial void LogOutOfRange(ILogger logger, string group, long offset, PartitionKey partition, long newOffset);
}
