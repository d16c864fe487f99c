using System.Buffers.Binary;
using Actors.Model;

namespace Actors.Storage.Formats;

/// <summary>What a checkpoint says of one log: everything below <paramref name="RecoveryPoint"/> is on the disk, log and indexes.</summary>
/// <param name="Number">The log's number in the register.</param>
/// <param name="IsWeak">Whether records beyond the point may be left to the operating system for long, by the topic's own choice.</param>
/// <param name="RecoveryPoint">First offset that is not covered.</param>
/// <param name="SegmentBase">Base offset of the segment that holds it.</param>
/// <param name="Position">Bytes of that segment that are covered.</param>
/// <param name="LogStart">First offset that is kept.</param>
/// <param name="SnapshotOffset">Offset in the name of the producer snapshot that is right at the point, or -1: no producer.</param>
/// <param name="SizeBytes">Bytes of all segments at the point.</param>
internal readonly record struct CheckpointEntry(
    int Number, bool IsWeak, long RecoveryPoint, long SegmentBase, long Position, long LogStart, long SnapshotOffset, long SizeBytes);

/// <summary>What a checkpoint counts on of the commit log.</summary>
/// <param name="From">Generations below this one hold nothing that is not synced elsewhere.</param>
/// <param name="Rounds">Rounds of that generation that were synced when the checkpoint was made.</param>
internal readonly record struct CommitLogMark(long From, long Rounds);

/// <summary>
/// The file <c>directory.checkpoint</c>, replaced as a whole. Big-endian.
/// <code>
/// offset size field
///      0    4 "ACTK"
///      4    2 version             2; 1 is without the fields from 16 to 32
///      6    2 reserved            0
///      8    4 crc                 CRC-32C of bytes 12..end
///     12    4 entry count
///     16    8 commitLogFrom       generations of the commit log below this one hold nothing that is not synced elsewhere
///     24    8 commitLogRounds     synced rounds of that generation; 0: it was not begun
///     32      entries, 56 bytes each:
///          4  number
///          4  flags               bit 0: weak
///          8  recoveryPoint
///          8  segmentBase
///          8  position
///          8  logStart
///          8  snapshotOffset
///          8  sizeBytes
/// </code>
/// </summary>
internal static class CheckpointFormat
{
    public const string FileName = "directory.checkpoint";
    private const uint Magic = 0x4143544B;
    private const short Version = 2;
    private const int HeaderBytes = 32;
    private const int FirstHeaderBytes = 16;
    private const int EntryBytes = 56;

    public static byte[] Write(IReadOnlyCollection<CheckpointEntry> entries, CommitLogMark commitLog)
    {
        var bytes = new byte[HeaderBytes + (entries.Count * EntryBytes)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, Magic);
        BinaryPrimitives.WriteInt16BigEndian(bytes.AsSpan(4), Version);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(12), entries.Count);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(16), commitLog.From);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(24), commitLog.Rounds);
        var to = bytes.AsSpan(HeaderBytes);
        foreach (var entry in entries)
        {
            BinaryPrimitives.WriteInt32BigEndian(to, entry.Number);
            BinaryPrimitives.WriteInt32BigEndian(to[4..], entry.IsWeak ? 1 : 0);
            BinaryPrimitives.WriteInt64BigEndian(to[8..], entry.RecoveryPoint);
            BinaryPrimitives.WriteInt64BigEndian(to[16..], entry.SegmentBase);
            BinaryPrimitives.WriteInt64BigEndian(to[24..], entry.Position);
            BinaryPrimitives.WriteInt64BigEndian(to[32..], entry.LogStart);
            BinaryPrimitives.WriteInt64BigEndian(to[40..], entry.SnapshotOffset);
            BinaryPrimitives.WriteInt64BigEndian(to[48..], entry.SizeBytes);
            to = to[EntryBytes..];
        }

        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(8), Crc32C.Compute(bytes.AsSpan(12)));
        return bytes;
    }

    /// <summary>The entries, or null if the bytes are not a checkpoint.</summary>
    public static List<CheckpointEntry>? Read(ReadOnlySpan<byte> bytes, out CommitLogMark commitLog)
    {
        commitLog = default;
        if (bytes.Length < FirstHeaderBytes || BinaryPrimitives.ReadUInt32BigEndian(bytes) != Magic
            || BinaryPrimitives.ReadInt16BigEndian(bytes[4..]) is not (1 or Version)
            || BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]) != Crc32C.Compute(bytes[12..]))
        {
            return null;
        }

        var count = BinaryPrimitives.ReadInt32BigEndian(bytes[12..]);
        var headerBytes = BinaryPrimitives.ReadInt16BigEndian(bytes[4..]) == 1 ? FirstHeaderBytes : HeaderBytes;
        if (count < 0 || bytes.Length != headerBytes + ((long)count * EntryBytes))
        {
            return null;
        }

        commitLog = headerBytes == HeaderBytes
            ? new CommitLogMark(BinaryPrimitives.ReadInt64BigEndian(bytes[16..]), BinaryPrimitives.ReadInt64BigEndian(bytes[24..]))
            : default;
        var entries = new List<CheckpointEntry>(count);
        for (var from = bytes[headerBytes..]; !from.IsEmpty; from = from[EntryBytes..])
        {
            entries.Add(new CheckpointEntry(
                BinaryPrimitives.ReadInt32BigEndian(from),
                (BinaryPrimitives.ReadInt32BigEndian(from[4..]) & 1) != 0,
                BinaryPrimitives.ReadInt64BigEndian(from[8..]),
                BinaryPrimitives.ReadInt64BigEndian(from[16..]),
                BinaryPrimitives.ReadInt64BigEndian(from[24..]),
                BinaryPrimitives.ReadInt64BigEndian(from[32..]),
                BinaryPrimitives.ReadInt64BigEndian(from[40..]),
                BinaryPrimitives.ReadInt64BigEndian(from[48..])));
        }

        return entries;
    }
}
