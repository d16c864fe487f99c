using System.Buffers.Binary;
using System.Text;

namespace LoadGen.Protocol;

/// <summary>Encodes Kafka's primitive types, big-endian, into a growing buffer; prepares requests, never runs under load.</summary>
internal sealed class WireWriter
{
    private byte[] _buffer = new byte[256];
    private int _length;

    public int Length => _length;

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    public WireWriter Int8(sbyte value)
    {
        Reserve(1)[0] = (byte)value;
        return this;
    }

    public WireWriter Bool(bool value) => Int8((sbyte)(value ? 1 : 0));

    public WireWriter Int16(short value)
    {
        BinaryPrimitives.WriteInt16BigEndian(Reserve(2), value);
        return this;
    }

    public WireWriter Int32(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(Reserve(4), value);
        return this;
    }

    public WireWriter Int64(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(Reserve(8), value);
        return this;
    }

    public WireWriter Bytes(ReadOnlySpan<byte> value)
    {
        value.CopyTo(Reserve(value.Length));
        return this;
    }

    /// <summary>A string with a 16-bit length; null is -1.</summary>
    public WireWriter String(string? value)
    {
        if (value is null)
        {
            return Int16(-1);
        }

        var bytes = Encoding.UTF8.GetBytes(value);
        return Int16((short)bytes.Length).Bytes(bytes);
    }

    /// <summary>A string of a flexible version: unsigned varint of length + 1; null is 0.</summary>
    public WireWriter CompactString(string? value)
    {
        if (value is null)
        {
            return UnsignedVarint(0);
        }

        var bytes = Encoding.UTF8.GetBytes(value);
        return UnsignedVarint((uint)bytes.Length + 1).Bytes(bytes);
    }

    /// <summary>A string in the form that the version asks for.</summary>
    public WireWriter Text(string? value, bool flexible) => flexible ? CompactString(value) : String(value);

    /// <summary>An array's length in the form that the version asks for.</summary>
    public WireWriter Count(int count, bool flexible) => flexible ? UnsignedVarint((uint)count + 1) : Int32(count);

    /// <summary>An empty set of tagged fields, where the version has them.</summary>
    public WireWriter NoTags(bool flexible) => flexible ? UnsignedVarint(0) : this;

    public WireWriter UnsignedVarint(uint value)
    {
        while (value >= 0x80)
        {
            Int8((sbyte)(value | 0x80));
            value >>= 7;
        }

        return Int8((sbyte)value);
    }

    /// <summary>A zigzag varint, as inside records.</summary>
    public WireWriter Varint(int value) => UnsignedVarint((uint)((value << 1) ^ (value >> 31)));

    public void Clear() => _length = 0;

    private Span<byte> Reserve(int bytes)
    {
        if (_buffer.Length - _length < bytes)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + bytes));
        }

        var span = _buffer.AsSpan(_length, bytes);
        _length += bytes;
        return span;
    }
}
