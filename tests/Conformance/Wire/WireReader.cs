using System.Buffers.Binary;
using System.Text;

namespace Conformance.Wire;

/// <summary>The counterpart of <see cref="WireWriter"/>; reading past the end throws, which fails the test.</summary>
public sealed class WireReader(ReadOnlyMemory<byte> bytes)
{
    private readonly ReadOnlyMemory<byte> _bytes = bytes;

    public int Position { get; private set; }

    public int Remaining => _bytes.Length - Position;

    public ReadOnlyMemory<byte> Raw(int count)
    {
        var slice = _bytes.Slice(Position, count);
        Position += count;
        return slice;
    }

    public sbyte Int8() => (sbyte)Raw(1).Span[0];

    public short Int16() => BinaryPrimitives.ReadInt16BigEndian(Raw(2).Span);

    public ushort UInt16() => BinaryPrimitives.ReadUInt16BigEndian(Raw(2).Span);

    public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Raw(4).Span);

    public uint UInt32() => BinaryPrimitives.ReadUInt32BigEndian(Raw(4).Span);

    public long Int64() => BinaryPrimitives.ReadInt64BigEndian(Raw(8).Span);

    public double Float64() => BitConverter.Int64BitsToDouble(Int64());

    public string? String() => Text(Int16());

    public string? CompactString() => Text((int)UnsignedVarint() - 1);

    public string? Text(int length) => length < 0 ? null : Encoding.UTF8.GetString(Raw(length).Span);

    public ReadOnlyMemory<byte>? Bytes()
    {
        var length = Int32();
        return length < 0 ? null : Raw(length);
    }

    public Guid Uuid() => new(Raw(16).Span, bigEndian: true);

    public uint UnsignedVarint()
    {
        uint value = 0;
        for (var shift = 0; shift < 35; shift += 7)
        {
            var part = Raw(1).Span[0];
            value |= (uint)(part & 0x7f) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("A varint of more than five bytes");
    }
}
