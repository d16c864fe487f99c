using Actors.Cluster.Catalog;
using Actors.Model;

namespace Actors.Cluster;

/// <summary>Where a command stands in the log.</summary>
/// <param name="Offset">Its offset.</param>
/// <param name="TimeMs">The time its leader stamped, ms since 1970.</param>
/// <param name="ProducerId">The node's start it came from, or -1 for the leader's own.</param>
public readonly record struct CommandPlace(long Offset, long TimeMs, long ProducerId)
{
    /// <summary>Offset of the first command of its batch: within a batch, identities are written once. Batches are applied as a whole.</summary>
    public long BatchOffset { get; init; } = Offset;
}

/// <summary>What became of a command.</summary>
/// <param name="Error">Ok, or why nothing changed.</param>
/// <param name="Message">A sentence for the user where there is an error.</param>
/// <param name="Topic">The topic after the change.</param>
/// <param name="FirstProducerId">The first id of a block, or -1.</param>
public readonly record struct CommandOutcome(ErrorCode Error, string? Message, TopicState? Topic, long FirstProducerId)
{
    /// <summary>Success with nothing to tell.</summary>
    public static CommandOutcome Done { get; } = new(ErrorCode.None, null, null, -1);

    internal static CommandOutcome Refused(ErrorCode error, string message) => new(error, message, null, -1);

    internal static CommandOutcome Changed(TopicState topic) => new(ErrorCode.None, null, topic, -1);
}

/// <summary>The cluster log holds what cannot be applied: this process must not go on.</summary>
public sealed class ClusterLogException : Exception
{
    /// <summary>An exception without a reason.</summary>
    public ClusterLogException()
    {
    }

    /// <summary>An exception that says what is wrong.</summary>
    public ClusterLogException(string message)
        : base(message)
    {
    }

    /// <summary>An exception that says what is wrong and why.</summary>
    public ClusterLogException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
