using System.Buffers.Binary;
using Actors.Model;

namespace Actors.Storage.Formats;

/// <summary>A segment that a swap takes away or puts in place.</summary>
/// <param name="BaseOffset">Its base offset.</param>
/// <param name="EndOffset">Base offset of the one that follows it.</param>
/// <param name="SizeBytes">Bytes of its log.</param>
internal readonly record struct SwappedSegment(long BaseOffset, long EndOffset, long SizeBytes);

/// <summary>
/// The file <c>cleaning.swap</c> of a partition's folder: while it is there, the segments it calls new take the place of those it calls old,
/// whatever has been done of it. Written aside, synced, renamed; taken away once a checkpoint counts the new ones. Big-endian.
/// <code>
/// offset size field
///      0    4 "ACTW"
///      4    2 version             1
///      6    2 reserved            0
///      8    4 crc                 CRC-32C of bytes 12..end
///     12    4 number of old segments
///     16    4 number of new segments
///     20      old segments, then new ones, 24 bytes each:
///          8  baseOffset
///          8  endOffset
///          8  sizeBytes
/// </code>
/// </summary>
internal sealed record SwapFormat(IReadOnlyList<SwappedSegment> Old, IReadOnlyList<SwappedSegment> New)
{
    public const string FileName = "cleaning.swap";
    private const uint Magic = 0x41435457;
    private const short Version = 1;
    private const int HeaderBytes = 20;
    private const int EntryBytes = 24;

    public byte[] Write()
    {
        var bytes = new byte[HeaderBytes + ((Old.Count + New.Count) * EntryBytes)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, Magic);
        BinaryPrimitives.WriteInt16BigEndian(bytes.AsSpan(4), Version);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(12), Old.Count);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(16), New.Count);
        var to = bytes.AsSpan(HeaderBytes);
        foreach (var segment in Old.Concat(New))
        {
            BinaryPrimitives.WriteInt64BigEndian(to, segment.BaseOffset);
            BinaryPrimitives.WriteInt64BigEndian(to[8..], segment.EndOffset);
            BinaryPrimitives.WriteInt64BigEndian(to[16..], segment.SizeBytes);
            to = to[EntryBytes..];
        }

        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(8), Crc32C.Compute(bytes.AsSpan(12)));
        return bytes;
    }

    /// <summary>What it says, or null if the bytes are something else.</summary>
    public static SwapFormat? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderBytes || BinaryPrimitives.ReadUInt32BigEndian(bytes) != Magic
            || BinaryPrimitives.ReadInt16BigEndian(bytes[4..]) != Version
            || BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]) != Crc32C.Compute(bytes[12..]))
        {
            return null;
        }

        var old = BinaryPrimitives.ReadInt32BigEndian(bytes[12..]);
        var made = BinaryPrimitives.ReadInt32BigEndian(bytes[16..]);
        if (old < 0 || made < 0 || bytes.Length != HeaderBytes + (((long)old + made) * EntryBytes))
        {
            return null;
        }

        var entries = new SwappedSegment[old + made];
        for (var i = 0; i < entries.Length; i++)
        {
            var from = bytes[(HeaderBytes + (i * EntryBytes))..];
            entries[i] = new SwappedSegment(
                BinaryPrimitives.ReadInt64BigEndian(from), BinaryPrimitives.ReadInt64BigEndian(from[8..]),
                BinaryPrimitives.ReadInt64BigEndian(from[16..]));
        }

        return new SwapFormat(entries[..old], entries[old..]);
    }

    /// <summary>
    /// How many bytes more the log has with the old segments than with the new ones, both as far as they reach beyond its start: a
    /// checkpoint counts the one or the other.
    /// </summary>
    public long BytesSaved(long logStart) =>
        Old.Where(s => s.EndOffset > logStart).Sum(s => s.SizeBytes) - New.Where(s => s.EndOffset > logStart).Sum(s => s.SizeBytes);
}
