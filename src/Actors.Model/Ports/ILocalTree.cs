using Actors.Model.Znodes;

namespace Actors.Model.Ports;

/// <summary>
/// The znode tree on this node: writes go through the cluster log and are answered when they are applied here; reads see the tree between
/// two commands. Nothing blocks: who asks is called back.
/// </summary>
public interface ILocalTree : ITreeListing
{
    /// <summary>zxid of the command applied last.</summary>
    long LastZxid { get; }

    /// <summary>Whether writes are taken.</summary>
    bool IsServing { get; }

    /// <summary>How large the tree is.</summary>
    TreeStatistics Statistics { get; }

    /// <summary>An id that no session has had.</summary>
    long NewSessionId();

    /// <summary>The 16 bytes that prove that somebody opened a session.</summary>
    void WritePassword(long sessionId, Span<byte> into);

    /// <summary>The session's timeout and what is to be told that it lives; false if there is none.</summary>
    bool TryGetSession(long sessionId, out TreeSessionView session);

    /// <summary>Opens, takes over or closes a session. <paramref name="owner"/> is told when the session ends or moves on.</summary>
    void SubmitSession(TreeSessionChange change, in SessionCaller caller, int timeoutMs, ITreeSessionOwner? owner, ITreeReply reply);

    /// <summary>Hands a write over; <see cref="Send"/> has to follow.</summary>
    void Submit(in SessionCaller caller, in ZnodeWrite write, ITreeReply reply);

    /// <summary>Hands several writes over that are done together or not at all.</summary>
    void SubmitMulti(in SessionCaller caller, ReadOnlySpan<ZnodeWrite> writes, ITreeReply reply);

    /// <summary>Hands over a write that could not be understood: its error takes a place, and a zxid, like any other.</summary>
    void SubmitFailed(in SessionCaller caller, TreeErrorCode error, ITreeReply reply);

    /// <summary>Sends what was handed over since; once for all that came together.</summary>
    void Send();

    /// <summary>Gives a small number for the watches of a connection.</summary>
    int AddWatcher(ITreeSessionOwner owner);

    /// <summary>The connection is gone, and its watches with it.</summary>
    void RemoveWatcher(int watcher);

    /// <summary>
    /// Waits until this node has applied a zxid. False: it has not within <paramref name="patience"/>, or too many wait.
    /// </summary>
    Task<bool> WaitAppliedAsync(long zxid, TimeSpan patience, CancellationToken cancellationToken);

    /// <summary>Begins reading: no command is applied until <see cref="EndReads"/>, on the same thread and soon.</summary>
    ITreeView BeginReads();

    /// <summary>Ends reading.</summary>
    void EndReads();
}

/// <summary>Who wants something of the tree.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="Connection">The connection that holds it here; -1 where sessions have no owner, as those of grains.</param>
/// <param name="Identities">What the connection has shown; the same list object for every command that has the same.</param>
/// <param name="Operation">Number of a write within its session, from 1 on, where a repetition is to be recognized; else 0.</param>
/// <param name="LowestUnanswered">Results of writes below it are no longer needed.</param>
public readonly record struct SessionCaller(
    long SessionId, long Connection, IReadOnlyList<ZnodeIdentity> Identities, long Operation = 0, long LowestUnanswered = 0);

/// <summary>How large the tree is.</summary>
/// <param name="Znodes">Znodes, the built-in ones included.</param>
/// <param name="Ephemerals">Ephemeral ones among them.</param>
/// <param name="DataBytes">Bytes of data.</param>
/// <param name="Sessions">Sessions.</param>
/// <param name="Watches">Watches of this node's connections.</param>
/// <param name="WatchedPaths">Paths they are on.</param>
public readonly record struct TreeStatistics(int Znodes, int Ephemerals, long DataBytes, int Sessions, int Watches, int WatchedPaths);

/// <summary>Changes of a session.</summary>
public enum TreeSessionChange
{
    /// <summary>It begins.</summary>
    Open,
    /// <summary>A connection takes it over.</summary>
    Move,
    /// <summary>It ends, and its ephemeral znodes with it.</summary>
    Close,
}

/// <summary>What a node knows of a session.</summary>
/// <param name="TimeoutMs">Agreed timeout, in ms.</param>
/// <param name="Pulse">Where its requests are noted.</param>
public readonly record struct TreeSessionView(int TimeoutMs, SessionPulse Pulse);

/// <summary>The clock of a node's sessions, as it was looked at last: it stands still while the node does.</summary>
public sealed class SessionTime
{
    private long _nowMs;

    /// <summary>Milliseconds, late by up to one look.</summary>
    public long NowMs
    {
        get => Volatile.Read(ref _nowMs);
        set => Volatile.Write(ref _nowMs, value);
    }
}

/// <summary>When a session was last heard of; shared by who hears and who counts the silence.</summary>
public sealed class SessionPulse
{
    private readonly SessionTime _time;
    private long _lastMs;

    /// <summary>A pulse that begins now.</summary>
    public SessionPulse(SessionTime time)
    {
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
        _lastMs = time.NowMs;
    }

    /// <summary>When it was heard of.</summary>
    public long LastMs => Volatile.Read(ref _lastMs);

    /// <summary>It was heard of. Any thread.</summary>
    public void Beat() => Volatile.Write(ref _lastMs, _time.NowMs);
}

/// <summary>Whoever serves a session on this node. Called by the thread that applies commands: it notes and returns.</summary>
public interface ITreeSessionOwner
{
    /// <summary>The session it serves now; 0: none yet, or one that watches are not told by.</summary>
    long SessionId => 0;

    /// <summary>The session has ended.</summary>
    void OnSessionEnded();

    /// <summary>Another connection has taken the session over.</summary>
    void OnSessionMoved();

    /// <summary>Who the connection has shown to be: an event goes only to those who may read the znode.</summary>
    IReadOnlyList<ZnodeIdentity> Identities { get; }

    /// <summary>Something it watches has changed. The path is the caller's.</summary>
    void OnEvent(long zxid, WatchEventType type, ReadOnlySpan<byte> path);

    /// <summary>The same, for who wants to know which of the command's changes it was.</summary>
    void OnEvent(ChangePosition position, WatchEventType type, ReadOnlySpan<byte> path) => OnEvent(position.Zxid, type, path);

    /// <summary>The commands of a round are applied, and one or more of its replies or events are there. Once per round.</summary>
    void OnRoundEnd();

    /// <summary>
    /// The same, of a round with few commands and nobody else to tell: what is there may be sent now, on the caller's thread, as far as that
    /// blocks nowhere.
    /// </summary>
    void OnShortRoundEnd() => OnRoundEnd();
}

/// <summary>A place for an outcome.</summary>
public interface ITreeReply
{
    /// <summary>
    /// The command was applied; called before the next one is. Takes what it wants of both now. Answers who is to be woken at the end of
    /// the round, or null.
    /// </summary>
    ITreeSessionOwner? OnApplied(ITreeOutcome outcome, ITreeView tree);

    /// <summary>The node cannot tell what becomes of the command: it stops, or its log has failed. Any thread.</summary>
    void OnLost();
}

/// <summary>What became of a command: one result per operation.</summary>
public interface ITreeOutcome
{
    /// <summary>Its zxid.</summary>
    long ZxidValue { get; }

    /// <summary>Error of its only operation; none for a multi.</summary>
    TreeErrorCode Error { get; }

    /// <summary>Number of results.</summary>
    int ResultCount { get; }

    /// <summary>Error of an operation.</summary>
    TreeErrorCode ErrorOf(int index);

    /// <summary>The znode after an operation, where there is one to tell of.</summary>
    ZnodeStat StatOf(int index);

    /// <summary>The path that a create gave.</summary>
    ReadOnlySpan<byte> PathOf(int index);
}

/// <summary>The tree at rest. Bytes it gives out are the tree's own: copy what is wanted longer.</summary>
public interface ITreeReads
{
    /// <summary>zxid of the command applied last.</summary>
    long LastZxid { get; }

    /// <summary>Data and Stat.</summary>
    TreeErrorCode GetData(
        ReadOnlySpan<byte> path, IReadOnlyList<ZnodeIdentity> caller, out ReadOnlySpan<byte> data, out bool isNull, out ZnodeStat stat);

    /// <summary>Stat.</summary>
    TreeErrorCode Exists(ReadOnlySpan<byte> path, IReadOnlyList<ZnodeIdentity> caller, out ZnodeStat stat);

    /// <summary>Stat and kind; needs the right to read it, as <see cref="Exists"/> does.</summary>
    TreeErrorCode Describe(ReadOnlySpan<byte> path, IReadOnlyList<ZnodeIdentity> caller, out ZnodeDescription znode);

    /// <summary>Names of the children, told to a sink: first how many, then each.</summary>
    TreeErrorCode GetChildren(ReadOnlySpan<byte> path, IReadOnlyList<ZnodeIdentity> caller, IZnodeNames names, out ZnodeStat stat);

    /// <summary>Access list and Stat.</summary>
    TreeErrorCode GetAcl(ReadOnlySpan<byte> path, IReadOnlyList<ZnodeIdentity> caller, out IReadOnlyList<ZnodeAcl> acl, out ZnodeStat stat);

    /// <summary>How many znodes are below a path.</summary>
    TreeErrorCode GetAllChildrenNumber(ReadOnlySpan<byte> path, IReadOnlyList<ZnodeIdentity> caller, out int count);

    /// <summary>The session's own ephemeral znodes whose paths begin with a prefix.</summary>
    IReadOnlyList<byte[]> GetEphemerals(long sessionId, ReadOnlySpan<byte> prefix);
}

/// <summary>The tree at rest, and the watches: what is registered here is told from the next command on.</summary>
public interface ITreeView : ITreeReads
{
    /// <summary>Watches a path; false if the watcher has too many.</summary>
    bool Watch(int watcher, WatchMode mode, ReadOnlySpan<byte> path);

    /// <summary>Whether a path is watched so; in any mode if none is given.</summary>
    bool IsWatched(int watcher, WatchMode? mode, ReadOnlySpan<byte> path);

    /// <summary>Ends a watch, or all of a path; false if there is none.</summary>
    bool Unwatch(int watcher, WatchMode? mode, ReadOnlySpan<byte> path);

    /// <summary>
    /// What a client that was away since a zxid is to be told of a path it watched, or null: the watch is to be set again. None of either if
    /// it may not read the znode.
    /// </summary>
    WatchEventType? FindMissed(RewatchKind kind, ReadOnlySpan<byte> path, long sinceZxid, IReadOnlyList<ZnodeIdentity> caller, out bool mayRead);
}

/// <summary>Takes names.</summary>
public interface IZnodeNames
{
    /// <summary>So many follow.</summary>
    void Begin(int count);

    /// <summary>The next one.</summary>
    void Add(ReadOnlySpan<byte> name);
}
