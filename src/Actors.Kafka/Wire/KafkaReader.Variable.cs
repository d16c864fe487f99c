using System.Text;

namespace Actors.Kafka.Wire;

/// <summary>What has a length: strings, bytes, records, arrays, tagged fields.</summary>
public ref partial struct KafkaReader
{
    /// <summary>A string. Malformed UTF-8 becomes U+FFFD, as in Kafka.</summary>
    public string ReadString(bool compact) => Encoding.UTF8.GetString(ReadStringBytes(compact));

    /// <summary>A string or null.</summary>
    public string? ReadNullableString(bool compact)
    {
        var range = ReadStringRange(compact);
        return range.IsNull ? null : Encoding.UTF8.GetString(range.In(_frame));
    }

    /// <summary>A string's UTF-8 bytes, in the frame: nothing is allocated.</summary>
    public ReadOnlySpan<byte> ReadStringBytes(bool compact)
    {
        var range = ReadStringRange(compact);
        if (range.IsNull)
        {
            Fault("A string is null where none may be.");
        }

        return range.In(_frame);
    }

    /// <summary>A string's UTF-8 bytes as a range of the frame, or null.</summary>
    public WireRange ReadStringRange(bool compact)
    {
        var lengthBytes = compact ? ReadCompactLength() : ReadInt16();
        return lengthBytes > WireLimits.MaxStringBytes ? throw new WireFault($"A string of {lengthBytes} bytes.") : TakeRange(lengthBytes);
    }

    /// <summary>Bytes, copied.</summary>
    public byte[] ReadBytes(bool compact)
    {
        var range = ReadBytesRange(compact);
        return range.IsNull ? throw new WireFault("Bytes are null where they may not be.") : range.In(_frame).ToArray();
    }

    /// <summary>Bytes, copied, or null.</summary>
    public byte[]? ReadNullableBytes(bool compact)
    {
        var range = ReadBytesRange(compact);
        return range.IsNull ? null : range.In(_frame).ToArray();
    }

    /// <summary>Bytes as a range of the frame, or null.</summary>
    public WireRange ReadBytesRange(bool compact) => TakeRange(compact ? ReadCompactLength() : ReadInt32());

    /// <summary>Record batches as a range of the frame, or null; nothing in them is read.</summary>
    public WireRange ReadRecords(bool compact) => ReadBytesRange(compact);

    /// <summary>An array's count, which the bytes that remain can hold.</summary>
    /// <param name="compact">Whether the version is flexible.</param>
    /// <param name="minElementBytes">The least that one element takes on the wire.</param>
    public int ReadArrayCount(bool compact, int minElementBytes)
    {
        var count = ReadNullableArrayCount(compact, minElementBytes);
        if (count < 0)
        {
            Fault("An array is null where none may be.");
        }

        return count;
    }

    /// <summary>An array's count, or -1 for null.</summary>
    /// <param name="compact">Whether the version is flexible.</param>
    /// <param name="minElementBytes">The least that one element takes on the wire.</param>
    public int ReadNullableArrayCount(bool compact, int minElementBytes)
    {
        var count = compact ? ReadCompactLength() : ReadInt32();
        if (count < -1 || count > Remaining / minElementBytes || (_elementsLeft -= Math.Max(count, 0)) < 0)
        {
            throw new WireFault($"An array of {count} elements where {Remaining} bytes remain.");
        }

        return count;
    }

    /// <summary>How many tagged fields follow.</summary>
    public int ReadTagCount()
    {
        var count = ReadUnsignedVarint();
        if (count > (uint)Remaining / 2)
        {
            throw new WireFault($"{count} tagged fields where {Remaining} bytes remain.");
        }

        return (int)count;
    }

    /// <summary>A tagged field's number; <paramref name="end"/> is the position where it ends.</summary>
    public uint ReadTag(out int end)
    {
        var tag = ReadUnsignedVarint();
        var lengthBytes = ReadUnsignedVarint();
        if (lengthBytes > (uint)Remaining)
        {
            throw new WireFault($"A tagged field of {lengthBytes} bytes where {Remaining} remain.");
        }

        end = _position + (int)lengthBytes;
        return tag;
    }

    /// <summary>A known tagged field has been read: it must fill the bytes that were announced.</summary>
    public readonly void EndTag(int end)
    {
        if (_position != end)
        {
            Fault("A tagged field does not fill the bytes announced for it.");
        }
    }

    /// <summary>Steps over a tagged field that is not known.</summary>
    public void SkipTag(int end) => Skip(end - _position);

    /// <summary>Steps over all tagged fields of a struct.</summary>
    public void SkipTags()
    {
        for (var left = ReadTagCount(); left > 0; left--)
        {
            ReadTag(out var end);
            SkipTag(end);
        }
    }

    private int ReadCompactLength()
    {
        var value = ReadUnsignedVarint();
        return value > int.MaxValue ? throw new WireFault("A length is above 31 bits.") : (int)value - 1;
    }

    private WireRange TakeRange(int lengthBytes)
    {
        if (lengthBytes == -1)
        {
            return WireRange.Null;
        }

        var start = _position;
        Take(lengthBytes);
        return new WireRange(start, lengthBytes);
    }
}
