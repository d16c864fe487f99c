using Actors.Model.Znodes;

namespace Actors.Model.Ports;

/// <summary>
/// Changes of the tree for those who are not a connection of this node: in order, each once, resumable from a position. This node keeps
/// the last changes (a ring of bounded bytes); who asks for older ones is told so.
/// </summary>
public interface ITreeFeeds
{
    /// <summary>Whether changes are applied here: false before the node is ready and after its log has failed.</summary>
    bool IsServing { get; }

    /// <summary>A feed without watches yet.</summary>
    /// <param name="identities">Who listens: of a znode they may not read they are told nothing.</param>
    /// <param name="wake">There is something to read. Called on the apply thread: it notes and returns.</param>
    ITreeFeed Open(IReadOnlyList<ZnodeIdentity> identities, Action wake);
}

/// <summary>
/// One subscriber's changes. Its owner calls one method at a time. A subscriber that falls behind holds nobody up and loses nothing as long
/// as the node's ring reaches back to where it was.
/// </summary>
public interface ITreeFeed : IDisposable
{
    /// <summary>
    /// Changes what is watched, between two commands; answers the zxid of the last one before. An added watch without a position tells what
    /// comes after that zxid; one with a position tells what came after it.
    /// </summary>
    /// <param name="version">Number of the change: reads tell from where on it holds.</param>
    /// <param name="added">Paths to watch, valid ones; one that is watched already goes back to an earlier position.</param>
    /// <param name="removed">Paths to watch no more.</param>
    /// <returns>The zxid, or null if there would be more than <see cref="MaxWatches"/>: nothing was changed.</returns>
    long? Change(int version, ReadOnlySpan<FeedWatch> added, ReadOnlySpan<FeedWatch> removed);

    /// <summary>Reads on: at most one slice, so that commands wait for nobody.</summary>
    FeedRead Read(IFeedSink sink, int maxBytes);

    /// <summary>Up to where everything has been read: also what nobody watches moves a feed on that has nothing to read.</summary>
    FeedRead Progress { get; }

    /// <summary>Most watches of one feed: 100,000.</summary>
    const int MaxWatches = 100_000;
}

/// <summary>A watch of a feed.</summary>
/// <param name="Path">The path.</param>
/// <param name="Mode"><see cref="WatchMode.Persistent"/> or <see cref="WatchMode.PersistentRecursive"/>.</param>
/// <param name="Since">What came after is wanted; null: what comes from now on.</param>
public readonly record struct FeedWatch(ReadOnlyMemory<byte> Path, WatchMode Mode, ChangePosition? Since = null);

/// <summary>Takes changes.</summary>
public interface IFeedSink
{
    /// <summary>A change. The path is the caller's.</summary>
    void Add(ChangePosition position, WatchEventType type, ReadOnlySpan<byte> path);

    /// <summary>For this watch changes may be missing.</summary>
    void AddTooOld(WatchMode mode, ReadOnlySpan<byte> path);
}

/// <summary>What became of a read.</summary>
public enum FeedReadKind
{
    /// <summary>There is nothing; the feed wakes when there is.</summary>
    Idle,
    /// <summary>The sink has changes, or none and the position has moved; there may be more.</summary>
    Read,
    /// <summary>This node does not have the changes that some watches want; the sink has these watches.</summary>
    TooOld,
}

/// <summary>What a read found.</summary>
/// <param name="Kind">What became of it.</param>
/// <param name="Version">The number of the last change of watches that holds for it.</param>
/// <param name="End">Everything up to here has been read; for watches that are too old: what comes after follows.</param>
/// <param name="Oldest">Too old only: from where on this node has changes.</param>
/// <param name="SinceStart">Too old only: nothing was dropped, this process has not seen older changes.</param>
public readonly record struct FeedRead(
    FeedReadKind Kind, int Version, ChangePosition End, ChangePosition Oldest = default, bool SinceStart = false);
