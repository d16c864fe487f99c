using Actors.Model.Records;

namespace Actors.Abstractions;

/// <summary>
/// A grain's own append-only log: a partition of the cluster, catalogued, fenced by leader epochs, synced before it is acknowledged.
/// A grain takes one as a constructor parameter: <c>MyGrain([AppendOnlyLog("logs")] IAppendOnlyLog log)</c>. Nothing is created or opened
/// before the first call.
/// </summary>
public interface IAppendOnlyLog
{
    /// <summary>The partition behind the log.</summary>
    PartitionKey Partition { get; }

    /// <summary>Appends one record without a key; once this completes it survives a crash. Answers its offset.</summary>
    /// <exception cref="LogException">It was not appended, or <see cref="LogException.IsOutcomeUnknown"/>.</exception>
    ValueTask<long> AppendAsync(ReadOnlyMemory<byte> value, CancellationToken cancellationToken = default);

    /// <summary>
    /// Appends records, all or none, in order; once this completes they survive a crash. Answers the first one's offset. They must fit
    /// into one batch of <see cref="RecordBatchBytes.MaxBytes"/>.
    /// </summary>
    /// <exception cref="LogException">They were not appended, or <see cref="LogException.IsOutcomeUnknown"/>.</exception>
    ValueTask<long> AppendAsync(IReadOnlyCollection<Record> records, CancellationToken cancellationToken = default);

    /// <summary>
    /// The records from an offset on up to the end as of the call: what a grain folds into its state when it is activated.
    /// </summary>
    /// <exception cref="LogException">The log cannot be read, or the offset is outside of it.</exception>
    IAsyncEnumerable<Record> ReadAsync(long fromOffset = ReadQuery.Earliest, CancellationToken cancellationToken = default);

    /// <summary>Offset the next record gets: the number of records ever appended.</summary>
    /// <exception cref="LogException">The log cannot be read.</exception>
    ValueTask<long> GetEndOffsetAsync(CancellationToken cancellationToken = default);

    /// <summary>Appends an encoded batch; every outcome is a value. See <see cref="IPartitionGrain.AppendAsync"/>.</summary>
    ValueTask<Answer<AppendedBatch>> TryAppendAsync(int leaderEpoch, RecordBatchBytes batch, CancellationToken cancellationToken = default);

    /// <summary>Reads, waiting if asked to; every outcome is a value. See <see cref="IPartitionGrain.ReadAsync"/>.</summary>
    ValueTask<Answer<PartitionRead>> TryReadAsync(ReadQuery query, CancellationToken cancellationToken = default);

    /// <summary>Where the log starts and ends; every outcome is a value.</summary>
    ValueTask<Answer<LogOffsets>> TryGetOffsetsAsync(CancellationToken cancellationToken = default);

    /// <summary>Searches by time; every outcome is a value. See <see cref="IPartitionGrain.FindOffsetAsync"/>.</summary>
    ValueTask<Answer<FoundOffset>> TryFindOffsetAsync(long timestampMs, CancellationToken cancellationToken = default);
}
