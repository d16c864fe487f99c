using System.Buffers.Binary;
using System.Text;

namespace LoadGen.Protocol;

/// <summary>Decodes Kafka's primitive types from one whole reply; a reply that is too short is a <see cref="ProtocolFault"/>.</summary>
internal ref struct WireReader(ReadOnlySpan<byte> frame)
{
    private readonly ReadOnlySpan<byte> _frame = frame;
    private int _position;

    public readonly int Position => _position;
    public readonly int Remaining => _frame.Length - _position;

    public sbyte Int8() => (sbyte)Take(1)[0];
    public bool Bool() => Int8() != 0;
    public short Int16() => BinaryPrimitives.ReadInt16BigEndian(Take(2));
    public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Take(4));
    public long Int64() => BinaryPrimitives.ReadInt64BigEndian(Take(8));

    public ReadOnlySpan<byte> Take(int bytes)
    {
        if (bytes < 0 || Remaining < bytes)
        {
            throw new ProtocolFault($"short reply: {bytes} bytes wanted at {_position} of {_frame.Length}");
        }

        var taken = _frame.Slice(_position, bytes);
        _position += bytes;
        return taken;
    }

    public uint UnsignedVarint()
    {
        uint value = 0;
        for (var shift = 0; shift < 35; shift += 7)
        {
            var b = (byte)Int8();
            value |= (uint)(b & 0x7f) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }

        throw new ProtocolFault("an unsigned varint is longer than five bytes");
    }

    /// <summary>A nullable string of either form.</summary>
    public string? Text(bool flexible)
    {
        var length = flexible ? (int)UnsignedVarint() - 1 : Int16();
        return length < 0 ? null : Encoding.UTF8.GetString(Take(length));
    }

    /// <summary>Steps over a nullable string of either form without decoding it.</summary>
    public void SkipText(bool flexible)
    {
        var length = flexible ? (int)UnsignedVarint() - 1 : Int16();
        if (length > 0)
        {
            Take(length);
        }
    }

    /// <summary>The length of an array of either form; null counts as 0.</summary>
    public int Count(bool flexible)
    {
        var count = flexible ? (int)UnsignedVarint() - 1 : Int32();
        return count > Remaining ? throw new ProtocolFault($"an array of {count} in {Remaining} bytes") : Math.Max(count, 0);
    }

    /// <summary>The length of a nullable bytes field of either form; null is -1.</summary>
    public int BytesLength(bool flexible) => flexible ? (int)UnsignedVarint() - 1 : Int32();

    /// <summary>Steps over the tagged fields, where the version has them.</summary>
    public void SkipTags(bool flexible)
    {
        if (!flexible)
        {
            return;
        }

        for (var left = UnsignedVarint(); left > 0; left--)
        {
            UnsignedVarint();
            Take((int)UnsignedVarint());
        }
    }

    public void SkipInt32Array(bool flexible) => Take(4 * Count(flexible));

    /// <summary>Nothing may be left.</summary>
    public readonly void End(string what)
    {
        if (Remaining != 0)
        {
            throw new ProtocolFault($"{Remaining} bytes are left behind {what}");
        }
    }
}
