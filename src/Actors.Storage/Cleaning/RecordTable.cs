using Actors.Model.Records;

namespace Actors.Storage.Cleaning;

/// <summary>Where one record lies, and what cleaning looks at of it. Positions count from the first byte behind the batch's header.</summary>
internal struct RecordPlace
{
    /// <summary>First byte, that of the length field.</summary>
    public int Start;
    /// <summary>First byte behind the record.</summary>
    public int End;
    /// <summary>First byte behind the timestamp: from here on a record is the same whatever its batch's base timestamp is.</summary>
    public int RestAt;
    /// <summary>Offset minus the batch's base offset.</summary>
    public int OffsetDelta;
    /// <summary>Timestamp minus the batch's base timestamp.</summary>
    public long TimestampDelta;
    /// <summary>The key's digest, if there is one.</summary>
    public KeyDigest Key;
    /// <summary>Whether there is a key.</summary>
    public bool HasKey;
    /// <summary>Whether there is a value: without one it is a tombstone.</summary>
    public bool HasValue;
}

/// <summary>The records of one batch, read once: lengths are checked against what there is, keys hashed, their slots brought nearer.</summary>
internal sealed class RecordTable(KeyHash hash, OffsetMap map)
{
    private RecordPlace[] _places = new RecordPlace[256];

    /// <summary>The records of the last batch that was read.</summary>
    public ReadOnlySpan<RecordPlace> Places => _places.AsSpan(0, Count);

    public int Count { get; private set; }

    /// <summary>Reads plain records; false if they contradict their lengths or their count.</summary>
    public bool TryRead(ReadOnlySpan<byte> records, in RecordBatchInfo info)
    {
        Count = 0;
        var least = (records.Length / LeastRecordBytes) + 1;
        if (info.RecordCount < 0 || info.RecordCount > least)
        {
            return false;
        }

        if (_places.Length < info.RecordCount)
        {
            _places = new RecordPlace[Math.Max(info.RecordCount, _places.Length * 2)];
        }

        var at = 0;
        for (var i = 0; i < info.RecordCount; i++)
        {
            if (!TryRead(records, ref at, ref _places[i]))
            {
                return false;
            }
        }

        Count = info.RecordCount;
        return at == records.Length;
    }

    /// <summary>Length, attributes, two deltas, two lengths, header count: a byte each at least.</summary>
    private const int LeastRecordBytes = 7;

    private bool TryRead(ReadOnlySpan<byte> records, ref int at, ref RecordPlace place)
    {
        place.Start = at;
        if (!Varints.TryRead(records, ref at, out var length) || length < LeastRecordBytes - 1 || length > records.Length - at)
        {
            return false;
        }

        var body = records[..(at + (int)length)];
        place.End = body.Length;
        at++; // attributes: no bit has a meaning yet
        if (!Varints.TryRead(body, ref at, out place.TimestampDelta))
        {
            return false;
        }

        place.RestAt = at;
        if (!Varints.TryRead(body, ref at, out var offsetDelta) || !Varints.TryRead(body, ref at, out var keyBytes)
            || keyBytes > body.Length - at || offsetDelta is < 0 or > int.MaxValue)
        {
            return false;
        }

        place.OffsetDelta = (int)offsetDelta;
        place.HasKey = keyBytes >= 0;
        if (place.HasKey)
        {
            place.Key = hash.Compute(body.Slice(at, (int)keyBytes));
            map.Prefetch(place.Key);
            at += (int)keyBytes;
        }

        if (!Varints.TryRead(body, ref at, out var valueBytes) || valueBytes > body.Length - at)
        {
            return false;
        }

        place.HasValue = valueBytes >= 0;
        at = place.End;
        return true;
    }
}

/// <summary>Zigzag variable-length integers of records: low seven bits first.</summary>
internal static class Varints
{
    public const int MaxBytes = 10;

    public static bool TryRead(ReadOnlySpan<byte> bytes, ref int at, out long value)
    {
        var raw = 0UL;
        for (var shift = 0; shift < 7 * MaxBytes && (uint)at < (uint)bytes.Length; shift += 7)
        {
            ulong next = bytes[at++];
            raw |= (next & 0x7F) << shift;
            if (next < 0x80)
            {
                value = (long)(raw >> 1) ^ -(long)(raw & 1);
                return true;
            }
        }

        value = 0;
        return false;
    }

    public static int SizeOf(long value)
    {
        var raw = (ulong)((value << 1) ^ (value >> 63));
        var size = 1;
        for (; raw >= 0x80; raw >>= 7)
        {
            size++;
        }

        return size;
    }

    public static int Write(Span<byte> into, long value)
    {
        var raw = (ulong)((value << 1) ^ (value >> 63));
        var at = 0;
        for (; raw >= 0x80; raw >>= 7)
        {
            into[at++] = (byte)(raw | 0x80);
        }

        into[at++] = (byte)raw;
        return at;
    }
}
