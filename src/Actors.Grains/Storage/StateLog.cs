using System.Globalization;
using Actors.Abstractions;
using Actors.Model.Leases;
using Actors.Model.Ports;
using Actors.Model.Records;
using Orleans.Storage;

namespace Actors.Grains;

/// <summary>
/// All states of one log storage: an internal topic of one partition, and its fold in memory (key → offset of the newest record). A
/// write is one record, appended if the caller's offset is still the newest, and done when it is synced; writes of different grains
/// share a sync (group commit of the log). A read is one read of the log. The fold is made when it is first needed and whenever the
/// leader epoch has changed or an append has failed. Old records go by the topic's own compaction (its <c>cleanup.policy</c> is compact).
/// </summary>
internal sealed partial class StateLog(string storageName, LogServices services) : IDisposable
{
    /// <summary>Largest record batch of a state log, its only record and 100-odd bytes around it: 4 MiB.</summary>
    public const int MaxBatchBytes = 4 * 1024 * 1024;

    private static readonly Dictionary<string, string> s_configs = new()
    {
        ["cleanup.policy"] = "compact",
        ["max.message.bytes"] = MaxBatchBytes.ToString(CultureInfo.InvariantCulture),
        ["retention.ms"] = "-1",
    };

    private readonly SemaphoreSlim _loading = new(1, 1);
    private StateFold? _fold;

    /// <summary>The partition behind it.</summary>
    public PartitionKey Partition { get; } = LogOfGrain.OfStates(storageName);

    /// <summary>The newest state under a key with the offset of its record, or null.</summary>
    /// <exception cref="LogException">The log cannot be read.</exception>
    public async ValueTask<StoredState?> ReadAsync(byte[] key)
    {
        var fold = await FoldAsync(make: false);
        if (fold is null)
        {
            return null; // no topic: nothing was ever stored
        }

        while (true)
        {
            long offset;
            lock (fold.Gate)
            {
                if (!fold.Newest.TryGetValue(key, out offset))
                {
                    return null;
                }
            }

            if (await ReadRecordAsync(fold.Partition, offset) is { } state)
            {
                return state;
            }

            // Compaction has taken the record: a newer one of its key is committed. The fold learns of it when that write ends, or, having
            // become stale, when it is made again.
            Task? write = null;
            lock (fold.Gate)
            {
                if (!fold.Newest.TryGetValue(key, out var newest) || newest != offset)
                {
                    continue;
                }

                write = fold.Pending.GetValueOrDefault(key)?.Task;
            }

            if (write is not null)
            {
                await write.ConfigureAwait(false);
                continue;
            }

            var before = fold;
            fold = await FoldAsync(make: false);
            if (fold is null)
            {
                return null;
            }

            if (ReferenceEquals(fold, before))
            {
                throw new LogException(
                    AnswerKind.Unknown, ErrorCode.KafkaStorageError, $"The state at offset {offset} of {Partition} is not there any more.");
            }
        }
    }

    /// <summary>
    /// Appends a state, or clears it where <paramref name="state"/> is null, if the newest record under the key is at
    /// <paramref name="expectedOffset"/> (-1: there is none). Answers the new offset, -1 after a clear.
    /// </summary>
    /// <exception cref="InconsistentStateException">Another record is the newest.</exception>
    /// <exception cref="LogException">It was not appended, or <see cref="LogException.IsOutcomeUnknown"/>.</exception>
    public async ValueTask<long> WriteAsync(byte[] key, long expectedOffset, ReadOnlyMemory<byte>? state)
    {
        var batch = StateRecords.Batch(key, state, services.Time.GetUtcNow().ToUnixTimeMilliseconds(), MaxBatchBytes);
        while (true)
        {
            var fold = (await FoldAsync(make: true))!;
            var slice = await OwnedBatch.CopyAsync(services.Leases, batch, services.Time, CancellationToken.None);
            if (slice.IsEmpty)
            {
                throw new LogException(AnswerKind.Busy, ErrorCode.ThrottlingQuotaExceeded, "The node is at its memory budget.");
            }

            if (TryBegin(fold, key, expectedOffset, slice, out var completion, out var result) is { } before)
            {
                await before.ConfigureAwait(false);
                continue;
            }

            var outcome = result.IsPending ? await completion.Task.ConfigureAwait(false) : result.Outcome;
            return Finish(fold, key, isClear: state is null, outcome);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _loading.Dispose();

    /// <summary>Compares and appends in one step. Answers the write on its way that has to be waited for first, if there is one.</summary>
    private static Task? TryBegin(
        StateFold fold, byte[] key, long expectedOffset, LeaseSlice slice, out AppendCompletion completion, out AppendResult result)
    {
        completion = new AppendCompletion();
        result = default;
        lock (fold.Gate)
        {
            var newest = fold.Newest.GetValueOrDefault(key, -1);
            if (fold.Pending.TryGetValue(key, out var before) || newest != expectedOffset)
            {
                slice.Release();
                return before?.Task ?? throw Mismatch(newest, expectedOffset);
            }

            result = fold.Partition.Append(new AppendRequest
            {
                Batch = slice,
                Info = RecordBatch.ReadInfo(slice.Span),
                ExpectedLeaderEpoch = fold.LeaderEpoch,
                Acks = AckMode.All,
                Origin = AppendOrigin.Client,
                Waiter = completion,
            });
            if (result.IsPending)
            {
                fold.Pending.Add(key, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            }
        }

        return null;
    }

    private long Finish(StateFold fold, byte[] key, bool isClear, in AppendOutcome outcome)
    {
        lock (fold.Gate)
        {
            if (fold.Pending.Remove(key, out var done))
            {
                done.SetResult();
            }

            if (outcome.Error != ErrorCode.None)
            {
                fold.MarkStale();
            }
            else if (isClear)
            {
                fold.Newest.Remove(key);
            }
            else
            {
                fold.Newest[key] = outcome.BaseOffset;
            }
        }

        return outcome.Error == ErrorCode.None
            ? isClear ? -1 : outcome.BaseOffset
            : throw new LogException(
                Answer.KindOf(outcome.Error), outcome.Error, $"The state was not written: {Partition} answered {outcome.Error}.");
    }

    private static InconsistentStateException Mismatch(long stored, long expected) => new(
        "The state was changed by someone else: another activation of this grain wrote it, or it was cleared.",
        Tag(stored), Tag(expected));

    private static string Tag(long offset) => offset < 0 ? "" : offset.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A state as it was read.</summary>
/// <param name="Offset">Offset of its record: its version.</param>
/// <param name="State">Its bytes, of the caller's own.</param>
internal sealed record StoredState(long Offset, byte[] State);
