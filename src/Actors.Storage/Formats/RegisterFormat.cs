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
}

/// <summary>One record of the register.</summary>
internal readonly record struct RegisterRecord(RegisterRecordKind Kind, int Number, LogIdentity Identity = default);

/// <summary>
/// The file <c>directory.register</c>: every log of the directory, so that a start need not list folders. Appended to; rewritten when
/// most of it is history. Big-endian.
/// <code>
/// offset size field
///      0    4 "ACTR"
///      4    2 version             1
///      6    2 reserved            0
///      8   16 directory id
///     24    4 crc                 CRC-32C of bytes 0..24
///     28      records:
///          4  length              bytes of the payload
///          4  crc                 CRC-32C of the length and the payload
///          1  kind                1 added, 2 deleting, 3 removed, 4 next number
///          4  number
///             added only: topic id (16), partition (4), length of the name (2), name (UTF-8)
/// </code>
/// </summary>
internal static class RegisterFormat
{
    public const string FileName = "directory.register";
    public const int HeaderBytes = 28;
    public const int MaxRecordBytes = 8 + 5 + 22 + 1024;
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

    public static byte[] WriteRecord(in RegisterRecord record)
    {
        var isAdded = record.Kind == RegisterRecordKind.Added;
        var name = isAdded ? Encoding.UTF8.GetBytes(record.Identity.Topic) : [];
        var bytes = new byte[8 + 5 + (isAdded ? 22 + name.Length : 0)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, bytes.Length - 8);
        bytes[8] = (byte)record.Kind;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(9), record.Number);
        if (isAdded)
        {
            record.Identity.Id.TopicId.TryWriteBytes(bytes.AsSpan(13), bigEndian: true, out _);
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(29), record.Identity.Id.Partition);
            BinaryPrimitives.WriteInt16BigEndian(bytes.AsSpan(33), (short)name.Length);
            name.CopyTo(bytes, 35);
        }

        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), Checksum(bytes));
        return bytes;
    }

    /// <summary>Reads the record at the beginning of <paramref name="bytes"/>; false if there is no valid one.</summary>
    public static bool TryReadRecord(ReadOnlySpan<byte> bytes, out RegisterRecord record, out int lengthBytes)
    {
        record = default;
        lengthBytes = 0;
        if (bytes.Length < 13)
        {
            return false;
        }

        var payload = BinaryPrimitives.ReadInt32BigEndian(bytes);
        if (payload < 5 || payload > MaxRecordBytes - 8 || payload > bytes.Length - 8)
        {
            return false;
        }

        lengthBytes = payload + 8;
        bytes = bytes[..lengthBytes];
        if (BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]) != Checksum(bytes))
        {
            return false;
        }

        var kind = (RegisterRecordKind)bytes[8];
        var identity = default(LogIdentity);
        if (kind == RegisterRecordKind.Added)
        {
            if (bytes.Length < 35 || BinaryPrimitives.ReadInt16BigEndian(bytes[33..]) != bytes.Length - 35)
            {
                return false;
            }

            var id = new TopicPartitionId(new Guid(bytes.Slice(13, 16), bigEndian: true), BinaryPrimitives.ReadInt32BigEndian(bytes[29..]));
            identity = new LogIdentity(id, Encoding.UTF8.GetString(bytes[35..]));
        }

        record = new RegisterRecord(kind, BinaryPrimitives.ReadInt32BigEndian(bytes[9..]), identity);
        return true;
    }

    private static uint Checksum(ReadOnlySpan<byte> record) =>
        ~Crc32C.Update(Crc32C.Update(~0u, record[..4]), record[8..]);
}
