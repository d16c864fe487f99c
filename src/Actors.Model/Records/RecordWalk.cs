using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Actors.Model.Records;

/// <summary>What a walk over the records of a batch found.</summary>
/// <param name="MinTimestampMs">Least timestamp; -1 (none) does not count unless there is no other.</param>
/// <param name="MaxTimestampMs">Greatest timestamp.</param>
/// <param name="NullKeyCount">Records without a key.</param>
public readonly record struct RecordSummary(long MinTimestampMs, long MaxTimestampMs, int NullKeyCount);

/// <summary>
/// Walks plain records: each must be whole, in order, and exactly as long as it says.
/// <code>
/// length varint | attributes i8 | timestampDelta varlong | offsetDelta varint | keyLength varint (-1: null) | key |
/// valueLength varint (-1: null) | value | headerCount varint | { keyLength varint | key | valueLength varint (-1) | value } …
/// </code>
/// Varints are zigzag, low 7 bits first. Source: Kafka's DefaultRecord.
/// </summary>
internal static class RecordWalk
{
    internal const string BadShape = "The record is malformed: its fields do not fill its length.";

    /// <summary>Walks the records of a whole batch; <paramref name="broken"/> is the first one that is wrong.</summary>
    public static RecordSummary Walk(ReadOnlySpan<byte> records, in RecordBatchInfo info, out RecordFault? broken)
    {
        long minDelta = long.MaxValue, maxDelta = long.MinValue;
        var nullKeys = 0;
        var position = 0;
        for (var index = 0; index < info.RecordCount; index++)
        {
            if (!TryRead(records, ref position, out var record))
            {
                broken = new RecordFault(index, BadShape);
                return default;
            }

            if (record.OffsetDelta != index)
            {
                broken = new RecordFault(index, WrongOffset(index, record.OffsetDelta));
                return default;
            }

            nullKeys += record.NullKey ? 1 : 0;
            minDelta = Math.Min(minDelta, record.TimestampDelta);
            maxDelta = Math.Max(maxDelta, record.TimestampDelta);
        }

        broken = position == records.Length ? null
            : new RecordFault(info.RecordCount - 1, $"{records.Length - position} bytes follow the last of {info.RecordCount} records.");
        return new RecordSummary(unchecked(info.BaseTimestampMs + minDelta), unchecked(info.BaseTimestampMs + maxDelta), nullKeys);
    }

    public static string WrongOffset(int expected, int found) =>
        $"Record does not have incremental offsets: expected offset delta {expected}, found {found}.";

    /// <summary>Reads one record that must lie in the span as a whole.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, ref int position, out RecordFields record)
    {
        Unsafe.SkipInit(out record);
        ref var start = ref MemoryMarshal.GetReference(bytes);
        var at = position;
        if (!TryReadVarint(ref start, bytes.Length, ref at, out var length) || (uint)length > (uint)(bytes.Length - at))
        {
            return false;
        }

        var end = at + length;
        at++; // attributes: no bit has a meaning yet
        if (!TryReadVarlong(ref start, end, ref at, out record.TimestampDelta)
            || !TryReadVarint(ref start, end, ref at, out record.OffsetDelta)
            || !TryReadVarint(ref start, end, ref at, out var keyLength))
        {
            return false;
        }

        record.NullKey = keyLength < 0;
        if (!TrySkip(keyLength, end, ref at) || !TryReadVarint(ref start, end, ref at, out var valueLength)
            || !TrySkip(valueLength, end, ref at) || !TryReadVarint(ref start, end, ref at, out var headerCount)
            || (headerCount != 0 && !TrySkipHeaders(ref start, end, ref at, headerCount)))
        {
            return false;
        }

        position = end;
        return at == end;
    }

    private static bool TrySkipHeaders(ref byte start, int end, ref int at, int count)
    {
        if ((uint)count > (uint)(end - at) / 2)
        {
            return false;
        }

        for (var i = 0; i < count; i++)
        {
            if (!TryReadVarint(ref start, end, ref at, out var keyLength) || keyLength < 0 || !TrySkip(keyLength, end, ref at)
                || !TryReadVarint(ref start, end, ref at, out var valueLength) || !TrySkip(valueLength, end, ref at))
            {
                return false;
            }
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TrySkip(int length, int end, ref int at)
    {
        if ((uint)length <= (uint)(end - at))
        {
            at += length;
            return true;
        }

        return length == -1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryReadVarint(ref byte start, int end, ref int at, out int value)
    {
        if (at + 1 < end)
        {
            uint first = Unsafe.Add(ref start, at);
            if (first < 0x80)
            {
                at++;
                value = (int)(first >> 1) ^ -(int)(first & 1);
                return true;
            }

            uint second = Unsafe.Add(ref start, at + 1);
            if (second < 0x80)
            {
                at += 2;
                var both = (first & 0x7F) | (second << 7);
                value = (int)(both >> 1) ^ -(int)(both & 1);
                return true;
            }
        }

        return TryReadLongVarint(ref start, end, ref at, out value);
    }

    private static bool TryReadLongVarint(ref byte start, int end, ref int at, out int value)
    {
        var fits = TryReadVarlong(ref start, end, ref at, out var wide) && wide is >= int.MinValue and <= int.MaxValue;
        value = (int)wide;
        return fits;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryReadVarlong(ref byte start, int end, ref int at, out long value)
    {
        ulong bits = 0;
        for (var shift = 0; shift < 70 && at < end; shift += 7)
        {
            ulong next = Unsafe.Add(ref start, at++);
            bits |= (next & 0x7F) << shift;
            if (next < 0x80)
            {
                value = (long)(bits >> 1) ^ -(long)(bits & 1);
                return shift < 63 || next <= 1;
            }
        }

        value = 0;
        return false;
    }
}

/// <summary>The fields of a record that a walk looks at.</summary>
internal struct RecordFields
{
    public long TimestampDelta;
    public int OffsetDelta;
    public bool NullKey;
}
