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
/// <param name="Age">When retention has to look at the log, for one that is not open.</param>
internal readonly record struct CheckpointEntry(
    int Number, bool IsWeak, long RecoveryPoint, long SegmentBase, long Position, long LogStart, long SnapshotOffset, long SizeBytes, LogAge Age);

/// <summary>
/// What retention counts with, without opening the log. A segment's age counts from its greatest timestamp, or from its last append if
/// that was earlier.
/// </summary>
/// <param name="OldestMs">From when the oldest segment's age counts, ms since 1970; -1: not known, or nothing is there.</param>
/// <param name="NewestMs">The latest of these times of all segments.</param>
/// <param name="OldestBytes">Bytes of the oldest segment.</param>
internal readonly record struct LogAge(long OldestMs, long NewestMs, long OldestBytes)
{
    public static LogAge Unknown { get; } = new(-1, -1, -1);

    public bool IsKnown => OldestMs >= 0;
}

/// <summary>What a checkpoint counts on of the commit log.</summary>
/// <param name="From">Generations below this one hold nothing that is not synced elsewhere.</param>
/// <param name="Rounds">Rounds of that generation that were synced when the checkpoint was made.</param>
internal readonly record struct CommitLogMark(long From, long Rounds);

/// <summary>
/// The file <c>directory.checkpoint</c>, replaced as a whole. Big-endian.
/// <code>
/// offset size field
///      0    4 "ACTK"
///      4    2 version             3; 2 is without the ages, 1 also without the fields from 16 to 32
///      6    2 reserved            0
///      8    4 crc                 CRC-32C of bytes 12..end
///     12    4 entry count
///     16    8 commitLogFrom       generations of the commit log below this one hold nothing that is not synced elsewhere
///     24    8 commitLogRounds     synced rounds of that generation; 0: it was not begun
///     32      entries, 80 bytes each:
///          4  number
///          4  flags               bit 0: weak
///          8  recoveryPoint
///          8  segmentBase
///          8  position
///          8  logStart
///          8  snapshotOffset
///          8  sizeBytes
///          8  oldestMs            from when the oldest segment's age counts; -1: not known
///          8  newestMs            the latest of these times of all segments
///          8  oldestBytes         bytes of the oldest segment
/// </code>
/// </summary>
internal static class CheckpointFormat
{
    public const string FileName = "directory.checkpoint";
    private const uint Magic = 0x4143544B;
    private const short Version = 3;
    private const int HeaderBytes = 32;
    private const int FirstHeaderBytes = 16;
    private const int EntryBytes = 80;
    private const int AgelessEntryBytes = 56;

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
            BinaryPrimitives.WriteInt64BigEndian(to[56..], entry.Age.OldestMs);
            BinaryPrimitives.WriteInt64BigEndian(to[64..], entry.Age.NewestMs);
            BinaryPrimitives.WriteInt64BigEndian(to[72..], entry.Age.OldestBytes);
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
            || BinaryPrimitives.ReadInt16BigEndian(bytes[4..]) is not (>= 1 and <= Version)
            || BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]) != Crc32C.Compute(bytes[12..]))
        {
            return null;
        }

        var count = BinaryPrimitives.ReadInt32BigEndian(bytes[12..]);
        var version = BinaryPrimitives.ReadInt16BigEndian(bytes[4..]);
        var headerBytes = version == 1 ? FirstHeaderBytes : HeaderBytes;
        var entryBytes = version < Version ? AgelessEntryBytes : EntryBytes;
        if (count < 0 || bytes.Length != headerBytes + ((long)count * entryBytes))
        {
            return null;
        }

        commitLog = headerBytes == HeaderBytes
            ? new CommitLogMark(BinaryPrimitives.ReadInt64BigEndian(bytes[16..]), BinaryPrimitives.ReadInt64BigEndian(bytes[24..]))
            : default;
        var entries = new List<CheckpointEntry>(count);
        for (var from = bytes[headerBytes..]; !from.IsEmpty; from = from[entryBytes..])
        {
            entries.Add(new CheckpointEntry(
                BinaryPrimitives.ReadInt32BigEndian(from),
                (BinaryPrimitives.ReadInt32BigEndian(from[4..]) & 1) != 0,
                BinaryPrimitives.ReadInt64BigEndian(from[8..]),
                BinaryPrimitives.ReadInt64BigEndian(from[16..]),
                BinaryPrimitives.ReadInt64BigEndian(from[24..]),
                BinaryPrimitives.ReadInt64BigEndian(from[32..]),
                BinaryPrimitives.ReadInt64BigEndian(from[40..]),
                BinaryPrimitives.ReadInt64BigEndian(from[48..]),
                entryBytes == AgelessEntryBytes ? LogAge.Unknown : new LogAge(
                    BinaryPrimitives.ReadInt64BigEndian(from[56..]),
                    BinaryPrimitives.ReadInt64BigEndian(from[64..]),
                    BinaryPrimitives.ReadInt64BigEndian(from[72..]))));
        }

        return entries;
    }
}
