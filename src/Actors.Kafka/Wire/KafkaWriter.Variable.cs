using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Actors.Kafka.Wire;

/// <summary>What has a length: strings, bytes, arrays, tagged fields; and the splices.</summary>
public sealed partial class KafkaWriter
{
    private Splice[] _splices = [];
    private int _spliceCount;

    /// <summary>Where record batches belong among <see cref="Written"/>, in order of position.</summary>
    public ReadOnlySpan<Splice> Splices => _splices.AsSpan(0, _spliceCount);

    /// <summary>Bytes of all splices.</summary>
    public long SplicedBytes { get; private set; }

    /// <summary>A string.</summary>
    public void WriteString(string value, bool compact)
    {
        if (value is null)
        {
            FaultNull();
        }

        var lengthBytes = Encoding.UTF8.GetByteCount(value);
        WriteStringLength(lengthBytes, compact);
        Encoding.UTF8.GetBytes(value, Take(lengthBytes));
    }

    /// <summary>A string or null.</summary>
    public void WriteNullableString(string? value, bool compact)
    {
        if (value is null)
        {
            WriteNullString(compact);
        }
        else
        {
            WriteString(value, compact);
        }
    }

    /// <summary>A string that is UTF-8 already.</summary>
    public void WriteString(ReadOnlySpan<byte> utf8, bool compact)
    {
        WriteStringLength(utf8.Length, compact);
        WriteRaw(utf8);
    }

    /// <summary>The null string.</summary>
    public void WriteNullString(bool compact)
    {
        if (compact)
        {
            WriteUnsignedVarint(0);
        }
        else
        {
            WriteInt16(-1);
        }
    }

    /// <summary>Bytes.</summary>
    public void WriteBytes(byte[] value, bool compact)
    {
        if (value is null)
        {
            FaultNull();
        }

        WriteLength(value.Length, compact);
        WriteRaw(value);
    }

    /// <summary>Bytes or null.</summary>
    public void WriteNullableBytes(byte[]? value, bool compact)
    {
        if (value is null)
        {
            WriteLength(-1, compact);
        }
        else
        {
            WriteBytes(value, compact);
        }
    }

    /// <summary>
    /// The length of record batches; the bytes themselves are noted as a <see cref="Splice"/> with the caller's number
    /// <see cref="WireRange.Offset"/>. Null and empty leave no splice.
    /// </summary>
    public void WriteRecords(WireRange records, bool compact)
    {
        WriteLength(records.IsNull ? -1 : records.LengthBytes, compact);
        if (records.LengthBytes <= 0)
        {
            return;
        }

        if (_spliceCount == _splices.Length)
        {
            Array.Resize(ref _splices, Math.Max(8, _spliceCount * 2));
        }

        _splices[_spliceCount++] = new Splice(_position, records.Offset, records.LengthBytes);
        SplicedBytes += records.LengthBytes;
    }

    /// <summary>An array's count; -1 is null.</summary>
    public void WriteArrayCount(int count, bool compact) => WriteLength(count, compact);

    /// <summary>Begins a tagged field: number, and room for its length, which <see cref="EndTag"/> fills in.</summary>
    public int BeginTag(uint tag)
    {
        WriteUnsignedVarint(tag);
        Take(1);
        return _position;
    }

    /// <summary>Fills in the length of the tagged field that <see cref="BeginTag"/> began.</summary>
    public void EndTag(int start)
    {
        var lengthBytes = _position - start;
        if (lengthBytes < 0x80)
        {
            _buffer[start - 1] = (byte)lengthBytes;
            return;
        }

        // The length needs more than the one byte kept for it: the body moves back. Records never stand in a tagged field.
        var lengthSize = lengthBytes < 1 << 14 ? 2 : lengthBytes < 1 << 21 ? 3 : 4;
        Take(lengthSize - 1);
        var end = _position;
        _buffer.AsSpan(start, lengthBytes).CopyTo(_buffer.AsSpan(start - 1 + lengthSize));
        _position = start - 1;
        WriteUnsignedVarint((uint)lengthBytes);
        _position = end;
    }

    /// <summary>No tagged fields.</summary>
    public void WriteNoTags() => WriteUnsignedVarint(0);

    /// <summary>
    /// All bytes with the splices filled in, for tests and small clients.
    /// </summary>
    /// <param name="slice">The bytes of a splice by the caller's number.</param>
    public byte[] ToArray(Func<int, ReadOnlyMemory<byte>> slice)
    {
        ArgumentNullException.ThrowIfNull(slice);
        var all = new byte[_position + SplicedBytes];
        int read = 0, written = 0;
        foreach (var splice in Splices)
        {
            _buffer.AsSpan(read, splice.Position - read).CopyTo(all.AsSpan(written));
            written += splice.Position - read;
            read = splice.Position;
            slice(splice.Slice).Span[..splice.LengthBytes].CopyTo(all.AsSpan(written));
            written += splice.LengthBytes;
        }

        _buffer.AsSpan(read, _position - read).CopyTo(all.AsSpan(written));
        return all;
    }

    private void WriteStringLength(int lengthBytes, bool compact)
    {
        if (lengthBytes > WireLimits.MaxStringBytes)
        {
            throw new InvalidOperationException($"A string of {lengthBytes} bytes cannot be written.");
        }

        if (compact)
        {
            WriteUnsignedVarint((uint)lengthBytes + 1);
        }
        else
        {
            WriteInt16((short)lengthBytes);
        }
    }

    private void WriteLength(int length, bool compact)
    {
        if (compact)
        {
            WriteUnsignedVarint((uint)(length + 1));
        }
        else
        {
            WriteInt32(length);
        }
    }

    private void ResetSplices()
    {
        _spliceCount = 0;
        SplicedBytes = 0;
    }

    /// <summary>Null where the version has none is a fault of ours.</summary>
    internal static void EnsureNotNull([NotNull] object? value)
    {
        if (value is null)
        {
            FaultNull();
        }
    }

    [DoesNotReturn]
    private static void FaultNull() => throw new InvalidOperationException("Null is written where the version has no null.");
}
