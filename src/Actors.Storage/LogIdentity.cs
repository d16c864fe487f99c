using Actors.Model;

namespace Actors.Storage;

/// <summary>Which partition a log belongs to; the folder is <c>Topic-Partition</c>, as in Kafka.</summary>
/// <param name="Id">Topic id and partition index.</param>
/// <param name="Topic">The topic's name.</param>
public readonly record struct LogIdentity(TopicPartitionId Id, string Topic);

/// <summary>What a log directory knows of a log without opening it.</summary>
/// <param name="Identity">Which partition.</param>
/// <param name="SizeBytes">Bytes of its segments, as of the last checkpoint for one that is not open.</param>
/// <param name="IsOpen">Whether it is open.</param>
public readonly record struct LogListing(LogIdentity Identity, long SizeBytes, bool IsOpen);

/// <summary>What opening a log found: the log, or why it refuses to open.</summary>
public readonly record struct LogOpening
{
    /// <summary>The log; null if it refuses to open.</summary>
    public PartitionLog? Log { get; init; }

    /// <summary>Why it refuses: what is damaged, where, and which command accepts the loss.</summary>
    public string? Refusal { get; init; }

    /// <summary>What recovery had to cut; null if nothing.</summary>
    public LogCut? Cut { get; init; }
}

/// <summary>An unfinished end that recovery cut off: nothing in it had been acknowledged as synced. Health shows it in yellow.</summary>
/// <param name="Identity">Which partition.</param>
/// <param name="Offset">First offset that is gone; the log ends here.</param>
/// <param name="LastSeenOffset">Last offset seen in what was cut, or -1 if none was readable.</param>
/// <param name="CutBytes">Bytes cut.</param>
/// <param name="KeptIn">The <c>.torn</c> file that keeps the bytes.</param>
public sealed record LogCut(LogIdentity Identity, long Offset, long LastSeenOffset, long CutBytes, string KeptIn);
