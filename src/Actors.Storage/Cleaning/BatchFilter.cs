using System.Buffers.Binary;
using System.Diagnostics;
using Actors.Model.Records;

namespace Actors.Storage.Cleaning;

/// <summary>What becomes of a batch.</summary>
internal enum BatchFate
{
    /// <summary>It goes.</summary>
    Dropped,
    /// <summary>It stays, byte for byte.</summary>
    Kept,
    /// <summary>It stays with fewer records, none, or another base timestamp: <see cref="BatchFilter.Rewritten"/>.</summary>
    Rewritten,
}

/// <summary>A producer whose last batch is not dropped, so that its sequence can be read from the log.</summary>
/// <param name="LastOffset">Last offset of its last batch with records, or -1.</param>
/// <param name="Epoch">Its epoch.</param>
internal readonly record struct LastBatch(long LastOffset, short Epoch);

/// <summary>What a cleaning goes by.</summary>
/// <param name="NowMs">The clock when it began, ms since 1970.</param>
/// <param name="DeleteRetentionMs"><c>delete.retention.ms</c>.</param>
/// <param name="Producers">Last batches of the producers that are remembered.</param>
internal sealed record CleaningRules(long NowMs, long DeleteRetentionMs, IReadOnlyDictionary<long, LastBatch> Producers);

/// <summary>
/// Decides record by record what stays: Kafka's Cleaner (shouldRetainRecord, checkBatchRetention) and MemoryRecords.filterTo.
/// <list type="bullet">
/// <item>A record stays if no newer one of its key lies in the map's range; one behind that range always stays.</item>
/// <item>A tombstone stays until its batch's delete horizon: the first cleaning that meets it writes now + delete.retention.ms into the
/// batch's base timestamp and sets bit 6 (KIP-534), later ones drop it once that time has come.</item>
/// <item>A control batch stays while data of its transaction was met; then until a horizon of its own.</item>
/// <item>A producer's last batch stays, without records if need be.</item>
/// <item>Base offset, last offset delta, leader epoch, producer fields, record timestamps and codec are never changed.</item>
/// </list>
/// </summary>
internal sealed class BatchFilter(OffsetMap map, RecordTable table, CleaningRules rules)
{
    private readonly PlainRecords _plain = new();
    private readonly HashSet<long> _openTransactions = [];
    private byte[] _output = [];
    private int _outputBytes;
    private bool[] _stays = new bool[256];

    /// <summary>Last offset that the map knows of.</summary>
    public long LatestOffset { get; init; }

    /// <summary>The batch in its new form; valid until the next call.</summary>
    public ReadOnlySpan<byte> Rewritten => _output.AsSpan(0, _outputBytes);

    /// <summary>Decides one batch; batches come in the order of the log.</summary>
    /// <exception cref="StorageCorruptionException">Its records cannot be read.</exception>
    public BatchFate Filter(in RecordBatchInfo info, ReadOnlyMemory<byte> batch)
    {
        var isMarkerOfNothing = IsMarkerOfNothing(info, batch.Span);
        var isLast = info.HasProducerId && rules.Producers.TryGetValue(info.ProducerId, out var last)
            && (last.LastOffset >= 0 ? info.LastOffset == last.LastOffset : info.IsControl && info.ProducerEpoch == last.Epoch);
        var isPastHorizon = TryGetHorizon(info, out var horizonMs) && horizonMs <= rules.NowMs;
        if (info.RecordCount == 0)
        {
            return isLast || info.LastOffset > LatestOffset ? BatchFate.Kept : BatchFate.Dropped;
        }

        if (isMarkerOfNothing && isPastHorizon)
        {
            return Emptied(info, batch.Span, isLast);
        }

        var records = _plain.Read(info, batch);
        if (!table.TryRead(records, info))
        {
            throw new StorageCorruptionException($"the records of the batch at offset {info.BaseOffset} contradict their lengths");
        }

        var kept = Choose(info, isPastHorizon, out var hasTombstones);
        if (kept == 0)
        {
            return Emptied(info, batch.Span, isLast);
        }

        var needsHorizon = (hasTombstones || isMarkerOfNothing) && (info.Attributes & BatchAttributes.DeleteHorizon) == 0;
        if (kept == table.Count && !needsHorizon)
        {
            return BatchFate.Kept;
        }

        Rewrite(info, batch.Span, records, kept, needsHorizon ? rules.NowMs + rules.DeleteRetentionMs : info.BaseTimestampMs, needsHorizon);
        return BatchFate.Rewritten;
    }

    /// <summary>
    /// A batch without its records (Kafka's DefaultRecordBatch.writeEmptyHeader): it holds its offsets' place, and the producer's sequence.
    /// </summary>
    public static void WriteEmpty(in RecordBatchInfo info, ReadOnlySpan<byte> batch, Span<byte> into)
    {
        const BatchAttributes Lasting = BatchAttributes.LogAppendTime | BatchAttributes.Transactional | BatchAttributes.Control;
        batch[..RecordBatch.HeaderBytes].CopyTo(into);
        BinaryPrimitives.WriteInt32BigEndian(into[RecordBatch.LengthAt..], RecordBatch.MinLength);
        BinaryPrimitives.WriteInt16BigEndian(into[RecordBatch.AttributesAt..], (short)(info.Attributes & Lasting));
        BinaryPrimitives.WriteInt64BigEndian(into[RecordBatch.BaseTimestampAt..], info.MaxTimestampMs);
        BinaryPrimitives.WriteInt32BigEndian(into[RecordBatch.RecordCountAt..], 0);
        RecordBatch.WriteCrc(into[..RecordBatch.HeaderBytes]);
    }

    private static bool TryGetHorizon(in RecordBatchInfo info, out long horizonMs)
    {
        horizonMs = info.BaseTimestampMs;
        return (info.Attributes & BatchAttributes.DeleteHorizon) != 0;
    }

    /// <summary>
    /// Notes a transaction's data, and says of a control batch whether no data of its transaction is left. Without an index of aborted
    /// transactions an aborted one's data stays, and so does its marker.
    /// </summary>
    private bool IsMarkerOfNothing(in RecordBatchInfo info, ReadOnlySpan<byte> batch)
    {
        if (info.IsControl)
        {
            return info.RecordCount == 0 || (IsTransactionMarker(info, batch) && !_openTransactions.Remove(info.ProducerId));
        }

        if (info.IsTransactional)
        {
            _openTransactions.Add(info.ProducerId);
        }

        return false;
    }

    /// <summary>Whether the control record is an abort (0) or a commit (1); others (a leader's change, say) stay for good.</summary>
    private static bool IsTransactionMarker(in RecordBatchInfo info, ReadOnlySpan<byte> batch)
    {
        var records = batch[RecordBatch.HeaderBytes..];
        var at = 0;
        if (info.Codec != CompressionCodec.None || !Varints.TryRead(records, ref at, out _))
        {
            return false;
        }

        at++;
        return Varints.TryRead(records, ref at, out _) && Varints.TryRead(records, ref at, out _) && Varints.TryRead(records, ref at, out var keyBytes)
            && keyBytes >= 4 && at + 4 <= records.Length && BinaryPrimitives.ReadInt16BigEndian(records[(at + 2)..]) is 0 or 1;
    }

    private int Choose(in RecordBatchInfo info, bool isPastHorizon, out bool hasTombstones)
    {
        var places = table.Places;
        if (_stays.Length < places.Length)
        {
            _stays = new bool[Math.Max(places.Length, _stays.Length * 2)];
        }

        var kept = 0;
        hasTombstones = false;
        for (var i = 0; i < places.Length; i++)
        {
            ref readonly var place = ref places[i];
            var offset = info.BaseOffset + place.OffsetDelta;
            var stays = info.IsControl || offset > LatestOffset
                || (place.HasKey && offset >= map.Get(place.Key) && (place.HasValue || !isPastHorizon));
            _stays[i] = stays;
            kept += stays ? 1 : 0;
            hasTombstones |= stays && !place.HasValue && !info.IsControl;
        }

        return kept;
    }

    private BatchFate Emptied(in RecordBatchInfo info, ReadOnlySpan<byte> batch, bool isLast)
    {
        if (!isLast)
        {
            return BatchFate.Dropped;
        }

        Reserve(RecordBatch.HeaderBytes);
        WriteEmpty(info, batch, _output);
        _outputBytes = RecordBatch.HeaderBytes;
        return BatchFate.Rewritten;
    }

    private void Rewrite(
        in RecordBatchInfo info, ReadOnlySpan<byte> batch, ReadOnlySpan<byte> records, int kept, long baseTimestampMs, bool setsHorizon)
    {
        _outputBytes = RecordBatch.HeaderBytes;
        Reserve(RecordBatch.HeaderBytes + records.Length);
        var maxTimestampMs = long.MinValue;
        for (var i = 0; i < table.Count; i++)
        {
            if (_stays[i])
            {
                ref readonly var place = ref table.Places[i];
                maxTimestampMs = Math.Max(maxTimestampMs, info.BaseTimestampMs + place.TimestampDelta);
                CopyRecord(records, place, info.BaseTimestampMs - baseTimestampMs);
            }
        }

        if ((info.Attributes & BatchAttributes.LogAppendTime) != 0)
        {
            maxTimestampMs = info.MaxTimestampMs; // the time of all of them
        }

        if (info.Codec != CompressionCodec.None)
        {
            var compressed = PlainRecords.Deflate(info.Codec, _output.AsSpan(RecordBatch.HeaderBytes, _outputBytes - RecordBatch.HeaderBytes));
            _outputBytes = RecordBatch.HeaderBytes;
            Reserve(RecordBatch.HeaderBytes + compressed.Length);
            compressed.CopyTo(_output, RecordBatch.HeaderBytes);
            _outputBytes += compressed.Length;
        }

        var header = _output.AsSpan();
        batch[..RecordBatch.HeaderBytes].CopyTo(header);
        var attributes = info.Attributes | (setsHorizon ? BatchAttributes.DeleteHorizon : BatchAttributes.None);
        BinaryPrimitives.WriteInt32BigEndian(header[RecordBatch.LengthAt..], _outputBytes - RecordBatch.LogOverheadBytes);
        BinaryPrimitives.WriteInt16BigEndian(header[RecordBatch.AttributesAt..], (short)attributes);
        BinaryPrimitives.WriteInt64BigEndian(header[RecordBatch.BaseTimestampAt..], baseTimestampMs);
        BinaryPrimitives.WriteInt64BigEndian(header[RecordBatch.MaxTimestampAt..], maxTimestampMs);
        BinaryPrimitives.WriteInt32BigEndian(header[RecordBatch.RecordCountAt..], kept);
        RecordBatch.WriteCrc(_output.AsSpan(0, _outputBytes));
    }

    private void CopyRecord(ReadOnlySpan<byte> records, in RecordPlace place, long shiftMs)
    {
        if (shiftMs == 0)
        {
            Reserve(_outputBytes + place.End - place.Start);
            records[place.Start..place.End].CopyTo(_output.AsSpan(_outputBytes));
            _outputBytes += place.End - place.Start;
            return;
        }

        var rest = records[place.RestAt..place.End];
        var delta = place.TimestampDelta + shiftMs;
        var length = 1 + Varints.SizeOf(delta) + rest.Length;
        Reserve(_outputBytes + Varints.MaxBytes + length);
        _outputBytes += Varints.Write(_output.AsSpan(_outputBytes), length);
        _output[_outputBytes++] = 0; // attributes
        _outputBytes += Varints.Write(_output.AsSpan(_outputBytes), delta);
        rest.CopyTo(_output.AsSpan(_outputBytes));
        _outputBytes += rest.Length;
        Debug.Assert(place.RestAt > place.Start && place.RestAt < place.End, "a record without its fields");
    }

    private void Reserve(int bytes)
    {
        if (_output.Length < bytes)
        {
            Array.Resize(ref _output, Math.Max(bytes, Math.Max(64 << 10, _output.Length * 2)));
        }
    }
}
