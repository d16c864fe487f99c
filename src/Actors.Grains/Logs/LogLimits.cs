namespace Actors.Grains;

/// <summary>Limits of the grains' way into the logs. What is above one is answered Busy or refused, never queued.</summary>
internal static class LogLimits
{
    /// <summary>Appends of one grain that may wait for the disk at a time: 256, of at most 1 MiB each.</summary>
    public const int MaxPendingAppends = 256;

    /// <summary>Reads of one grain that may wait for a record at a time: 1,000.</summary>
    public const int MaxWaitingReads = 1000;

    /// <summary>
    /// Most bytes a compressed batch may have once inflated, 16 MiB: a grain's answers are never compressed, since a client would need
    /// every codec. A larger one is refused; a Kafka client reads it.
    /// </summary>
    public const int MaxInflatedBytes = 16 * 1024 * 1024;

    /// <summary>How long an append waits for memory while the node is at its budget: 1 s, then it is answered Busy.</summary>
    public static TimeSpan MaxMemoryWait { get; } = TimeSpan.FromSeconds(1);
}
