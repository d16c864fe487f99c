using System.Buffers.Binary;
using System.Text;

namespace Actors.Groups.Records;

/// <summary>Reads Kafka's primitive types; bytes that end too early make <see cref="IsGood"/> false and every value empty.</summary>
internal ref struct RecordText(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Whether everything read so far was there.</summary>
    public bool IsGood { get; private set; } = true;

    /// <summary>Bytes not read yet.</summary>
    public readonly int Remaining => _rest.Length;

    public short Int16() => Take(2, out var b) ? BinaryPrimitives.ReadInt16BigEndian(b) : default;

    public int Int32() => Take(4, out var b) ? BinaryPrimitives.ReadInt32BigEndian(b) : default;

    public long Int64() => Take(8, out var b) ? BinaryPrimitives.ReadInt64BigEndian(b) : default;

    public string? NullableText(bool compact)
    {
        var length = compact ? (int)UnsignedVarint() - 1 : Int16();
        return length < 0 ? null : Take(length, out var b) ? Encoding.UTF8.GetString(b) : "";
    }

    public string Text(bool compact) => NullableText(compact) ?? "";

    public byte[] Bytes(bool compact)
    {
        var length = compact ? (int)UnsignedVarint() - 1 : Int32();
        return length > 0 && Take(length, out var b) ? b.ToArray() : [];
    }

    public int Count(bool compact)
    {
        var count = compact ? (int)UnsignedVarint() - 1 : Int32();
        if (count > _rest.Length)
        {
            IsGood = false; // every element has at least one byte
            return 0;
        }

        return Math.Max(0, count);
    }

    public Guid Uuid() => Take(16, out var b) ? new Guid(b, bigEndian: true) : default;

    public ReadOnlySpan<byte> Raw(int bytes) => Take(bytes, out var b) ? b : default;

    public void Skip(int bytes) => Take(bytes, out _);

    public uint UnsignedVarint()
    {
        uint value = 0;
        for (var shift = 0; shift < 35; shift += 7)
        {
            if (!Take(1, out var b))
            {
                return 0;
            }

            value |= (uint)(b[0] & 0x7f) << shift;
            if (b[0] < 0x80)
            {
                return value;
            }
        }

        IsGood = false;
        return 0;
    }

    /// <summary>Tagged fields, none of which is of interest.</summary>
    public void SkipTags()
    {
        for (var left = UnsignedVarint(); left > 0 && IsGood; left--)
        {
            UnsignedVarint();
            Skip((int)UnsignedVarint());
        }
    }

    private bool Take(int bytes, out ReadOnlySpan<byte> taken)
    {
        if (!IsGood || bytes < 0 || bytes > _rest.Length)
        {
            IsGood = false;
            taken = default;
            return false;
        }

        taken = _rest[..bytes];
        _rest = _rest[bytes..];
        return true;
    }
}
