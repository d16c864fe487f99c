namespace Actors.Model.Records;

/// <summary>The header of one record batch, read once and passed along beside the bytes.</summary>
public readonly record struct RecordBatchInfo
{
    /// <summary>Offset of the first record; before the leader stamps it, whatever the producer wrote (0 by custom).</summary>
    public long BaseOffset { get; init; }
    /// <summary>Whole bytes of the batch, header included.</summary>
    public int SizeBytes { get; init; }
    /// <summary>Epoch of the leader that appended the batch.</summary>
    public int LeaderEpoch { get; init; }
    /// <summary>Codec, timestamp type, transactional, control.</summary>
    public BatchAttributes Attributes { get; init; }
    /// <summary>Offset of the last record minus <see cref="BaseOffset"/>.</summary>
    public int LastOffsetDelta { get; init; }
    /// <summary>Timestamp the deltas count from, ms since 1970.</summary>
    public long BaseTimestampMs { get; init; }
    /// <summary>Greatest timestamp of the batch, ms since 1970.</summary>
    public long MaxTimestampMs { get; init; }
    /// <summary>Idempotent producer's id, or -1.</summary>
    public long ProducerId { get; init; }
    /// <summary>Idempotent producer's epoch.</summary>
    public short ProducerEpoch { get; init; }
    /// <summary>Sequence of the first record, or -1.</summary>
    public int BaseSequence { get; init; }
    /// <summary>Number of records.</summary>
    public int RecordCount { get; init; }

    /// <summary>The codec of the records.</summary>
    public CompressionCodec Codec => (CompressionCodec)(Attributes & BatchAttributes.CodecMask);
    /// <summary>Offset of the last record.</summary>
    public long LastOffset => BaseOffset + LastOffsetDelta;
    /// <summary>Offset that follows the batch.</summary>
    public long NextOffset => BaseOffset + LastOffsetDelta + 1;
    /// <summary>Sequence of the last record; wraps at 2³¹−1 to 0, as Kafka's DefaultRecordBatch.incrementSequence.</summary>
    public int LastSequence => BaseSequence < 0 ? -1 : SequenceAfter(BaseSequence, LastOffsetDelta);
    /// <summary>Whether an idempotent producer wrote it.</summary>
    public bool HasProducerId => ProducerId >= 0;
    /// <summary>Whether it is a control batch.</summary>
    public bool IsControl => (Attributes & BatchAttributes.Control) != 0;
    /// <summary>Whether it belongs to a transaction.</summary>
    public bool IsTransactional => (Attributes & BatchAttributes.Transactional) != 0;

    /// <summary>The sequence <paramref name="count"/> behind <paramref name="sequence"/>, wrapping from 2³¹−1 to 0.</summary>
    public static int SequenceAfter(int sequence, int count) =>
        sequence > int.MaxValue - count ? count - (int.MaxValue - sequence) - 1 : sequence + count;
}
