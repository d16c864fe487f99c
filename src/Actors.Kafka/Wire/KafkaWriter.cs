using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Actors.Kafka.Wire;

/// <summary>
/// Writes frames into one growing buffer of the array pool, several behind each other if wished. Record batches are not copied into it: it
/// notes a <see cref="Splice"/> and counts their bytes into the frame's length. Not thread-safe; meant to be kept and <see cref="Reset"/>.
/// Its bytes may be sent until <see cref="Reset"/> or <see cref="Dispose"/>.
/// </summary>
public sealed partial class KafkaWriter : IDisposable
{
    private const int InitialBytes = 512;
    private byte[] _buffer;
    private int _position;

    /// <summary>A writer whose first buffer holds at least <paramref name="initialBytes"/> (default 512).</summary>
    public KafkaWriter(int initialBytes = InitialBytes) => _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(initialBytes, 16));

    /// <summary>Bytes written, spliced ones not counted.</summary>
    public int Position => _position;

    /// <summary>The bytes written, without the spliced ones.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _position);

    /// <summary>The bytes written, without the spliced ones.</summary>
    public ReadOnlySpan<byte> WrittenSpan => _buffer.AsSpan(0, _position);

    /// <summary>Forgets everything; keeps the buffer if it is not above <see cref="WireLimits.KeptWriterBytes"/>.</summary>
    public void Reset()
    {
        _position = 0;
        ResetSplices();
        if (_buffer.Length > WireLimits.KeptWriterBytes || _buffer.Length == 0)
        {
            Exchange(ArrayPool<byte>.Shared.Rent(InitialBytes));
        }
    }

    /// <summary>Gives the buffer back. A writer used again afterwards rents a new one.</summary>
    public void Dispose()
    {
        _position = 0;
        ResetSplices();
        Exchange([]);
    }

    /// <summary>One byte, 0 or 1.</summary>
    public void WriteBool(bool value) => Take(1)[0] = value ? (byte)1 : (byte)0;

    /// <summary>One byte, signed.</summary>
    public void WriteInt8(sbyte value) => Take(1)[0] = (byte)value;

    /// <summary>Two bytes.</summary>
    public void WriteInt16(short value) => BinaryPrimitives.WriteInt16BigEndian(Take(2), value);

    /// <summary>Two bytes, unsigned.</summary>
    public void WriteUInt16(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Take(2), value);

    /// <summary>Four bytes.</summary>
    public void WriteInt32(int value) => BinaryPrimitives.WriteInt32BigEndian(Take(4), value);

    /// <summary>Four bytes, unsigned.</summary>
    public void WriteUInt32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Take(4), value);

    /// <summary>Eight bytes.</summary>
    public void WriteInt64(long value) => BinaryPrimitives.WriteInt64BigEndian(Take(8), value);

    /// <summary>Eight bytes, IEEE 754.</summary>
    public void WriteFloat64(double value) => BinaryPrimitives.WriteDoubleBigEndian(Take(8), value);

    /// <summary>Sixteen bytes, most significant first.</summary>
    public void WriteUuid(Guid value) => value.TryWriteBytes(Take(16), bigEndian: true, out _);

    /// <summary>An unsigned varint, 1 to 5 bytes.</summary>
    public void WriteUnsignedVarint(uint value)
    {
        while (value >= 0x80)
        {
            Take(1)[0] = (byte)(value | 0x80);
            value >>= 7;
        }

        Take(1)[0] = (byte)value;
    }

    /// <summary>Bytes as they are, without a length.</summary>
    public void WriteRaw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    /// <summary>The byte in front of a nullable struct: 1 when it follows, -1 for null.</summary>
    public void WritePresence(bool present) => WriteInt8(present ? (sbyte)1 : (sbyte)-1);

    /// <summary>Begins a frame: its length is filled in by <see cref="EndFrame"/>, which takes what this returns.</summary>
    public FrameMark BeginFrame()
    {
        var mark = new FrameMark(_position, SplicedBytes);
        WriteInt32(0);
        return mark;
    }

    /// <summary>Fills in the frame's length, spliced bytes included.</summary>
    /// <exception cref="InvalidOperationException">The frame passes 2³¹−1 bytes.</exception>
    public void EndFrame(FrameMark mark)
    {
        var lengthBytes = _position - mark.Position - sizeof(int) + (SplicedBytes - mark.SplicedBytes);
        if (lengthBytes > int.MaxValue)
        {
            throw new InvalidOperationException($"A frame of {lengthBytes} bytes.");
        }

        BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(mark.Position), (int)lengthBytes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<byte> Take(int lengthBytes)
    {
        var start = _position;
        if (lengthBytes > _buffer.Length - start)
        {
            Grow(lengthBytes);
        }

        _position = start + lengthBytes;
        return _buffer.AsSpan(start, lengthBytes);
    }

    private void Grow(int lengthBytes)
    {
        if (lengthBytes > WireLimits.MaxWriterBytes - _position)
        {
            FaultTooLarge(lengthBytes);
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_position + lengthBytes, Math.Max(_buffer.Length * 2, InitialBytes)));
        _buffer.AsSpan(0, _position).CopyTo(larger);
        Exchange(larger);
    }

    private void Exchange(byte[] buffer)
    {
        var old = _buffer;
        _buffer = buffer;
        if (old.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(old);
        }
    }

    [DoesNotReturn]
    private void FaultTooLarge(int lengthBytes) =>
        throw new InvalidOperationException($"{(long)_position + lengthBytes} bytes, records apart, pass the writer's limit.");

    /// <summary>Where a frame began.</summary>
    /// <param name="Position">Place of its length.</param>
    /// <param name="SplicedBytes">Bytes spliced before it.</param>
    public readonly record struct FrameMark(int Position, long SplicedBytes);
}
