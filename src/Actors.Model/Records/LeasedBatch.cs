using System.Buffers.Binary;
using System.Diagnostics;
using Actors.Model.Leases;

namespace Actors.Model.Records;

/// <summary>
/// One uncompressed batch that is written right into leased memory, record by record, for parts of the node that append many small
/// records: nothing is allocated per record. Used once: <see cref="Seal"/> hands the memory over.
/// </summary>
public sealed class LeasedBatch(LeasePool pool, int maxBytes)
{
    private Lease? _lease;
    private int _end = RecordBatch.HeaderBytes;
    private long _baseTimestampMs;
    private long _maxTimestampMs;

    /// <summary>Records added so far.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of the batch as it stands, header included.</summary>
    public int SizeBytes => _end;

    /// <summary>
    /// Adds a record without headers; <paramref name="hasValue"/> false: a tombstone. False: it does not fit any more, nothing was added.
    /// </summary>
    public bool TryAdd(long timestampMs, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool hasValue)
    {
        var baseTimestampMs = Count == 0 ? timestampMs : _baseTimestampMs;
        var timestampDelta = timestampMs - baseTimestampMs;
        var valueBytes = hasValue ? value.Length : -1;
        var bodyBytes = 1L + RecordVarints.SizeOf(timestampDelta) + RecordVarints.SizeOf(Count) + RecordVarints.SizeOf(key.Length) + key.Length
            + RecordVarints.SizeOf(valueBytes) + Math.Max(0, valueBytes) + RecordVarints.SizeOf(0);
        var sizeBytes = RecordVarints.SizeOf(bodyBytes) + bodyBytes;
        if (sizeBytes > maxBytes - _end)
        {
            return false;
        }

        Reserve((int)sizeBytes);
        var into = _lease!.Array.AsSpan(_end, (int)sizeBytes);
        var at = RecordVarints.Write(into, bodyBytes);
        into[at++] = 0;
        at += RecordVarints.Write(into[at..], timestampDelta);
        at += RecordVarints.Write(into[at..], Count);
        at += RecordVarints.Write(into[at..], key.Length);
        key.CopyTo(into[at..]);
        at += key.Length;
        at += RecordVarints.Write(into[at..], valueBytes);
        value.CopyTo(into[at..]);
        at += Math.Max(0, valueBytes);
        at += RecordVarints.Write(into[at..], 0);
        Debug.Assert(at == sizeBytes, "a record's size was computed differently than it was written");
        _baseTimestampMs = baseTimestampMs;
        _maxTimestampMs = Count == 0 ? timestampMs : Math.Max(_maxTimestampMs, timestampMs);
        _end += at;
        Count++;
        return true;
    }

    /// <summary>The whole batch, CRC and all, with base offset 0 and leader epoch -1; its one reference passes to the caller.</summary>
    public LeaseSlice Seal()
    {
        Debug.Assert(Count > 0 && _lease is not null, "a batch needs at least one record");
        var slice = _lease.Slice(0, _end);
        var batch = slice.Span;
        batch[..RecordBatch.HeaderBytes].Clear();
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatch.LengthAt..], _end - RecordBatch.LogOverheadBytes);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatch.LeaderEpochAt..], -1);
        batch[RecordBatch.MagicAt] = RecordBatch.Magic;
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatch.LastOffsetDeltaAt..], Count - 1);
        BinaryPrimitives.WriteInt64BigEndian(batch[RecordBatch.BaseTimestampAt..], _baseTimestampMs);
        BinaryPrimitives.WriteInt64BigEndian(batch[RecordBatch.MaxTimestampAt..], _maxTimestampMs);
        BinaryPrimitives.WriteInt64BigEndian(batch[RecordBatch.ProducerIdAt..], -1);
        BinaryPrimitives.WriteInt16BigEndian(batch[RecordBatch.ProducerEpochAt..], -1);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatch.BaseSequenceAt..], -1);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatch.RecordCountAt..], Count);
        RecordBatch.WriteCrc(batch);
        _lease = null;
        return slice;
    }

    /// <summary>Gives the memory back unused.</summary>
    public void Discard()
    {
        _lease?.Release();
        _lease = null;
    }

    private void Reserve(int bytes)
    {
        if (_lease is null)
        {
            _lease = pool.Rent(_end + bytes);
        }
        else if (_lease.LengthBytes - _end < bytes)
        {
            var larger = pool.Rent(Math.Max(_end + bytes, Math.Min(maxBytes, _lease.LengthBytes * 2)));
            _lease.Array.AsSpan(0, _end).CopyTo(larger.Array);
            _lease.Release();
            _lease = larger;
        }
    }
}
