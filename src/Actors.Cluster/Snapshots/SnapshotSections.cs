using System.Buffers.Binary;
using Actors.Cluster.Commands;
using Actors.Model;

namespace Actors.Cluster.Snapshots;

/// <summary>Walks over a snapshot's sections, one in memory at a time. What it gives was checked against the CRC first, over all bytes.</summary>
internal sealed class SnapshotSections(ISnapshotBytes bytes, long start)
{
    private const int PieceBytes = 256 << 10;
    private const int HeadBytes = 5;
    private const int CrcBytes = 4;

    private readonly byte[] _head = new byte[HeadBytes];
    private byte[] _body = new byte[PieceBytes];
    private long _position = start;
    private int _length;

    /// <summary>Id of the section; 0 behind the last one.</summary>
    public byte Id { get; private set; }

    /// <summary>Whether the bytes contradicted themselves.</summary>
    public bool Failed { get; private set; }

    /// <summary>Whether the last section was read and nothing is behind it.</summary>
    public bool IsComplete => !Failed && Id == 0 && _position == bytes.LengthBytes - CrcBytes;

    /// <summary>The section's content, until the next one is asked for.</summary>
    public CommandReader Body => new(_body.AsSpan(0, _length));

    /// <summary>The first bytes, as many as there are.</summary>
    public static byte[] ReadStart(ISnapshotBytes bytes, int length)
    {
        var start = new byte[(int)Math.Min(length, bytes.LengthBytes)];
        return bytes.Read(start, 0) == start.Length ? start : [];
    }

    /// <summary>Whether the last four bytes are the CRC of all before them.</summary>
    public bool HasValidCrc()
    {
        var running = ~0u;
        var end = bytes.LengthBytes - CrcBytes;
        for (long position = 0; position < end;)
        {
            var piece = _body.AsSpan(0, (int)Math.Min(_body.Length, end - position));
            if (bytes.Read(piece, position) != piece.Length)
            {
                return false;
            }

            running = Crc32C.Update(running, piece);
            position += piece.Length;
        }

        var stored = _body.AsSpan(0, CrcBytes);
        return bytes.Read(stored, end) == stored.Length && BinaryPrimitives.ReadUInt32BigEndian(stored) == ~running;
    }

    /// <summary>Goes to the next section; false behind the last one, and where the bytes contradict themselves.</summary>
    public bool MoveNext()
    {
        _length = 0;
        var end = bytes.LengthBytes - CrcBytes;
        if (Failed || _position >= end || bytes.Read(_head.AsSpan(0, 1), _position) != 1)
        {
            Failed = true;
            return false;
        }

        Id = _head[0];
        if (Id == 0)
        {
            _position++;
            return false;
        }

        if (end - _position < HeadBytes || bytes.Read(_head, _position) != HeadBytes)
        {
            Failed = true;
            return false;
        }

        var length = BinaryPrimitives.ReadInt32BigEndian(_head.AsSpan(1));
        _position += HeadBytes;
        if (length < 0 || length > end - _position)
        {
            Failed = true;
            return false;
        }

        if (length > _body.Length)
        {
            _body = GC.AllocateUninitializedArray<byte>(Math.Max(length, (int)Math.Min(_body.Length * 2L, Array.MaxLength)));
        }

        _length = length;
        Failed = bytes.Read(_body.AsSpan(0, length), _position) != length;
        _position += length;
        return !Failed;
    }
}
