namespace Actors.Model.Records;

/// <summary>
/// Walks the records of one batch, plain or inflated, without allocating. The bytes are not trusted: every length is checked
/// against what remains, and a walk that ends early says so in <see cref="Error"/>.
/// <code>
/// field            type      note
/// length           varint    bytes after this field
/// attributes       i8        0; unused
/// timestampDelta   varlong   from the batch's baseTimestamp
/// offsetDelta      varint    from the batch's baseOffset
/// keyLength        varint    -1: null
/// key              bytes
/// valueLength      varint    -1: null
/// value            bytes
/// headerCount      varint
/// headers          per header: keyLength varint, key UTF-8, valueLength varint (-1: null), value
/// </code>
/// Source: Kafka's DefaultRecord (KIP-98).
/// </summary>
public ref struct RecordEnumerator
{
    private const int LeastHeaderBytes = 2;

    private readonly ReadOnlySpan<byte> _records;
    private readonly long _baseOffset;
    private readonly long _baseTimestampMs;
    private readonly bool _logAppendTime;
    private readonly long _maxTimestampMs;
    private int _remaining;
    private int _position;

    /// <summary>
    /// A walk over <paramref name="records"/>: the bytes after the header of the batch <paramref name="info"/> describes, inflated.
    /// </summary>
    public RecordEnumerator(in RecordBatchInfo info, ReadOnlySpan<byte> records)
    {
        _records = records;
        _baseOffset = info.BaseOffset;
        _baseTimestampMs = info.BaseTimestampMs;
        _logAppendTime = (info.Attributes & BatchAttributes.LogAppendTime) != 0;
        _maxTimestampMs = info.MaxTimestampMs;
        _remaining = info.RecordCount;
        if (info.RecordCount < 0)
        {
            Error = ErrorCode.CorruptMessage;
        }
    }

    /// <summary>The record <see cref="MoveNext"/> came to.</summary>
    public RecordView Current { get; private set; }

    /// <summary>None, or <see cref="ErrorCode.CorruptMessage"/> where the walk met bytes that contradict themselves.</summary>
    public ErrorCode Error { get; private set; }

    /// <summary>Itself, for <c>foreach</c>.</summary>
    public readonly RecordEnumerator GetEnumerator() => this;

    /// <summary>Goes to the next record; false at the end and at a fault.</summary>
    public bool MoveNext()
    {
        if (Error != ErrorCode.None)
        {
            return false;
        }

        if (_remaining <= 0)
        {
            if (_position != _records.Length)
            {
                Error = ErrorCode.CorruptMessage; // bytes behind the last record
            }

            return false;
        }

        if (!TryRead(out var record))
        {
            Error = ErrorCode.CorruptMessage;
            return false;
        }

        _remaining--;
        _position = record.Start + record.SizeBytes;
        Current = record;
        return true;
    }

    private readonly bool TryRead(out RecordView record)
    {
        record = default;
        var reader = new RecordVarints(_records, _position);
        if (!reader.TryReadLength(out var length) || length < 1)
        {
            return false;
        }

        var end = reader.Position + length;
        reader = new RecordVarints(_records[..end], reader.Position + 1); // behind the unused attributes
        if (!reader.TryReadInt64(out var timestampDelta)
            || !reader.TryReadInt32(out var offsetDelta)
            || !reader.TryReadLength(out var keyBytes))
        {
            return false;
        }

        var keyAt = reader.Position;
        if (!reader.TrySkip(keyBytes) || !reader.TryReadLength(out var valueBytes))
        {
            return false;
        }

        var valueAt = reader.Position;
        if (!reader.TrySkip(valueBytes) || !TryWalkHeaders(ref reader, out var headerCount, out var headersAt) || reader.Remaining != 0)
        {
            return false;
        }

        record = new RecordView(_records)
        {
            Offset = _baseOffset + offsetDelta,
            TimestampMs = _logAppendTime ? _maxTimestampMs : _baseTimestampMs + timestampDelta,
            Start = _position,
            SizeBytes = end - _position,
            KeyAt = keyAt,
            KeyBytes = keyBytes,
            ValueAt = valueAt,
            ValueBytes = valueBytes,
            HeadersAt = headersAt,
            HeaderCount = headerCount,
        };
        return true;
    }

    private static bool TryWalkHeaders(ref RecordVarints reader, out int count, out int headersAt)
    {
        headersAt = 0;
        if (!reader.TryReadInt32(out count) || count < 0 || count > reader.Remaining / LeastHeaderBytes)
        {
            return false;
        }

        headersAt = reader.Position;
        for (var i = 0; i < count; i++)
        {
            if (!reader.TryReadLength(out var keyBytes) || keyBytes < 0 || !reader.TrySkip(keyBytes)
                || !reader.TryReadLength(out var valueBytes) || !reader.TrySkip(valueBytes))
            {
                return false;
            }
        }

        return true;
    }
}
