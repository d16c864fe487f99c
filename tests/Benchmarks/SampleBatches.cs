using Actors.Model;
using Actors.Model.Ports;
using Actors.Model.Records;

namespace Benchmarks;

/// <summary>Whole, valid, uncompressed batches of 100-byte records.</summary>
internal static class SampleBatches
{
    public const long TimestampMs = 1_700_000_000_000;
    private const int ValueBytes = 100;

    private static readonly BatchRules Rules = new()
    {
        MaxBatchBytes = 2 * 1024 * 1024,
        MaxInflatedBytes = BatchRules.DefaultMaxInflatedBytes,
        TimestampBeforeMaxMs = long.MaxValue,
        TimestampAfterMaxMs = 3_600_000,
    };

    /// <summary>A batch filled up to so many bytes.</summary>
    public static byte[] Of(int bytes)
    {
        var builder = new RecordBatchBuilder(bytes);
        var record = new Record { Value = new byte[ValueBytes], TimestampMs = TimestampMs };
        while (builder.TryAdd(record))
        {
        }

        return builder.Build();
    }

    /// <summary>Validates as a listener does; a refusal would mean that something else is measured.</summary>
    public static RecordBatchInfo Validate(byte[] batch)
    {
        var verdict = RecordBatchValidator.Validate(batch, Rules, NoCodec.Instance, TimestampMs, out var info);
        return verdict.IsGood ? info : throw new InvalidOperationException($"the sample batch was refused: {verdict.Message}");
    }

    private sealed class NoCodec : IBatchInflater
    {
        public static NoCodec Instance { get; } = new();

        public ErrorCode Inflate(CompressionCodec codec, ReadOnlyMemory<byte> compressed, long maxBytes, IInflatedSink sink) =>
            ErrorCode.UnsupportedCompressionType;

        public byte[] Deflate(CompressionCodec codec, ReadOnlySpan<byte> records) => throw new NotSupportedException();
    }
}
