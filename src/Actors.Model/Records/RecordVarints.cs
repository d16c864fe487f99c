namespace Actors.Model.Records;

/// <summary>
/// The zigzag variable-length integers of a record (Kafka's ByteUtils, Protocol Buffers' sint32 and sint64): reading with bounds,
/// writing, sizes.
/// </summary>
internal ref struct RecordVarints
{
    /// <summary>Most bytes of a 32-bit one.</summary>
    public const int MaxInt32Bytes = 5;
    /// <summary>Most bytes of a 64-bit one.</summary>
    public const int MaxInt64Bytes = 10;

    private readonly ReadOnlySpan<byte> _bytes;

    public RecordVarints(ReadOnlySpan<byte> bytes, int position)
    {
        _bytes = bytes;
        Position = position;
    }

    /// <summary>Next byte to read.</summary>
    public int Position { get; private set; }

    public readonly int Remaining => _bytes.Length - Position;

    public bool TryReadInt64(out long value)
    {
        ulong raw = 0;
        for (var i = 0; i < MaxInt64Bytes && Position < _bytes.Length; i++)
        {
            var b = _bytes[Position++];
            raw |= (ulong)(b & 0x7f) << (7 * i);
            if (b < 0x80)
            {
                value = (long)(raw >> 1) ^ -(long)(raw & 1);
                return true;
            }
        }

        value = 0;
        return false;
    }

    public bool TryReadInt32(out int value)
    {
        var start = Position;
        var ok = TryReadInt64(out var wide) && Position - start <= MaxInt32Bytes && wide is >= int.MinValue and <= int.MaxValue;
        value = ok ? (int)wide : 0;
        return ok;
    }

    /// <summary>A length that must fit what remains; -1 is null.</summary>
    public bool TryReadLength(out int length) => TryReadInt32(out length) && length >= -1 && length <= Remaining;

    /// <summary>Goes on behind <paramref name="count"/> bytes; a null (-1) has none.</summary>
    public bool TrySkip(int count)
    {
        if (count > Remaining)
        {
            return false;
        }

        Position += Math.Max(count, 0);
        return true;
    }

    public static int SizeOf(long value)
    {
        var raw = (ulong)((value << 1) ^ (value >> 63));
        var size = 1;
        while (raw >= 0x80)
        {
            raw >>= 7;
            size++;
        }

        return size;
    }

    /// <summary>Writes at the start of <paramref name="into"/>; answers the bytes written.</summary>
    public static int Write(Span<byte> into, long value)
    {
        var raw = (ulong)((value << 1) ^ (value >> 63));
        var at = 0;
        while (raw >= 0x80)
        {
            into[at++] = (byte)(raw | 0x80);
            raw >>= 7;
        }

        into[at++] = (byte)raw;
        return at;
    }
}
