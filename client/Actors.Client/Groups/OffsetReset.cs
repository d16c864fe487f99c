namespace Actors.Client;

/// <summary>
/// Where a group begins that has committed no offset for a partition, or whose offset is not in the log any more since retention has
/// outrun it: Kafka's <c>auto.offset.reset</c>.
/// </summary>
public enum OffsetReset
{
    /// <summary>Behind the last record: only what comes from now on. Kafka's default.</summary>
    Latest = 0,
    /// <summary>At the first record that is kept.</summary>
    Earliest = 1,
    /// <summary>Nowhere: reading ends with a <see cref="NoOffsetException"/>.</summary>
    None = 2,
}
