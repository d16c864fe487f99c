using System.Buffers.Binary;
using System.Globalization;
using Actors.Model.Ports;

namespace Actors.Model.Records;

/// <summary>
/// Decides whether a producer's batch may be appended: header relations, CRC, and every record in it. What a good batch allocates:
/// nothing. Source of the rules: Kafka's ProduceRequest.validateRecords, UnifiedLog.analyzeAndValidateRecords and LogValidator; beyond
/// them, the offset deltas of uncompressed records are checked too.
/// </summary>
public static partial class RecordBatchValidator
{
    /// <summary>Most records that are named in a refusal.</summary>
    public const int MaxRecordFaults = 100;

    /// <summary>
    /// Checks the one batch that <paramref name="batch"/> must be. A good batch whose <c>maxTimestamp</c> is not what its records
    /// say is corrected in place, as in Kafka; <paramref name="info"/> is its header then.
    /// </summary>
    /// <param name="batch">The bytes of the partition's records, exactly.</param>
    /// <param name="rules">The topic's rules.</param>
    /// <param name="inflater">For compressed batches.</param>
    /// <param name="nowMs">The clock, ms since 1970.</param>
    /// <param name="info">The header, as far as there is one.</param>
    public static BatchVerdict Validate(
        Memory<byte> batch, in BatchRules rules, IBatchInflater inflater, long nowMs, out RecordBatchInfo info)
    {
        ArgumentNullException.ThrowIfNull(inflater);
        var bytes = batch.Span;
        info = default;
        if (CheckFraming(bytes) is { IsGood: false } misframed)
        {
            return misframed;
        }

        info = RecordBatch.ReadInfo(bytes);
        if (info.SizeBytes > rules.MaxBatchBytes)
        {
            return new BatchVerdict(ErrorCode.MessageTooLarge, string.Create(CultureInfo.InvariantCulture,
                $"The record batch size is {info.SizeBytes} bytes, which exceeds the maximum configured value of {rules.MaxBatchBytes}."));
        }

        if (!RecordBatch.HasValidCrc(bytes))
        {
            return new BatchVerdict(ErrorCode.CorruptMessage, "Record is corrupt: its CRC does not match.");
        }

        if (CheckHeader(info) is { } wrong)
        {
            return Invalid(wrong);
        }

        if (info.Codec > CompressionCodec.Zstd)
        {
            return new BatchVerdict(ErrorCode.UnsupportedCompressionType, $"Unknown compression codec {(int)info.Codec}.");
        }

        return CheckRecords(batch, rules, inflater, nowMs, ref info);
    }

    /// <summary>Checks that the span is one batch of magic 2 and no more.</summary>
    private static BatchVerdict CheckFraming(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return Invalid("Produce requests must have at least one record batch per partition.");
        }

        if (bytes.Length > RecordBatch.MagicAt && bytes[RecordBatch.MagicAt] > RecordBatch.Magic)
        {
            return new BatchVerdict(ErrorCode.CorruptMessage, $"Magic version {bytes[RecordBatch.MagicAt]} is not known.");
        }

        if (bytes.Length > RecordBatch.MagicAt && bytes[RecordBatch.MagicAt] != RecordBatch.Magic)
        {
            return Invalid($"Only record batches with magic version {RecordBatch.Magic} are accepted, not {bytes[RecordBatch.MagicAt]}.");
        }

        if (bytes.Length < RecordBatch.HeaderBytes)
        {
            return new BatchVerdict(ErrorCode.CorruptMessage, $"A record batch of {bytes.Length} bytes is shorter than its header.");
        }

        var sizeBytes = RecordBatch.LogOverheadBytes + (long)BinaryPrimitives.ReadInt32BigEndian(bytes[RecordBatch.LengthAt..]);
        if (sizeBytes < RecordBatch.HeaderBytes || sizeBytes > bytes.Length)
        {
            return new BatchVerdict(ErrorCode.CorruptMessage,
                $"A record batch announces {sizeBytes} bytes where there are {bytes.Length}.");
        }

        return sizeBytes < bytes.Length ? Invalid("Produce requests must have exactly one record batch per partition.") : default;
    }

    private static string? CheckHeader(in RecordBatchInfo info)
    {
        if (info.BaseOffset != 0)
        {
            return $"The baseOffset of the record batch should be 0, but it is {info.BaseOffset}.";
        }

        if (info.RecordCount <= 0)
        {
            return $"Invalid reported count for record batch: {info.RecordCount}.";
        }

        if (info.LastOffsetDelta != info.RecordCount - 1)
        {
            return $"Inconsistent batch offset range: last offset delta {info.LastOffsetDelta} with {info.RecordCount} records.";
        }

        if (info.IsControl)
        {
            return "Clients are not allowed to write control records.";
        }

        if ((info.Attributes & ~(BatchAttributes.CodecMask | BatchAttributes.LogAppendTime | BatchAttributes.Transactional)) != 0)
        {
            return $"The attributes 0x{(ushort)info.Attributes:X4} of the record batch are not a producer's.";
        }

        return info.HasProducerId && (info.BaseSequence < 0 || info.ProducerEpoch < 0)
            ? $"Invalid sequence number {info.BaseSequence} or epoch {info.ProducerEpoch} in record batch with producerId {info.ProducerId}."
            : null;
    }

    private static BatchVerdict CheckRecords(
        Memory<byte> batch, in BatchRules rules, IBatchInflater inflater, long nowMs, ref RecordBatchInfo info)
    {
        RecordSummary summary;
        if (info.Codec == CompressionCodec.None)
        {
            summary = RecordWalk.Walk(batch.Span[RecordBatch.HeaderBytes..], info, out var broken);
            if (broken is { } fault)
            {
                return Broken(fault);
            }
        }
        else if (rules.ValidateCompressed || rules.RequireKeys)
        {
            var walker = new RecordWalker(info);
            var error = inflater.Inflate(info.Codec, batch[RecordBatch.HeaderBytes..], rules.MaxInflatedBytes, walker);
            if (error != ErrorCode.None && walker.Broken is null)
            {
                return new BatchVerdict(error, $"The records do not inflate as {info.Codec}, or to more than {rules.MaxInflatedBytes} bytes.");
            }

            walker.Finish();
            if (walker.Broken is { } fault)
            {
                return Broken(fault);
            }

            summary = walker.Summary;
        }
        else
        {
            summary = new RecordSummary(info.BaseTimestampMs, info.MaxTimestampMs, 0);
        }

        return Judge(batch, rules, inflater, nowMs, summary, ref info);
    }

    private static BatchVerdict Broken(in RecordFault fault) => new(ErrorCode.InvalidRecord, fault.Message, [fault]);

    private static BatchVerdict Invalid(string message) => new(ErrorCode.InvalidRecord, message);
}
