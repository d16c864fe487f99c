namespace Actors.Model.Records;

/// <summary>What a producer's batch must obey, besides the format.</summary>
public readonly record struct BatchRules
{
    /// <summary>
    /// Default of <see cref="MaxInflatedBytes"/>: 64 MiB. Kafka has no such limit; its producers put at most about max.request.size
    /// (1 MiB) into a batch before compression.
    /// </summary>
    public const long DefaultMaxInflatedBytes = 64L << 20;

    /// <summary><c>max.message.bytes</c>: the largest batch, in bytes.</summary>
    public required int MaxBatchBytes { get; init; }

    /// <summary>Most bytes a compressed batch may hold: a bomb is refused there.</summary>
    public long MaxInflatedBytes { get; init; }

    /// <summary>Whether the leader stamps the time; the producer's timestamps are then of no interest.</summary>
    public bool LogAppendTime { get; init; }

    /// <summary>How far a timestamp may be behind the clock, in ms.</summary>
    public long TimestampBeforeMaxMs { get; init; }

    /// <summary>How far a timestamp may be ahead of the clock, in ms.</summary>
    public long TimestampAfterMaxMs { get; init; }

    /// <summary>Whether every record needs a key (compacted topics).</summary>
    public bool RequireKeys { get; init; }

    /// <summary>Whether compressed records are inflated and walked.</summary>
    public bool ValidateCompressed { get; init; }
}

/// <summary>One record that broke a rule (KIP-467).</summary>
/// <param name="Index">Index of the record in its batch.</param>
/// <param name="Message">What is wrong.</param>
public readonly record struct RecordFault(int Index, string Message);

/// <summary>Outcome of <see cref="RecordBatchValidator.Validate"/>.</summary>
/// <param name="Error">None, CorruptMessage, InvalidRecord, MessageTooLarge, InvalidTimestamp or UnsupportedCompressionType.</param>
/// <param name="Message">What is wrong, for the client; null if nothing is.</param>
/// <param name="Records">The records at fault, if it is them: at most <see cref="RecordBatchValidator.MaxRecordFaults"/>.</param>
public readonly record struct BatchVerdict(ErrorCode Error, string? Message, IReadOnlyList<RecordFault>? Records = null)
{
    /// <summary>Whether the batch may be appended.</summary>
    public bool IsGood => Error == ErrorCode.None;
}
