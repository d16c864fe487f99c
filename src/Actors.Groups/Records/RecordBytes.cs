using System.Buffers.Binary;
using System.Text;

namespace Actors.Groups.Records;

/// <summary>Writes Kafka's primitive types into memory that is used again: what it gave out is valid until <see cref="Reset"/>.</summary>
internal sealed class RecordBytes
{
    private const int FirstBytes = 512;
    private const int KeptBytes = 64 * 1024;

    private byte[] _buffer = new byte[FirstBytes];
    private int _start;
    private int _end;

    /// <summary>Forgets everything that was given out.</summary>
    public void Reset()
    {
        _start = _end = 0;
        if (_buffer.Length > KeptBytes)
        {
            _buffer = new byte[FirstBytes];
        }
    }

    /// <summary>What was written since the last piece was taken.</summary>
    public ReadOnlyMemory<byte> Take()
    {
        var piece = _buffer.AsMemory(_start, _end - _start);
        _start = _end;
        return piece;
    }

    public void Int16(short value) => BinaryPrimitives.WriteInt16BigEndian(Next(2), value);

    public void Int32(int value) => BinaryPrimitives.WriteInt32BigEndian(Next(4), value);

    public void Int64(long value) => BinaryPrimitives.WriteInt64BigEndian(Next(8), value);

    public void Byte(byte value) => Next(1)[0] = value;

    /// <summary>A UUID as Kafka writes it: big-endian.</summary>
    public void Uuid(Guid value) => value.TryWriteBytes(Next(16), bigEndian: true, out _);

    /// <summary>STRING or NULLABLE_STRING: length i16, UTF-8.</summary>
    public void Text(string? value)
    {
        if (value is null)
        {
            Int16(-1);
            return;
        }

        var bytes = Encoding.UTF8.GetByteCount(value);
        Int16(checked((short)bytes));
        Encoding.UTF8.GetBytes(value, Next(bytes));
    }

    /// <summary>COMPACT_STRING: length + 1 as an unsigned varint, UTF-8.</summary>
    public void CompactText(string value)
    {
        var bytes = Encoding.UTF8.GetByteCount(value);
        UnsignedVarint((uint)bytes + 1);
        Encoding.UTF8.GetBytes(value, Next(bytes));
    }

    /// <summary>BYTES: length i32, then they.</summary>
    public void Bytes(ReadOnlySpan<byte> value)
    {
        Int32(value.Length);
        value.CopyTo(Next(value.Length));
    }

    public void UnsignedVarint(uint value)
    {
        while (value >= 0x80)
        {
            Byte((byte)(value | 0x80));
            value >>= 7;
        }

        Byte((byte)value);
    }

    private Span<byte> Next(int bytes)
    {
        if (_buffer.Length - _end < bytes)
        {
            Grow(bytes);
        }

        var span = _buffer.AsSpan(_end, bytes);
        _end += bytes;
        return span;
    }

    // What was taken keeps the old array; only the unfinished piece moves.
    private void Grow(int bytes)
    {
        var unfinished = _end - _start;
        var grown = new byte[Math.Max(_buffer.Length * 2, unfinished + bytes)];
        _buffer.AsSpan(_start, unfinished).CopyTo(grown);
        _buffer = grown;
        _start = 0;
        _end = unfinished;
    }
}
