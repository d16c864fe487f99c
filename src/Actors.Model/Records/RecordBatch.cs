using System.Buffers.Binary;

namespace Actors.Model.Records;

/// <summary>
/// The byte layout of Kafka's record batch v2, big-endian, and its fields by name. Batches stay bytes from socket to disk to
/// consumer: this is a view, not a container.
/// <code>
/// offset size field
///      0    8 baseOffset            stamped by the leader, outside the CRC
///      8    4 batchLength           bytes after this field
///     12    4 partitionLeaderEpoch  stamped by the leader, outside the CRC
///     16    1 magic                 2
///     17    4 crc                   CRC-32C of bytes 21..end
///     21    2 attributes            see <see cref="BatchAttributes"/>
///     23    4 lastOffsetDelta
///     27    8 baseTimestamp
///     35    8 maxTimestamp
///     43    8 producerId            -1: none
///     51    2 producerEpoch
///     53    4 baseSequence
///     57    4 recordCount
///     61      records
/// </code>
/// Source: Kafka's DefaultRecordBatch (KIP-98).
/// </summary>
public static class RecordBatch
{
    /// <summary>Where the base offset stands.</summary>
    public const int BaseOffsetAt = 0;
    /// <summary>Where the length stands.</summary>
    public const int LengthAt = 8;
    /// <summary>Where the leader epoch stands.</summary>
    public const int LeaderEpochAt = 12;
    /// <summary>Where the magic byte stands.</summary>
    public const int MagicAt = 16;
    /// <summary>Where the CRC stands.</summary>
    public const int CrcAt = 17;
    /// <summary>Where the attributes stand; the CRC covers everything from here on.</summary>
    public const int AttributesAt = 21;
    /// <summary>Where the last offset delta stands.</summary>
    public const int LastOffsetDeltaAt = 23;
    /// <summary>Where the base timestamp stands.</summary>
    public const int BaseTimestampAt = 27;
    /// <summary>Where the max timestamp stands.</summary>
    public const int MaxTimestampAt = 35;
    /// <summary>Where the producer id stands.</summary>
    public const int ProducerIdAt = 43;
    /// <summary>Where the producer epoch stands.</summary>
    public const int ProducerEpochAt = 51;
    /// <summary>Where the base sequence stands.</summary>
    public const int BaseSequenceAt = 53;
    /// <summary>Where the record count stands.</summary>
    public const int RecordCountAt = 57;
    /// <summary>Bytes of the header; the records follow.</summary>
    public const int HeaderBytes = 61;
    /// <summary>Bytes before the counted part: base offset and length.</summary>
    public const int LogOverheadBytes = 12;
    /// <summary>The only magic that is written or served.</summary>
    public const byte Magic = 2;
    /// <summary>The least value <c>batchLength</c> may have.</summary>
    public const int MinLength = HeaderBytes - LogOverheadBytes;

    /// <summary>Whole bytes of the batch that starts at <paramref name="batch"/>, from its length field; not checked.</summary>
    public static int SizeBytes(ReadOnlySpan<byte> batch) =>
        LogOverheadBytes + BinaryPrimitives.ReadInt32BigEndian(batch[LengthAt..]);

    /// <summary>Reads the header's fields. The span must hold <see cref="HeaderBytes"/>; nothing is checked.</summary>
    public static RecordBatchInfo ReadInfo(ReadOnlySpan<byte> batch)
    {
        var header = batch[..HeaderBytes];
        return new RecordBatchInfo
        {
            BaseOffset = BinaryPrimitives.ReadInt64BigEndian(header[BaseOffsetAt..]),
            SizeBytes = LogOverheadBytes + BinaryPrimitives.ReadInt32BigEndian(header[LengthAt..]),
            LeaderEpoch = BinaryPrimitives.ReadInt32BigEndian(header[LeaderEpochAt..]),
            Attributes = (BatchAttributes)BinaryPrimitives.ReadInt16BigEndian(header[AttributesAt..]),
            LastOffsetDelta = BinaryPrimitives.ReadInt32BigEndian(header[LastOffsetDeltaAt..]),
            BaseTimestampMs = BinaryPrimitives.ReadInt64BigEndian(header[BaseTimestampAt..]),
            MaxTimestampMs = BinaryPrimitives.ReadInt64BigEndian(header[MaxTimestampAt..]),
            ProducerId = BinaryPrimitives.ReadInt64BigEndian(header[ProducerIdAt..]),
            ProducerEpoch = BinaryPrimitives.ReadInt16BigEndian(header[ProducerEpochAt..]),
            BaseSequence = BinaryPrimitives.ReadInt32BigEndian(header[BaseSequenceAt..]),
            RecordCount = BinaryPrimitives.ReadInt32BigEndian(header[RecordCountAt..]),
        };
    }

    /// <summary>Stamps what the leader decides; neither field is covered by the CRC.</summary>
    public static void Stamp(Span<byte> batch, long baseOffset, int leaderEpoch)
    {
        BinaryPrimitives.WriteInt64BigEndian(batch[BaseOffsetAt..], baseOffset);
        BinaryPrimitives.WriteInt32BigEndian(batch[LeaderEpochAt..], leaderEpoch);
    }

    /// <summary>Marks the batch as LogAppendTime with <paramref name="appendTimeMs"/> and recomputes the CRC.</summary>
    public static void StampAppendTime(Span<byte> batch, long appendTimeMs)
    {
        var attributes = (BatchAttributes)BinaryPrimitives.ReadInt16BigEndian(batch[AttributesAt..]) | BatchAttributes.LogAppendTime;
        BinaryPrimitives.WriteInt16BigEndian(batch[AttributesAt..], (short)attributes);
        BinaryPrimitives.WriteInt64BigEndian(batch[MaxTimestampAt..], appendTimeMs);
        WriteCrc(batch);
    }

    /// <summary>Corrects <c>maxTimestamp</c> to what the records say, as Kafka's LogValidator does, and recomputes the CRC.</summary>
    public static void StampMaxTimestamp(Span<byte> batch, long maxTimestampMs)
    {
        BinaryPrimitives.WriteInt64BigEndian(batch[MaxTimestampAt..], maxTimestampMs);
        WriteCrc(batch);
    }

    /// <summary>Computes and writes the CRC of a whole batch.</summary>
    public static void WriteCrc(Span<byte> batch) =>
        BinaryPrimitives.WriteUInt32BigEndian(batch[CrcAt..], Crc32C.Compute(batch[AttributesAt..]));

    /// <summary>Whether the batch's CRC is right. The span must be exactly one whole batch.</summary>
    public static bool HasValidCrc(ReadOnlySpan<byte> batch) =>
        BinaryPrimitives.ReadUInt32BigEndian(batch[CrcAt..]) == Crc32C.Compute(batch[AttributesAt..]);
}
