using Actors.Model;
using Actors.Model.Leases;
using Actors.Model.Producers;
using Actors.Storage.Devices;

namespace Actors.Storage;

/// <summary>
/// The log of one partition: segments on disk and a readable tail in memory. Written by the log thread alone; read by any thread,
/// without waiting for writes. Offsets are published with release semantics: what is below <see cref="WrittenEnd"/> can be read.
/// </summary>
public sealed partial class PartitionLog
{
    /// <summary>Topic id and partition index.</summary>
    public TopicPartitionId Id => throw new NotImplementedException();

    /// <summary>The topic's name.</summary>
    public string Topic => throw new NotImplementedException();

    /// <summary>Whatever the interpreter keeps for this log.</summary>
    public object? Owner { get; set; }

    /// <summary>First offset that is kept.</summary>
    public long LogStartOffset => throw new NotImplementedException();

    /// <summary>Everything below is written and can be read.</summary>
    public long WrittenEnd => throw new NotImplementedException();

    /// <summary>Everything below is on the disk.</summary>
    public long SyncedEnd => throw new NotImplementedException();

    /// <summary>Bytes of all segments.</summary>
    public long SizeBytes => throw new NotImplementedException();

    /// <summary>Greatest timestamp of the log in ms since 1970, or -1.</summary>
    public long MaxTimestampMs => throw new NotImplementedException();

    /// <summary>Epoch of the last batch, or -1.</summary>
    public int LastEpoch => throw new NotImplementedException();

    /// <summary>Leader epochs and where they start.</summary>
    public EpochHistory Epochs => throw new NotImplementedException();

    /// <summary>The producers as of <see cref="WrittenEnd"/>. Log thread only: clone it at the opening.</summary>
    public ProducerTable Producers => throw new NotImplementedException();

    /// <summary>Settings in force. Replaced by <see cref="Configure"/>.</summary>
    public LogConfig Config => throw new NotImplementedException();

    /// <summary>Takes up new settings. Log thread.</summary>
    public void Configure(LogConfig config) => throw new NotImplementedException();

    /// <summary>
    /// Adds whole batches from the one that holds <paramref name="offset"/> on, none reaching beyond <paramref name="endOffset"/> (the
    /// high watermark, say), in <paramref name="maxBytes"/>, or one larger batch if <paramref name="firstBatchWhole"/>. Answers the
    /// bytes added; each slice carries one reference. Completes at once from memory or the page cache, else on the reader thread.
    /// </summary>
    /// <exception cref="StorageCorruptionException">What is on disk is not a log.</exception>
    /// <exception cref="StorageException">The disk could not be read.</exception>
    public ValueTask<int> ReadAsync(
        long offset, long endOffset, int maxBytes, bool firstBatchWhole, List<LeaseSlice> into, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <summary>Bytes between two offsets, estimated from what is in memory. Never reads the disk. Any thread.</summary>
    public long EstimateBytes(long fromOffset, long toOffset) => throw new NotImplementedException();

    /// <summary>
    /// The first record below <paramref name="endOffset"/> whose timestamp is not below <paramref name="timestampMs"/>;
    /// <see cref="TimestampedOffset.None"/> if there is none.
    /// </summary>
    public ValueTask<TimestampedOffset> FindByTimestampAsync(long timestampMs, long endOffset, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <summary>The first record with the greatest timestamp below <paramref name="endOffset"/> (KIP-734).</summary>
    public ValueTask<TimestampedOffset> FindMaxTimestampAsync(long endOffset, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}

/// <summary>A record found by its timestamp.</summary>
/// <param name="Offset">Its offset, or -1.</param>
/// <param name="TimestampMs">Its timestamp in ms since 1970, or -1.</param>
/// <param name="LeaderEpoch">Epoch of its batch, or -1.</param>
public readonly record struct TimestampedOffset(long Offset, long TimestampMs, int LeaderEpoch)
{
    /// <summary>No such record.</summary>
    public static TimestampedOffset None { get; } = new(-1, -1, -1);
}
