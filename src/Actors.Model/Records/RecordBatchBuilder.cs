using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;

namespace Actors.Model.Records;

/// <summary>
/// Writes records into one uncompressed batch, once, up to a limit; <see cref="Build"/> gives the whole batch, CRC and all.
/// Reusable after <see cref="Build"/> or <see cref="Clear"/>; not for several threads.
/// </summary>
public sealed class RecordBatchBuilder
{
    /// <summary>Default limit of a whole batch: 1 MiB, the most that travels in one grain call.</summary>
    public const int DefaultMaxBytes = 1024 * 1024;
    private const int FirstBufferBytes = 1024;

    private readonly int _maxBytes;
    private byte[] _buffer;
    private int _end = RecordBatch.HeaderBytes;
    private long _baseTimestampMs;
    private long _maxTimestampMs;

    /// <summary>A builder of batches of at most <paramref name="maxBytes"/>, header included.</summary>
    public RecordBatchBuilder(int maxBytes = DefaultMaxBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBytes, RecordBatch.HeaderBytes);
        _maxBytes = maxBytes;
        _buffer = new byte[Math.Min(maxBytes, FirstBufferBytes)];
    }

    /// <summary>Records added so far.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of the batch as it stands, header included.</summary>
    public int SizeBytes => _end;

    /// <summary>
    /// Adds a record of which key, value, headers and timestamp are used. False: it does not fit any more, nothing was added; a record
    /// that does not fit into an empty builder fits into none of this limit.
    /// </summary>
    public bool TryAdd(Record record)
    {
        ArgumentNullException.ThrowIfNull(record);
        var offsetDelta = Count;
        var baseTimestampMs = Count == 0 ? record.TimestampMs : _baseTimestampMs;
        var timestampDelta = record.TimestampMs - baseTimestampMs;
        var bodyBytes = BodyBytes(record, timestampDelta, offsetDelta);
        var sizeBytes = RecordVarints.SizeOf(bodyBytes) + bodyBytes;
        if (sizeBytes > _maxBytes - _end)
        {
            return false;
        }

        Reserve((int)sizeBytes);
        var into = _buffer.AsSpan(_end, (int)sizeBytes);
        var written = WriteRecord(into, record, bodyBytes, timestampDelta, offsetDelta);
        Debug.Assert(written == sizeBytes, "a record's size was computed differently than it was written");
        _baseTimestampMs = baseTimestampMs;
        _maxTimestampMs = Count == 0 ? record.TimestampMs : Math.Max(_maxTimestampMs, record.TimestampMs);
        _end += (int)sizeBytes;
        Count++;
        return true;
    }

    /// <summary>Adds a record of a value alone, with timestamp 0; false as in <see cref="TryAdd"/>. Copies the value, allocates nothing.</summary>
    public bool TryAddValue(ReadOnlySpan<byte> value)
    {
        var timestampDelta = Count == 0 ? 0 : -_baseTimestampMs;
        long bodyBytes = 1 + RecordVarints.SizeOf(timestampDelta) + RecordVarints.SizeOf(Count) + RecordVarints.SizeOf(-1)
            + RecordVarints.SizeOf(value.Length) + value.Length + RecordVarints.SizeOf(0);
        var sizeBytes = RecordVarints.SizeOf(bodyBytes) + bodyBytes;
        if (sizeBytes > _maxBytes - _end)
        {
            return false;
        }

        Reserve((int)sizeBytes);
        var into = _buffer.AsSpan(_end, (int)sizeBytes);
        var at = RecordVarints.Write(into, bodyBytes);
        into[at++] = 0;
        at += RecordVarints.Write(into[at..], timestampDelta);
        at += RecordVarints.Write(into[at..], Count);
        at += RecordVarints.Write(into[at..], -1);
        at += RecordVarints.Write(into[at..], value.Length);
        value.CopyTo(into[at..]);
        at += value.Length;
        at += RecordVarints.Write(into[at..], 0);
        Debug.Assert(at == sizeBytes, "a record's size was computed differently than it was written");
        _baseTimestampMs = Count == 0 ? 0 : _baseTimestampMs;
        _maxTimestampMs = Count == 0 ? 0 : Math.Max(_maxTimestampMs, 0);
        _end += (int)sizeBytes;
        Count++;
        return true;
    }

    /// <summary>
    /// The batch as an array of its own, with base offset 0 and leader epoch -1 (the leader stamps them), and an empty builder.
    /// </summary>
    /// <param name="producerId">An idempotent producer's id, or -1.</param>
    /// <param name="producerEpoch">Its epoch, or -1.</param>
    /// <param name="baseSequence">Sequence of the first record, or -1.</param>
    /// <exception cref="InvalidOperationException">No record was added.</exception>
    public byte[] Build(long producerId = -1, short producerEpoch = -1, int baseSequence = -1)
    {
        if (Count == 0)
        {
            throw new InvalidOperationException("A batch needs at least one record.");
        }

        var batch = GC.AllocateUninitializedArray<byte>(_end);
        _buffer.AsSpan(RecordBatch.HeaderBytes, _end - RecordBatch.HeaderBytes).CopyTo(batch.AsSpan(RecordBatch.HeaderBytes));
        BinaryPrimitives.WriteInt64BigEndian(batch.AsSpan(RecordBatch.BaseOffsetAt), 0);
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(RecordBatch.LengthAt), _end - RecordBatch.LogOverheadBytes);
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(RecordBatch.LeaderEpochAt), -1);
        batch[RecordBatch.MagicAt] = RecordBatch.Magic;
        BinaryPrimitives.WriteInt16BigEndian(batch.AsSpan(RecordBatch.AttributesAt), 0);
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(RecordBatch.LastOffsetDeltaAt), Count - 1);
        BinaryPrimitives.WriteInt64BigEndian(batch.AsSpan(RecordBatch.BaseTimestampAt), _baseTimestampMs);
        BinaryPrimitives.WriteInt64BigEndian(batch.AsSpan(RecordBatch.MaxTimestampAt), _maxTimestampMs);
        BinaryPrimitives.WriteInt64BigEndian(batch.AsSpan(RecordBatch.ProducerIdAt), producerId);
        BinaryPrimitives.WriteInt16BigEndian(batch.AsSpan(RecordBatch.ProducerEpochAt), producerEpoch);
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(RecordBatch.BaseSequenceAt), baseSequence);
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(RecordBatch.RecordCountAt), Count);
        RecordBatch.WriteCrc(batch);
        Clear();
        return batch;
    }

    /// <summary>Forgets the records added.</summary>
    public void Clear()
    {
        Count = 0;
        _end = RecordBatch.HeaderBytes;
    }

    private static long BodyBytes(Record record, long timestampDelta, int offsetDelta)
    {
        var headers = record.Headers;
        long size = 1 + RecordVarints.SizeOf(timestampDelta) + RecordVarints.SizeOf(offsetDelta)
            + FieldBytes(record.Key) + FieldBytes(record.Value) + RecordVarints.SizeOf(headers.Count);
        for (var i = 0; i < headers.Count; i++)
        {
            var keyBytes = Encoding.UTF8.GetByteCount(headers[i].Key);
            size += RecordVarints.SizeOf(keyBytes) + keyBytes + FieldBytes(headers[i].Value);
        }

        return size;
    }

    private static long FieldBytes(ReadOnlyMemory<byte>? field) =>
        field is { } bytes ? RecordVarints.SizeOf(bytes.Length) + (long)bytes.Length : RecordVarints.SizeOf(-1);

    private static int WriteRecord(Span<byte> into, Record record, long bodyBytes, long timestampDelta, int offsetDelta)
    {
        var at = RecordVarints.Write(into, bodyBytes);
        into[at++] = 0;
        at += RecordVarints.Write(into[at..], timestampDelta);
        at += RecordVarints.Write(into[at..], offsetDelta);
        at += WriteField(into[at..], record.Key);
        at += WriteField(into[at..], record.Value);
        at += RecordVarints.Write(into[at..], record.Headers.Count);
        for (var i = 0; i < record.Headers.Count; i++)
        {
            var header = record.Headers[i];
            at += RecordVarints.Write(into[at..], Encoding.UTF8.GetByteCount(header.Key));
            at += Encoding.UTF8.GetBytes(header.Key, into[at..]);
            at += WriteField(into[at..], header.Value);
        }

        return at;
    }

    private static int WriteField(Span<byte> into, ReadOnlyMemory<byte>? field)
    {
        if (field is not { } bytes)
        {
            return RecordVarints.Write(into, -1);
        }

        var at = RecordVarints.Write(into, bytes.Length);
        bytes.Span.CopyTo(into[at..]);
        return at + bytes.Length;
    }

    private void Reserve(int bytes)
    {
        if (_buffer.Length - _end >= bytes)
        {
            return;
        }

        var grown = new byte[Math.Min(_maxBytes, (int)Math.Min(int.MaxValue, Math.Max(_end + (long)bytes, 2L * _buffer.Length)))];
        _buffer.AsSpan(0, _end).CopyTo(grown);
        _buffer = grown;
    }
}
