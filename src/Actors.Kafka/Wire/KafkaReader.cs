using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Actors.Kafka.Wire;

/// <summary>
/// Reads one frame, front to back. Every length is checked against the bytes that remain before anything is allocated; what breaks the
/// protocol is a <see cref="WireFault"/>. Offsets that it gives out count from the start of the span it was made over: make it over the
/// whole frame. "Compact" is the encoding of flexible versions (KIP-482): lengths and counts are unsigned varints of value + 1, 0 is null.
/// </summary>
public ref partial struct KafkaReader
{
    private readonly ReadOnlySpan<byte> _frame;
    private int _position;
    private int _elementsLeft;

    /// <summary>
    /// Reads <paramref name="frame"/> from its first byte, or from <paramref name="start"/>, and takes at most
    /// <paramref name="maxElements"/> array elements from it (default <see cref="WireLimits.MaxElements"/>; who reads responses gives
    /// <see cref="WireLimits.MaxResponseElements"/>).
    /// </summary>
    public KafkaReader(ReadOnlySpan<byte> frame, int start = 0, int maxElements = WireLimits.MaxElements)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)start, (uint)frame.Length);
        _frame = frame;
        _position = start;
        _elementsLeft = maxElements;
    }

    /// <summary>Bytes read so far, from the start of the frame.</summary>
    public readonly int Position => _position;

    /// <summary>Bytes left.</summary>
    public readonly int Remaining => _frame.Length - _position;

    /// <summary>The frame.</summary>
    public readonly ReadOnlySpan<byte> Frame => _frame;

    /// <summary>One byte; any but 0 is true, as in Kafka.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool ReadBool() => Take(1)[0] != 0;

    /// <summary>One byte, signed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public sbyte ReadInt8() => (sbyte)Take(1)[0];

    /// <summary>Two bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public short ReadInt16() => BinaryPrimitives.ReadInt16BigEndian(Take(2));

    /// <summary>Two bytes, unsigned.</summary>
    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

    /// <summary>Four bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ReadInt32() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

    /// <summary>Four bytes, unsigned.</summary>
    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    /// <summary>Eight bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long ReadInt64() => BinaryPrimitives.ReadInt64BigEndian(Take(8));

    /// <summary>Eight bytes, IEEE 754.</summary>
    public double ReadFloat64() => BinaryPrimitives.ReadDoubleBigEndian(Take(8));

    /// <summary>Sixteen bytes, most significant first.</summary>
    public Guid ReadUuid() => new(Take(16), bigEndian: true);

    /// <summary>An unsigned varint of at most 32 bits: 1 to 5 bytes, low 7 bits first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint ReadUnsignedVarint()
    {
        if ((uint)_position < (uint)_frame.Length && _frame[_position] < 0x80)
        {
            return _frame[_position++];
        }

        return ReadLongVarint();
    }

    /// <summary>Steps over <paramref name="lengthBytes"/> bytes.</summary>
    public void Skip(int lengthBytes) => Take(lengthBytes);

    /// <summary>Nothing may follow a message: left-over bytes mean that the two sides disagree about its layout.</summary>
    public readonly void EnsureEnd()
    {
        if (_position != _frame.Length)
        {
            throw new WireFault($"{_frame.Length - _position} bytes are left over behind the message.");
        }
    }

    /// <summary>The byte that says whether a nullable struct is there: -1 is null.</summary>
    public bool ReadPresence() => ReadInt8() >= 0;

    [DoesNotReturn]
    internal static void Fault(string message) => throw new WireFault(message);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ReadOnlySpan<byte> Take(int lengthBytes)
    {
        if ((uint)lengthBytes > (uint)(_frame.Length - _position))
        {
            FaultTooShort(lengthBytes);
        }

        var taken = _frame.Slice(_position, lengthBytes);
        _position += lengthBytes;
        return taken;
    }

    private uint ReadLongVarint()
    {
        uint value = 0;
        for (var shift = 0; shift < 28; shift += 7)
        {
            var next = Take(1)[0];
            value |= (uint)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        var last = Take(1)[0];
        if (last > 0x0F)
        {
            Fault("A varint is longer than 32 bits.");
        }

        return value | ((uint)last << 28);
    }

    [DoesNotReturn]
    private readonly void FaultTooShort(int lengthBytes) =>
        throw new WireFault($"{lengthBytes} bytes are announced where {_frame.Length - _position} remain.");
}
