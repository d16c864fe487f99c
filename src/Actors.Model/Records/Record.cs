namespace Actors.Model.Records;

/// <summary>
/// One record with its place in the log. Key and value are slices of the batch they were read from, not copies: whoever keeps them
/// keeps the batch.
/// </summary>
public sealed record Record
{
    private static readonly IReadOnlyList<RecordHeader> s_noHeaders = [];

    /// <summary>Its offset; -1 before the log has given it one.</summary>
    public long Offset { get; init; } = -1;
    /// <summary>Milliseconds since 1970: the producer's time, or the leader's where the topic uses LogAppendTime.</summary>
    public long TimestampMs { get; init; }
    /// <summary>The key, or null.</summary>
    public ReadOnlyMemory<byte>? Key { get; init; }
    /// <summary>The value; null is a tombstone in a compacted topic.</summary>
    public ReadOnlyMemory<byte>? Value { get; init; }
    /// <summary>Headers in the order they were written; empty, never null.</summary>
    public IReadOnlyList<RecordHeader> Headers { get; init; } = s_noHeaders;

    /// <summary>
    /// Reads the records of one uncompressed batch at and above <paramref name="fromOffset"/> and adds them to
    /// <paramref name="into"/>; a control batch has none.
    /// </summary>
    /// <returns>
    /// None; <see cref="ErrorCode.CorruptMessage"/> where the bytes contradict themselves (records before the fault are in the list);
    /// <see cref="ErrorCode.UnsupportedCompressionType"/> for a compressed batch: inflate it first.
    /// </returns>
    public static ErrorCode ReadAll(ReadOnlyMemory<byte> batch, long fromOffset, ICollection<Record> into)
    {
        ArgumentNullException.ThrowIfNull(into);
        if (batch.Length < RecordBatch.HeaderBytes)
        {
            return ErrorCode.CorruptMessage;
        }

        var info = RecordBatch.ReadInfo(batch.Span);
        if (info.IsControl)
        {
            return ErrorCode.None;
        }

        if (info.Codec != CompressionCodec.None)
        {
            return ErrorCode.UnsupportedCompressionType;
        }

        var records = batch[RecordBatch.HeaderBytes..];
        var walk = new RecordEnumerator(in info, records.Span);
        while (walk.MoveNext())
        {
            if (walk.Current.Offset >= fromOffset)
            {
                into.Add(walk.Current.ToRecord(records));
            }
        }

        return walk.Error;
    }
}
