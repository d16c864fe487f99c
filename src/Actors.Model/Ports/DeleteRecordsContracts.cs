namespace Actors.Model.Ports;

/// <summary>Outcome of <see cref="ILocalPartition.DeleteRecordsAsync"/>.</summary>
/// <param name="Error">
/// None; OffsetOutOfRange: beyond the high watermark, or negative and not -1; PolicyViolation: the topic's <c>cleanup.policy</c> has no
/// <c>delete</c>; NotLeaderOrFollower; KafkaStorageError: the log failed, nothing is known.
/// </param>
/// <param name="LowWatermark">The log start afterwards, Kafka's low watermark of one replica; -1 on an error.</param>
public readonly record struct DeleteRecordsOutcome(ErrorCode Error, long LowWatermark)
{
    /// <summary>As the offset: everything below the high watermark.</summary>
    public const long UpToHighWatermark = -1;
}
