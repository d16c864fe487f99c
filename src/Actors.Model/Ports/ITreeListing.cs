using Actors.Model.Znodes;

namespace Actors.Model.Ports;

/// <summary>
/// What people who look after the tree ask, beside what clients may read: for the live page and four-letter words. Every call takes the
/// side of the gate that it needs by itself and for a short time only; long walks are cut into slices between which commands are applied.
/// </summary>
public interface ITreeListing
{
    /// <summary>
    /// One page of a znode's children in ordinal order of their names. A znode with very many is walked in slices: what comes or goes
    /// meanwhile may be in the page or not.
    /// </summary>
    TreeErrorCode ListChildren(
        ReadOnlySpan<byte> path, IReadOnlyList<ZnodeIdentity> caller, in ZnodeChildrenQuery query, out ZnodeChildrenPage page);

    /// <summary>Sessions in order of their ids, at most <paramref name="limit"/> above <paramref name="afterId"/>.</summary>
    IReadOnlyList<TreeSessionDescription> ListSessions(long afterId, int limit);

    /// <summary>One session; false if there is none.</summary>
    bool TryDescribeSession(long sessionId, out TreeSessionDescription session);

    /// <summary>The paths of a session's ephemeral znodes in ordinal order, out of at most <paramref name="limit"/> of them.</summary>
    IReadOnlyList<byte[]> ListEphemerals(long sessionId, int limit);

    /// <summary>
    /// Watched paths in no order that means anything, at most <paramref name="limit"/>, each with at most <paramref name="maxWatchers"/> of
    /// those who watch it. Takes one hold of the gate: keep the limits low where nobody asked for all.
    /// </summary>
    IReadOnlyList<WatchedPath> ListWatches(int limit, int maxWatchers);

    /// <summary>Who watches one path; no watchers if nobody does.</summary>
    WatchedPath ListWatchers(ReadOnlySpan<byte> path, int maxWatchers);

    /// <summary>The paths that a session watches on this node, in ordinal order, out of at most <paramref name="limit"/> of them.</summary>
    IReadOnlyList<byte[]> ListWatchesOf(long sessionId, int limit);
}

/// <summary>Which children of a znode.</summary>
/// <param name="Contains">Part of the name; ASCII letters in either case where it has no upper-case letter. Empty: all.</param>
/// <param name="After">Names after this one; empty: from the first.</param>
/// <param name="Limit">At most this many.</param>
public readonly record struct ZnodeChildrenQuery(ReadOnlyMemory<byte> Contains, ReadOnlyMemory<byte> After, int Limit);

/// <summary>A page of children.</summary>
/// <param name="Parent">Stat of the znode whose children they are, at the last slice.</param>
/// <param name="Names">The names.</param>
/// <param name="Matching">How many children match, on this page or not.</param>
/// <param name="HasMore">Whether there are matching ones behind this page.</param>
/// <param name="IsWhole">False if the walk was given up: there are too many, or they change too fast.</param>
public sealed record ZnodeChildrenPage(ZnodeStat Parent, IReadOnlyList<byte[]> Names, int Matching, bool HasMore, bool IsWhole)
{
    /// <summary>No children.</summary>
    public static ZnodeChildrenPage None { get; } = new(default, [], 0, false, true);
}

/// <summary>A session as it is now.</summary>
/// <param name="Id">Its id.</param>
/// <param name="TimeoutMs">Agreed timeout, ms.</param>
/// <param name="SilentMs">How long it has not been heard of, ms; late by up to one look at the clock.</param>
/// <param name="Connection">The connection that holds it, on whatever node; -1: none.</param>
/// <param name="Ephemerals">Number of its ephemeral znodes.</param>
/// <param name="WatchedPaths">Paths that it watches on this node.</param>
public readonly record struct TreeSessionDescription(
    long Id, int TimeoutMs, long SilentMs, long Connection, int Ephemerals, int WatchedPaths);

/// <summary>A watched path.</summary>
/// <param name="Path">The path.</param>
/// <param name="Count">Watches on it: a session in a mode.</param>
/// <param name="Watchers">Who they are, up to the limit that was asked for.</param>
public sealed record WatchedPath(byte[] Path, int Count, IReadOnlyList<ZnodeWatcher> Watchers);

/// <summary>Who watches.</summary>
/// <param name="SessionId">The session; 0 if the watcher has none.</param>
/// <param name="Mode">How it watches.</param>
public readonly record struct ZnodeWatcher(long SessionId, WatchMode Mode);
