using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Actors.Cluster.Commands;

/// <summary>
/// Writes the fields of commands and snapshots. Integers are big-endian; counts and lengths are unsigned LEB128 varints; a string is
/// its length in bytes plus one and UTF-8, 0 meaning null; a Guid is its 16 bytes in the order in which it is printed.
/// </summary>
public sealed class CommandWriter
{
    private const int InitialBytes = 256;

    private readonly ArrayBufferWriter<byte> _buffer;

    /// <summary>A writer that grows.</summary>
    public CommandWriter()
        : this(InitialBytes)
    {
    }

    /// <summary>A writer that has room for so many bytes before it grows.</summary>
    public CommandWriter(int roomBytes) => _buffer = new ArrayBufferWriter<byte>(roomBytes);

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    /// <summary>What was written, as memory.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => _buffer.WrittenMemory;

    /// <summary>Forgets what was written, keeps the memory.</summary>
    public void Clear() => _buffer.ResetWrittenCount();

    /// <summary>One byte.</summary>
    public void WriteByte(byte value)
    {
        _buffer.GetSpan(1)[0] = value;
        _buffer.Advance(1);
    }

    /// <summary>1 or 0.</summary>
    public void WriteBoolean(bool value) => WriteByte(value ? (byte)1 : (byte)0);

    /// <summary>Two bytes.</summary>
    public void WriteInt16(short value)
    {
        BinaryPrimitives.WriteInt16BigEndian(_buffer.GetSpan(2), value);
        _buffer.Advance(2);
    }

    /// <summary>Four bytes.</summary>
    public void WriteInt32(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(_buffer.GetSpan(4), value);
        _buffer.Advance(4);
    }

    /// <summary>Writes four bytes over those at <paramref name="position"/>, which were written.</summary>
    public void PatchInt32(int position, int value) =>
        BinaryPrimitives.WriteInt32BigEndian(MemoryMarshal.AsMemory(_buffer.WrittenMemory).Span.Slice(position, sizeof(int)), value);

    /// <summary>Eight bytes.</summary>
    public void WriteInt64(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(_buffer.GetSpan(8), value);
        _buffer.Advance(8);
    }

    /// <summary>Bytes with their length plus one, or 0 for null.</summary>
    public void WriteBytes(ReadOnlySpan<byte> bytes, bool isNull)
    {
        WriteCount(isNull ? 0 : bytes.Length + 1);
        if (!isNull)
        {
            WriteRaw(bytes);
        }
    }

    /// <summary>Sixteen bytes.</summary>
    public void WriteGuid(Guid value)
    {
        value.TryWriteBytes(_buffer.GetSpan(16), bigEndian: true, out _);
        _buffer.Advance(16);
    }

    /// <summary>A count or length.</summary>
    public void WriteCount(int value)
    {
        var rest = (uint)value;
        while (rest >= 0x80)
        {
            WriteByte((byte)(rest | 0x80));
            rest >>= 7;
        }

        WriteByte((byte)rest);
    }

    /// <summary>A string, or null.</summary>
    public void WriteString(string? value)
    {
        if (value is null)
        {
            WriteCount(0);
            return;
        }

        var bytes = Encoding.UTF8.GetByteCount(value);
        WriteCount(bytes + 1);
        Encoding.UTF8.GetBytes(value, _buffer.GetSpan(Math.Max(bytes, 1)));
        _buffer.Advance(bytes);
    }

    /// <summary>Node ids, with their count.</summary>
    public void WriteNodeIds(IReadOnlyList<int> ids)
    {
        WriteCount(ids.Count);
        foreach (var id in ids)
        {
            WriteInt32(id);
        }
    }

    /// <summary>Bytes as they are, without a length.</summary>
    public void WriteRaw(ReadOnlySpan<byte> bytes) => _buffer.Write(bytes);
}
