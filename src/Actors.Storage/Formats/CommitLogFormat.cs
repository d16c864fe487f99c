using System.Buffers.Binary;
using Actors.Model;
using Actors.Model.Records;

namespace Actors.Storage.Formats;

/// <summary>
/// One round in a commit log file. Rounds begin at multiples of 512 bytes and lie one behind the other; a file is written over from
/// its beginning under the next generation once everything in it has reached the partitions' own files. Big-endian.
/// <code>
/// offset size field
///      0    4 "ACTC"
///      4    2 version             1
///      6    2 reserved            0
///      8    8 generation
///     16    8 sequence            of the round within the generation, from 0
///     24    4 batch count
///     28    4 total length        header, table and batches; without the filling up to 512
///     32    4 crc                 CRC-32C of the directory's id, bytes 0..32 and the table
///     36      table, 28 bytes for each batch:
///          4  log number          in the register
///          4  size of the batch
///         20  the batch's first 20 bytes but the length: base offset (8), leader epoch (4), magic and reserved (4), crc (4)
///      .      the batches, whole, in the order of the table
/// </code>
/// A generation begins with a round of no batches, synced before the next one is written.
/// The directory's id is in no batch, so that nobody can send a batch that holds a round. The batches' own CRC covers their bytes
/// from the attributes on; the table covers the rest.
/// </summary>
internal static class CommitLogFormat
{
    public const int Alignment = 512;
    public const int HeaderBytes = 36;
    public const int TableEntryBytes = 28;
    private const uint Magic = 0x41435443;
    private const short Version = 1;

    /// <summary>File name of the one or the other commit log file.</summary>
    public static string FileName(int index) => index == 0 ? "commit-log.0" : "commit-log.1";

    /// <summary>Bytes a round takes in the file.</summary>
    public static long RoundBytes(int batches, long batchBytes) =>
        (HeaderBytes + ((long)batches * TableEntryBytes) + batchBytes + Alignment - 1) / Alignment * Alignment;

    /// <summary>Writes one line of the table.</summary>
    public static void WriteEntry(Span<byte> to, int number, ReadOnlySpan<byte> batch)
    {
        BinaryPrimitives.WriteInt32BigEndian(to, number);
        BinaryPrimitives.WriteInt32BigEndian(to[4..], batch.Length);
        batch[..8].CopyTo(to[8..]);
        batch.Slice(RecordBatch.LeaderEpochAt, 4).CopyTo(to[16..]);
        BinaryPrimitives.WriteInt32BigEndian(to[20..], batch[RecordBatch.MagicAt]);
        batch.Slice(RecordBatch.CrcAt, 4).CopyTo(to[24..]);
    }

    /// <summary>Completes header and table; <paramref name="head"/> is exactly those.</summary>
    public static void WriteHeader(Span<byte> head, uint seed, long generation, long sequence, int batches, long batchBytes)
    {
        BinaryPrimitives.WriteUInt32BigEndian(head, Magic);
        BinaryPrimitives.WriteInt16BigEndian(head[4..], Version);
        BinaryPrimitives.WriteInt16BigEndian(head[6..], 0);
        BinaryPrimitives.WriteInt64BigEndian(head[8..], generation);
        BinaryPrimitives.WriteInt64BigEndian(head[16..], sequence);
        BinaryPrimitives.WriteInt32BigEndian(head[24..], batches);
        BinaryPrimitives.WriteInt32BigEndian(head[28..], checked((int)(head.Length + batchBytes)));
        BinaryPrimitives.WriteUInt32BigEndian(head[32..], Checksum(seed, head));
    }

    /// <summary>Reads a round's header and table; the batches are not looked at. False if there is no valid one here.</summary>
    public static bool TryReadHead(ReadOnlySpan<byte> bytes, uint seed, out CommitLogRound round)
    {
        round = default;
        if (bytes.Length < HeaderBytes || BinaryPrimitives.ReadUInt32BigEndian(bytes) != Magic
            || BinaryPrimitives.ReadInt16BigEndian(bytes[4..]) != Version)
        {
            return false;
        }

        var count = BinaryPrimitives.ReadInt32BigEndian(bytes[24..]);
        var total = BinaryPrimitives.ReadInt32BigEndian(bytes[28..]);
        if (count < 0 || count > (bytes.Length - HeaderBytes) / TableEntryBytes || total > bytes.Length)
        {
            return false;
        }

        var head = bytes[..(HeaderBytes + (count * TableEntryBytes))];
        if (total < head.Length || BinaryPrimitives.ReadUInt32BigEndian(head[32..]) != Checksum(seed, head))
        {
            return false;
        }

        round = new CommitLogRound(
            BinaryPrimitives.ReadInt64BigEndian(head[8..]), BinaryPrimitives.ReadInt64BigEndian(head[16..]), count, head.Length, total);
        return true;
    }

    /// <summary>
    /// Whether the bytes, which are no valid head, look like that of a round all the same: as one that was not written whole does, or one in
    /// which a bit has flipped. What an earlier generation has left here is valid, or bytes of a batch.
    /// </summary>
    public static bool LooksLikeHead(ReadOnlySpan<byte> bytes, long generation, long sequence)
    {
        if (bytes.Length < HeaderBytes)
        {
            return false;
        }

        var matches = (BinaryPrimitives.ReadUInt32BigEndian(bytes) == Magic ? 1 : 0)
            + (BinaryPrimitives.ReadInt32BigEndian(bytes[4..]) == Version << 16 ? 1 : 0)
            + (BinaryPrimitives.ReadInt64BigEndian(bytes[8..]) == generation ? 1 : 0)
            + (BinaryPrimitives.ReadInt64BigEndian(bytes[16..]) == sequence ? 1 : 0);
        return matches >= 3;
    }

    /// <summary>Number and size of one batch, from the table.</summary>
    public static (int Number, int SizeBytes) ReadEntry(ReadOnlySpan<byte> round, int index)
    {
        var entry = round.Slice(HeaderBytes + (index * TableEntryBytes), TableEntryBytes);
        return (BinaryPrimitives.ReadInt32BigEndian(entry), BinaryPrimitives.ReadInt32BigEndian(entry[4..]));
    }

    /// <summary>Whether a batch is the one that the table names, unharmed.</summary>
    public static bool Matches(ReadOnlySpan<byte> round, int index, ReadOnlySpan<byte> batch)
    {
        Span<byte> expected = stackalloc byte[TableEntryBytes];
        var entry = round.Slice(HeaderBytes + (index * TableEntryBytes), TableEntryBytes);
        if (batch.Length < RecordBatch.HeaderBytes || RecordBatch.SizeBytes(batch) != batch.Length)
        {
            return false;
        }

        WriteEntry(expected, BinaryPrimitives.ReadInt32BigEndian(entry), batch);
        return entry.SequenceEqual(expected) && RecordBatch.HasValidCrc(batch);
    }

    /// <summary>What a directory's rounds begin their checksum with.</summary>
    public static uint Seed(Guid directoryId)
    {
        Span<byte> bytes = stackalloc byte[16];
        directoryId.TryWriteBytes(bytes, bigEndian: true, out _);
        return Crc32C.Update(~0u, bytes);
    }

    private static uint Checksum(uint seed, ReadOnlySpan<byte> head) => ~Crc32C.Update(Crc32C.Update(seed, head[..32]), head[HeaderBytes..]);
}

/// <summary>A round found in a commit log file.</summary>
internal readonly record struct CommitLogRound(long Generation, long Sequence, int BatchCount, int HeadBytes, int TotalBytes);
