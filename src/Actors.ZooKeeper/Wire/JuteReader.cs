using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Actors.ZooKeeper.Wire;

/// <summary>
/// Reads one frame of ZooKeeper's record format (jute, BinaryInputArchive), front to back: integers big-endian, a string or buffer as a
/// length of four bytes and its bytes (-1: null), a vector as a count of four bytes and its elements (-1: null). Every length and count is
/// checked against the bytes that remain. What cannot be is no exception: the reader is <see cref="IsFaulty"/> from there on and reads
/// nothing but defaults, so that a record is read in one go and asked once. Strings stay bytes: a path of an odd encoding is the tree's to
/// judge (the Java client writes surrogate pairs as six bytes).
/// </summary>
public ref struct JuteReader
{
    private readonly ReadOnlySpan<byte> _frame;
    private int _position;

    /// <summary>Reads a frame from its first byte, without its length.</summary>
    public JuteReader(ReadOnlySpan<byte> frame) => _frame = frame;

    /// <summary>Whether something was read that the frame does not hold.</summary>
    public bool IsFaulty { get; private set; }

    /// <summary>Bytes read so far.</summary>
    public readonly int Position => _position;

    /// <summary>Bytes left; none once faulty.</summary>
    public readonly int Remaining => _frame.Length - _position;

    /// <summary>What is left.</summary>
    public readonly ReadOnlySpan<byte> Rest => _frame[_position..];

    /// <summary>One byte; any but 0 is true.</summary>
    public bool ReadBool() => TryTake(1, out var bytes) && bytes[0] != 0;

    /// <summary>Four bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ReadInt32() => TryTake(4, out var bytes) ? BinaryPrimitives.ReadInt32BigEndian(bytes) : 0;

    /// <summary>Eight bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long ReadInt64() => TryTake(8, out var bytes) ? BinaryPrimitives.ReadInt64BigEndian(bytes) : 0;

    /// <summary>A buffer; null is told apart from empty, since a znode's data may be either.</summary>
    public JuteBuffer ReadBuffer()
    {
        var lengthBytes = ReadInt32();
        if (lengthBytes == JuteLimits.Null)
        {
            return JuteBuffer.Null;
        }

        return TryTake(lengthBytes, out var bytes) ? new JuteBuffer(bytes) : JuteBuffer.Null;
    }

    /// <summary>A string's bytes; null reads as empty: nothing tells them apart where a string is asked for.</summary>
    public ReadOnlySpan<byte> ReadString() => ReadBuffer().Bytes;

    /// <summary>
    /// The count of a vector whose elements take at least <paramref name="minElementBytes"/> each; null, and as in Java any other count
    /// below zero, reads as empty.
    /// </summary>
    public int ReadCount(int minElementBytes)
    {
        var count = ReadInt32();
        if (count <= 0)
        {
            return 0;
        }

        if (count > Remaining / minElementBytes)
        {
            Fail();
            return 0;
        }

        return count;
    }

    /// <summary>Makes the reader faulty: what was read breaks a rule of its record.</summary>
    public void Fail()
    {
        IsFaulty = true;
        _position = _frame.Length;
    }

    /// <summary>The bytes between two positions of this frame.</summary>
    internal readonly ReadOnlySpan<byte> Between(int start, int end) => _frame[start..end];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryTake(int lengthBytes, out ReadOnlySpan<byte> bytes)
    {
        if ((uint)lengthBytes > (uint)(_frame.Length - _position))
        {
            Fail();
            bytes = default;
            return false;
        }

        bytes = _frame.Slice(_position, lengthBytes);
        _position += lengthBytes;
        return true;
    }
}

/// <summary>A buffer in a frame, or null.</summary>
public readonly ref struct JuteBuffer
{
    internal JuteBuffer(ReadOnlySpan<byte> bytes)
    {
        Bytes = bytes;
        HasValue = true;
    }

    /// <summary>No buffer.</summary>
    public static JuteBuffer Null => default;

    /// <summary>Whether there is one, if empty.</summary>
    public bool HasValue { get; }

    /// <summary>Its bytes; empty for null.</summary>
    public ReadOnlySpan<byte> Bytes { get; }
}
