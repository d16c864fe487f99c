using System.Buffers.Binary;
using System.Text;

namespace Actors.Cluster.Commands;

/// <summary>
/// Reads what <see cref="CommandWriter"/> wrote. Never throws and never reads beyond the bytes: a field that does not fit gives its
/// default and sets <see cref="Failed"/>, which the caller checks once at the end, before it changes anything.
/// </summary>
public ref struct CommandReader(ReadOnlySpan<byte> bytes)
{
    /// <summary>Most elements of any list; what is longer cannot be meant.</summary>
    public const int MaxCount = 1_000_000;

    private static readonly UTF8Encoding s_strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Whether a field did not fit.</summary>
    public bool Failed { get; private set; }

    /// <summary>Whether all fields fitted and nothing is left.</summary>
    public readonly bool IsComplete => !Failed && _rest.IsEmpty;

    /// <summary>One byte.</summary>
    public byte ReadByte()
    {
        var taken = Take(1);
        return taken.IsEmpty ? (byte)0 : taken[0];
    }

    /// <summary>1 or 0; anything else fails.</summary>
    public bool ReadBoolean()
    {
        var value = ReadByte();
        Failed |= value > 1;
        return value == 1;
    }

    /// <summary>Two bytes.</summary>
    public short ReadInt16()
    {
        var taken = Take(2);
        return taken.IsEmpty ? (short)0 : BinaryPrimitives.ReadInt16BigEndian(taken);
    }

    /// <summary>Four bytes.</summary>
    public int ReadInt32()
    {
        var taken = Take(4);
        return taken.IsEmpty ? 0 : BinaryPrimitives.ReadInt32BigEndian(taken);
    }

    /// <summary>Eight bytes.</summary>
    public long ReadInt64()
    {
        var taken = Take(8);
        return taken.IsEmpty ? 0 : BinaryPrimitives.ReadInt64BigEndian(taken);
    }

    /// <summary>Sixteen bytes.</summary>
    public Guid ReadGuid()
    {
        var taken = Take(16);
        return taken.IsEmpty ? Guid.Empty : new Guid(taken, bigEndian: true);
    }

    /// <summary>A count or length, which the rest of the bytes must be able to hold at <paramref name="leastBytesEach"/>.</summary>
    public int ReadCount(int leastBytesEach = 1)
    {
        var value = ReadVarint();
        if (value > MaxCount || value * leastBytesEach > _rest.Length)
        {
            Failed = true;
        }

        return Failed ? 0 : (int)value;
    }

    /// <summary>A string or null; bytes that are not UTF-8 fail.</summary>
    public string? ReadNullableString()
    {
        var announced = ReadVarint();
        if (announced == 0 || announced - 1 > _rest.Length)
        {
            Failed |= announced > 0;
            return null;
        }

        var taken = Take((int)(announced - 1));
        try
        {
            return s_strictUtf8.GetString(taken);
        }
        catch (DecoderFallbackException)
        {
            Failed = true;
            return string.Empty;
        }
    }

    /// <summary>A string; null fails.</summary>
    public string ReadString()
    {
        var value = ReadNullableString();
        Failed |= value is null;
        return value ?? string.Empty;
    }

    /// <summary>Passes over <paramref name="bytes"/> if they are next.</summary>
    public bool TrySkip(ReadOnlySpan<byte> bytes)
    {
        if (Failed || !_rest.StartsWith(bytes))
        {
            return false;
        }

        _rest = _rest[bytes.Length..];
        return true;
    }

    /// <summary>Bytes that are left.</summary>
    public readonly int RemainingBytes => Failed ? 0 : _rest.Length;

    /// <summary>Bytes, or null; they lie in what is read.</summary>
    public ReadOnlySpan<byte> ReadBytes(out bool isNull)
    {
        var announced = ReadVarint();
        isNull = announced == 0;
        if (announced - 1 > _rest.Length)
        {
            Failed = true;
        }

        return isNull || Failed ? default : Take((int)(announced - 1));
    }

    /// <summary>Node ids with their count.</summary>
    public int[] ReadNodeIds()
    {
        var ids = new int[ReadCount(leastBytesEach: 4)];
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = ReadInt32();
        }

        return ids;
    }

    /// <summary>The next <paramref name="lengthBytes"/> bytes, to be read on their own; fails if there are not as many.</summary>
    public CommandReader ReadPart(int lengthBytes) => lengthBytes < 0 ? Fail() : new CommandReader(Take(lengthBytes)) { Failed = Failed };

    /// <summary>A copy of all that is left.</summary>
    public byte[] ReadRest() => Failed ? [] : Take(_rest.Length).ToArray();

    private CommandReader Fail()
    {
        Failed = true;
        return new CommandReader(default) { Failed = true };
    }

    private long ReadVarint()
    {
        long value = 0;
        for (var shift = 0; shift < 35; shift += 7)
        {
            var next = ReadByte();
            value |= (long)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        Failed = true;
        return 0;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (Failed || _rest.Length < count)
        {
            Failed = true;
            return default;
        }

        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
