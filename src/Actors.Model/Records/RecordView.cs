using System.Text;

namespace Actors.Model.Records;

/// <summary>
/// One record as it stands in its batch; valid as long as the batch's bytes. Positions count from the first byte after the batch's
/// header.
/// </summary>
public readonly ref struct RecordView
{
    private readonly ReadOnlySpan<byte> _records;

    internal RecordView(ReadOnlySpan<byte> records) => _records = records;

    /// <summary>Its offset.</summary>
    public required long Offset { get; init; }
    /// <summary>Milliseconds since 1970.</summary>
    public required long TimestampMs { get; init; }
    /// <summary>Where the record begins, its length field included.</summary>
    public required int Start { get; init; }
    /// <summary>Whole bytes of the record, its length field included.</summary>
    public required int SizeBytes { get; init; }
    /// <summary>Where the key begins.</summary>
    public required int KeyAt { get; init; }
    /// <summary>Bytes of the key, -1 for null.</summary>
    public required int KeyBytes { get; init; }
    /// <summary>Where the value begins.</summary>
    public required int ValueAt { get; init; }
    /// <summary>Bytes of the value, -1 for null (a tombstone).</summary>
    public required int ValueBytes { get; init; }
    /// <summary>Where the first header begins.</summary>
    public required int HeadersAt { get; init; }
    /// <summary>Number of headers.</summary>
    public required int HeaderCount { get; init; }

    /// <summary>Whether there is a key.</summary>
    public bool HasKey => KeyBytes >= 0;
    /// <summary>Whether there is a value.</summary>
    public bool HasValue => ValueBytes >= 0;
    /// <summary>The key; empty for null.</summary>
    public ReadOnlySpan<byte> Key => KeyBytes > 0 ? _records.Slice(KeyAt, KeyBytes) : default;
    /// <summary>The value; empty for null.</summary>
    public ReadOnlySpan<byte> Value => ValueBytes > 0 ? _records.Slice(ValueAt, ValueBytes) : default;

    /// <summary>The record as an object whose bytes are slices of <paramref name="records"/>, the same bytes as memory.</summary>
    public Record ToRecord(ReadOnlyMemory<byte> records) => new()
    {
        Offset = Offset,
        TimestampMs = TimestampMs,
        Key = SliceOrNull(records, KeyAt, KeyBytes),
        Value = SliceOrNull(records, ValueAt, ValueBytes),
        Headers = HeaderCount == 0 ? [] : ReadHeaders(records),
    };

    // Written out: `condition ? null : memory` would turn null into empty memory, through the conversion from a null array.
    private static ReadOnlyMemory<byte>? SliceOrNull(ReadOnlyMemory<byte> bytes, int start, int lengthBytes) =>
        lengthBytes < 0 ? default(ReadOnlyMemory<byte>?) : bytes.Slice(start, lengthBytes);

    private RecordHeader[] ReadHeaders(ReadOnlyMemory<byte> records)
    {
        var headers = new RecordHeader[HeaderCount]; // the enumerator walked them: the count is true
        var reader = new RecordVarints(records.Span, HeadersAt);
        for (var i = 0; i < headers.Length; i++)
        {
            reader.TryReadLength(out var keyBytes);
            var key = Encoding.UTF8.GetString(records.Span.Slice(reader.Position, keyBytes));
            reader.TrySkip(keyBytes);
            reader.TryReadLength(out var valueBytes);
            headers[i] = new RecordHeader(key, SliceOrNull(records, reader.Position, valueBytes));
            reader.TrySkip(valueBytes);
        }

        return headers;
    }
}
