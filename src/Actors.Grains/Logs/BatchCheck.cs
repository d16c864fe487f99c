using Actors.Model.Ports;
using Actors.Model.Records;

namespace Actors.Grains;

/// <summary>Whether the bytes of a call are one batch that the log may take: the rules are those of a Kafka producer's batch.</summary>
internal static class BatchCheck
{
    /// <summary>The verdict; a wrong <c>maxTimestamp</c> is corrected in place, as in Kafka.</summary>
    public static BatchVerdict Check(
        Memory<byte> batch, PartitionLimits limits, IBatchInflater inflater, long nowMs, out RecordBatchInfo info)
    {
        var rules = new BatchRules
        {
            MaxBatchBytes = limits.MaxBatchBytes,
            MaxInflatedBytes = LogLimits.MaxInflatedBytes, // what could not be read back through a grain is not taken through one
            LogAppendTime = limits.LogAppendTime,
            TimestampBeforeMaxMs = limits.TimestampBeforeMaxMs,
            TimestampAfterMaxMs = limits.TimestampAfterMaxMs,
            RequireKeys = limits.RequireKeys,
            ValidateCompressed = true,
        };
        var verdict = RecordBatchValidator.Validate(batch, rules, inflater, nowMs, out info);
        return verdict.IsGood && info.IsTransactional
            ? new BatchVerdict(ErrorCode.InvalidTxnState, "Grain calls append outside of transactions only.")
            : verdict;
    }
}

/// <summary>Where no codec is there: compressed batches are neither taken nor read.</summary>
internal sealed class NoInflater : IBatchInflater
{
    public ErrorCode Inflate(CompressionCodec codec, ReadOnlyMemory<byte> compressed, long maxBytes, IInflatedSink sink) =>
        ErrorCode.UnsupportedCompressionType;

    public byte[] Deflate(CompressionCodec codec, ReadOnlySpan<byte> records) =>
        throw new NotSupportedException("This silo has no compression codecs.");
}
