using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Actors.Model.Znodes;

namespace Actors.ZooKeeper.Wire;

/// <summary>
/// Writes frames of ZooKeeper's record format into one growing buffer of the array pool, several behind each other if wished. Not
/// thread-safe; meant to be kept and <see cref="Reset"/>.
/// </summary>
public sealed class JuteWriter : IDisposable
{
    private const int InitialBytes = 512;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(InitialBytes);
    private int _position;

    /// <summary>Bytes written.</summary>
    public int Position => _position;

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _position);

    /// <summary>Forgets everything, or everything behind a position.</summary>
    public void Reset(int position = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)position, (uint)_position);
        _position = position;
        if (position == 0 && _buffer.Length > JuteLimits.KeptWriterBytes)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = ArrayPool<byte>.Shared.Rent(InitialBytes);
        }
    }

    /// <summary>Gives the buffer back; one used again afterwards rents a new one.</summary>
    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = [];
        _position = 0;
    }

    /// <summary>Leaves room for a frame's length; answers where it begins.</summary>
    public int BeginFrame()
    {
        var at = _position;
        Take(4);
        return at;
    }

    /// <summary>Writes the length of the frame that began at <paramref name="at"/>.</summary>
    public void EndFrame(int at) => BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(at), _position - at - 4);

    /// <summary>One byte, 0 or 1.</summary>
    public void WriteBool(bool value) => Take(1)[0] = value ? (byte)1 : (byte)0;

    /// <summary>Four bytes.</summary>
    public void WriteInt32(int value) => BinaryPrimitives.WriteInt32BigEndian(Take(4), value);

    /// <summary>Writes over four bytes that were written before.</summary>
    public void PatchInt32(int at, int value) => BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(at, 4), value);

    /// <summary>Eight bytes.</summary>
    public void WriteInt64(long value) => BinaryPrimitives.WriteInt64BigEndian(Take(8), value);

    /// <summary>A string or buffer: its length and bytes.</summary>
    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        var into = Take(4 + bytes.Length);
        BinaryPrimitives.WriteInt32BigEndian(into, bytes.Length);
        bytes.CopyTo(into[4..]);
    }

    /// <summary>A string in UTF-8, or null.</summary>
    public void WriteString(string? text)
    {
        if (text is null)
        {
            WriteNull();
            return;
        }

        var lengthBytes = Encoding.UTF8.GetByteCount(text);
        WriteInt32(lengthBytes);
        Encoding.UTF8.GetBytes(text, Take(lengthBytes));
    }

    /// <summary>A buffer that is null.</summary>
    public void WriteNull() => WriteInt32(JuteLimits.Null);

    /// <summary>Bytes as they are, without a length.</summary>
    public void WriteRaw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    /// <summary>
    /// A znode's Stat, 68 bytes:
    /// <code>
    /// czxid 8 | mzxid 8 | ctime 8 | mtime 8 | version 4 | cversion 4 | aversion 4 | ephemeralOwner 8 | dataLength 4 | numChildren 4 | pzxid 8
    /// </code>
    /// </summary>
    public void WriteStat(in ZnodeStat stat)
    {
        var into = Take(JuteLimits.StatBytes);
        BinaryPrimitives.WriteInt64BigEndian(into, stat.Czxid);
        BinaryPrimitives.WriteInt64BigEndian(into[8..], stat.Mzxid);
        BinaryPrimitives.WriteInt64BigEndian(into[16..], stat.CtimeMs);
        BinaryPrimitives.WriteInt64BigEndian(into[24..], stat.MtimeMs);
        BinaryPrimitives.WriteInt32BigEndian(into[32..], stat.Version);
        BinaryPrimitives.WriteInt32BigEndian(into[36..], stat.Cversion);
        BinaryPrimitives.WriteInt32BigEndian(into[40..], stat.Aversion);
        BinaryPrimitives.WriteInt64BigEndian(into[44..], stat.EphemeralOwner);
        BinaryPrimitives.WriteInt32BigEndian(into[52..], stat.DataLengthBytes);
        BinaryPrimitives.WriteInt32BigEndian(into[56..], stat.ChildCount);
        BinaryPrimitives.WriteInt64BigEndian(into[60..], stat.Pzxid);
    }

    /// <summary>The header of a reply: xid, zxid, error; a body follows only where the error is <see cref="TreeErrorCode.Ok"/>.</summary>
    public void WriteReplyHeader(int xid, long zxid, TreeErrorCode error)
    {
        var into = Take(JuteLimits.ReplyHeaderBytes);
        BinaryPrimitives.WriteInt32BigEndian(into, xid);
        BinaryPrimitives.WriteInt64BigEndian(into[4..], zxid);
        BinaryPrimitives.WriteInt32BigEndian(into[12..], (int)error);
    }

    private Span<byte> Take(int lengthBytes)
    {
        if (lengthBytes > _buffer.Length - _position)
        {
            Grow(lengthBytes);
        }

        var taken = _buffer.AsSpan(_position, lengthBytes);
        _position += lengthBytes;
        return taken;
    }

    private void Grow(int lengthBytes)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(_position + lengthBytes), Math.Max(InitialBytes, _buffer.Length * 2)));
        _buffer.AsSpan(0, _position).CopyTo(larger);
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = larger;
    }
}
