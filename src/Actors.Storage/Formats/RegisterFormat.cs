using System.Buffers.Binary;
using System.Text;
using Actors.Model;

namespace Actors.Storage.Formats;

/// <summary>What a record of the register says; persisted, so the list only grows.</summary>
internal enum RegisterRecordKind : byte
{
    /// <summary>A log was created.</summary>
    Added = 1,
    /// <summary>It is being deleted; its folder may have its deleted name already.</summary>
    Deleting = 2,
    /// <summary>It is gone, or was set aside.</summary>
    Removed = 3,
    /// <summary>The least number that was never given out, for what compaction forgets.</summary>
    NextNumber = 4,
    /// <summary>A log's newest segment, the file of which is synced.</summary>
    Segment = 5,
    /// <summary>The commit log's files are there, so many bytes each; a process writes them from a generation on.</summary>
    CommitLog = 6,
    /// <summary>A log's oldest segment; -1: it has none that counts.</summary>
    FirstSegment = 7,
}

/// <summary>One record of the register.</summary>
internal readonly record struct RegisterRecord(RegisterRecordKind Kind, int Number, LogIdentity Identity = default, long Value = 0);

/// <summary>
/// The file <c>directory.register</c>: every log of the directory, so that a start need not list folders. Appended to in frames, each
/// synced before the next one is written: a bad one with a good one behind it is damage, not a crash. Rewritten when most of it is
/// history. Big-endian.
/// <code>
/// offset size field
///      0    4 "ACTR"
///      4    2 version             1
///      6    2 reserved            0
///      8   16 directory id
///     24    4 crc                 CRC-32C of bytes 0..24
///     28      frames:
///          4  length              bytes of the records
///          4  crc                 CRC-32C of the length and the records
///             records:
///          1  kind                1 added, 2 deleting, 3 removed, 4 next number, 5 segment, 6 commit log, 7 first segment
///          4  number              of the log; commit log: bytes of each file
///             added only: topic id (16), partition (4), length of the name (2), name (UTF-8)
///             segment, first segment: its base offset (8); commit log: the first generation that the process writes (8)
/// </code>
/// </summary>
internal static class RegisterFormat
{
    public const string FileName = "directory.register";
    public const int HeaderBytes = 28;
    private const int FrameHeaderBytes = 8;
    private const int RecordBytes = 5;
    private const int AddedBytes = RecordBytes + 22;
    private const int ValueBytes = 8;
    private const uint Magic = 0x41435452;
    private const short Version = 1;

    public static byte[] WriteHeader(Guid directoryId)
    {
        var bytes = new byte[HeaderBytes];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, Magic);
        BinaryPrimitives.WriteInt16BigEndian(bytes.AsSpan(4), Version);
        directoryId.TryWriteBytes(bytes.AsSpan(8), bigEndian: true, out _);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(24), Crc32C.Compute(bytes.AsSpan(0, 24)));
        return bytes;
    }

    /// <summary>The directory's id, or null if the bytes are not a register's beginning.</summary>
    public static Guid? ReadHeader(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= HeaderBytes && BinaryPrimitives.ReadUInt32BigEndian(bytes) == Magic
            && BinaryPrimitives.ReadInt16BigEndian(bytes[4..]) == Version
            && BinaryPrimitives.ReadUInt32BigEndian(bytes[24..]) == Crc32C.Compute(bytes[..24])
                ? new Guid(bytes.Slice(8, 16), bigEndian: true)
                : null;

    /// <summary>A frame of records.</summary>
    public static byte[] WriteFrame(IReadOnlyCollection<RegisterRecord> records)
    {
        var bytes = new byte[FrameHeaderBytes + records.Sum(SizeBytes)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, bytes.Length - FrameHeaderBytes);
        var to = bytes.AsSpan(FrameHeaderBytes);
        foreach (var record in records)
        {
            to = to[WriteRecord(to, record)..];
        }

        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), Checksum(bytes));
        return bytes;
    }

    /// <summary>Bytes of a record.</summary>
    public static int SizeBytes(RegisterRecord record) =>
        record.Kind == RegisterRecordKind.Added ? AddedBytes + Encoding.UTF8.GetByteCount(record.Identity.Topic)
        : HasValue(record.Kind) ? RecordBytes + ValueBytes : RecordBytes;

    /// <summary>Reads the frame at the beginning of <paramref name="bytes"/>; false if there is no valid one.</summary>
    public static bool TryReadFrame(ReadOnlySpan<byte> bytes, List<RegisterRecord> into, out int lengthBytes)
    {
        lengthBytes = 0;
        into.Clear();
        if (bytes.Length < FrameHeaderBytes + RecordBytes)
        {
            return false;
        }

        var payload = BinaryPrimitives.ReadInt32BigEndian(bytes);
        if (payload < RecordBytes || payload > bytes.Length - FrameHeaderBytes
            || BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]) != Checksum(bytes[..(FrameHeaderBytes + payload)]))
        {
            return false;
        }

        lengthBytes = FrameHeaderBytes + payload;
        for (var rest = bytes[FrameHeaderBytes..lengthBytes]; !rest.IsEmpty;)
        {
            if (!TryReadRecord(ref rest, out var record))
            {
                return false;
            }

            into.Add(record);
        }

        return true;
    }

    private static int WriteRecord(Span<byte> to, in RegisterRecord record)
    {
        to[0] = (byte)record.Kind;
        BinaryPrimitives.WriteInt32BigEndian(to[1..], record.Number);
        if (HasValue(record.Kind))
        {
            BinaryPrimitives.WriteInt64BigEndian(to[RecordBytes..], record.Value);
            return RecordBytes + ValueBytes;
        }

        if (record.Kind != RegisterRecordKind.Added)
        {
            return RecordBytes;
        }

        record.Identity.Id.TopicId.TryWriteBytes(to[5..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(to[21..], record.Identity.Id.Partition);
        var nameBytes = Encoding.UTF8.GetBytes(record.Identity.Topic, to[AddedBytes..]);
        BinaryPrimitives.WriteInt16BigEndian(to[25..], (short)nameBytes);
        return AddedBytes + nameBytes;
    }

    private static bool TryReadRecord(ref ReadOnlySpan<byte> from, out RegisterRecord record)
    {
        record = default;
        if (from.Length < RecordBytes)
        {
            return false;
        }

        var kind = (RegisterRecordKind)from[0];
        var number = BinaryPrimitives.ReadInt32BigEndian(from[1..]);
        if (HasValue(kind))
        {
            var isWhole = from.Length >= RecordBytes + ValueBytes;
            record = isWhole ? new RegisterRecord(kind, number, Value: BinaryPrimitives.ReadInt64BigEndian(from[RecordBytes..])) : default;
            from = isWhole ? from[(RecordBytes + ValueBytes)..] : from;
            return isWhole;
        }

        if (kind != RegisterRecordKind.Added)
        {
            record = new RegisterRecord(kind, number);
            from = from[RecordBytes..];
            return true;
        }

        if (from.Length < AddedBytes || BinaryPrimitives.ReadInt16BigEndian(from[25..]) is var length && (length < 0 || length > from.Length - AddedBytes))
        {
            return false;
        }

        var id = new TopicPartitionId(new Guid(from.Slice(5, 16), bigEndian: true), BinaryPrimitives.ReadInt32BigEndian(from[21..]));
        record = new RegisterRecord(kind, number, new LogIdentity(id, Encoding.UTF8.GetString(from.Slice(AddedBytes, length))));
        from = from[(AddedBytes + length)..];
        return true;
    }

    private static bool HasValue(RegisterRecordKind kind) => 
        kind is RegisterRecordKind.Segment or RegisterRecordKind.FirstSegment or RegisterRecordKind.CommitLog;

    private static uint Checksum(ReadOnlySpan<byte> frame) =>
        ~Crc32C.Update(Crc32C.Update(~0u, frame[..4]), frame[FrameHeaderBytes..]);
}
