using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Conformance.Wire;

/// <summary>Big-endian request bytes, written by these tests themselves: what checks the node's codec must not be the node's codec.</summary>
public sealed class WireWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();

    public WireWriter Int8(sbyte value)
    {
        return Raw([(byte)value]);
    }

    public WireWriter Int16(short value)
    {
        Span<byte> buffer = stackalloc byte[2];
        BinaryPrimitives.WriteInt16BigEndian(buffer, value);
        return Raw(buffer);
    }

    public WireWriter Int32(int value)
    {
        Span<byte> buffer = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(buffer, value);
        return Raw(buffer);
    }

    public WireWriter UInt32(uint value) => Int32(unchecked((int)value));

    public WireWriter Int64(long value)
    {
        Span<byte> buffer = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(buffer, value);
        return Raw(buffer);
    }

    public WireWriter Float64(double value) => Int64(BitConverter.DoubleToInt64Bits(value));

    public WireWriter UInt16(ushort value) => Int16(unchecked((short)value));

    public WireWriter Raw(ReadOnlySpan<byte> bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    public WireWriter String(string? value)
    {
        if (value is null)
        {
            return Int16(-1);
        }

        var bytes = Encoding.UTF8.GetBytes(value);
        return Int16((short)bytes.Length).Raw(bytes);
    }

    public WireWriter CompactString(string? value)
    {
        if (value is null)
        {
            return UnsignedVarint(0);
        }

        var bytes = Encoding.UTF8.GetBytes(value);
        return UnsignedVarint((uint)bytes.Length + 1).Raw(bytes);
    }

    public WireWriter UnsignedVarint(uint value)
    {
        while (value >= 0x80)
        {
            Raw([(byte)(value | 0x80)]);
            value >>= 7;
        }

        return Raw([(byte)value]);
    }

    /// <summary>A zigzag varint, as inside records.</summary>
    public WireWriter Varint(int value) => UnsignedVarint((uint)((value << 1) ^ (value >> 31)));

    /// <summary>A Kafka UUID travels in the order in which it is written down.</summary>
    public WireWriter Uuid(Guid value) => Raw(value.ToByteArray(bigEndian: true));
}
