using Actors.Model.Ports;
using Actors.Model.Records;

namespace Actors.Grains;

/// <summary>Whether the bytes of a call are one batch that the log may take: framing, CRC, header, every record.</summary>
internal static class BatchCheck
{
    /// <summary>None, or Kafka's code and a sentence.</summary>
    public static ErrorCode Check(ReadOnlySpan<byte> bytes, PartitionLimits limits, out RecordBatchInfo info, out string? message)
    {
        info = default;
        message = null;
        if (bytes.Length < RecordBatch.HeaderBytes || bytes[RecordBatch.MagicAt] != RecordBatch.Magic
            || RecordBatch.SizeBytes(bytes) != bytes.Length || !RecordBatch.HasValidCrc(bytes))
        {
            message = "The bytes are not exactly one record batch v2 with a right CRC.";
            return ErrorCode.CorruptMessage;
        }

        info = RecordBatch.ReadInfo(bytes);
        if (info.SizeBytes > limits.MaxBatchBytes)
        {
            message = $"The batch has {info.SizeBytes} bytes; the topic takes {limits.MaxBatchBytes} (max.message.bytes).";
            return ErrorCode.MessageTooLarge;
        }

        if (info.BaseOffset != 0 || info.RecordCount <= 0 || info.LastOffsetDelta != info.RecordCount - 1 || info.IsControl
            || info.IsTransactional || info.Codec != CompressionCodec.None || (info.HasProducerId && info.BaseSequence < 0))
        {
            message = "The batch's header is not that of a plain producer's batch.";
            return ErrorCode.InvalidRecord;
        }

        return CheckRecords(bytes, limits, info, ref message);
    }

    private static ErrorCode CheckRecords(ReadOnlySpan<byte> bytes, PartitionLimits limits, in RecordBatchInfo info, ref string? message)
    {
        var walk = new RecordEnumerator(in info, bytes[RecordBatch.HeaderBytes..]);
        long next = 0;
        while (walk.MoveNext())
        {
            if (walk.Current.Offset != next++ || (limits.RequireKeys && !walk.Current.HasKey))
            {
                message = "A record has a wrong offset, or no key where the topic needs one (cleanup.policy=compact).";
                return ErrorCode.InvalidRecord;
            }
        }

        if (walk.Error != ErrorCode.None)
        {
            message = "The records contradict the batch's header.";
            return ErrorCode.InvalidRecord;
        }

        return ErrorCode.None;
    }
}
