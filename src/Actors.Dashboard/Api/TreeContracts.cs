namespace Actors.Dashboard.Api;

/// <summary>The tree as a whole: answer of <c>GET /api/v1/tree</c>, and part of the overview. zxids and session ids are hexadecimal text,
/// since a number of JavaScript does not hold them.</summary>
/// <param name="Zxid">zxid of the command applied last.</param>
/// <param name="Znodes">Znodes, the built-in ones included.</param>
/// <param name="Ephemerals">Ephemeral ones among them.</param>
/// <param name="DataBytes">Bytes of data.</param>
/// <param name="Sessions">Sessions.</param>
/// <param name="Connections">Connections open now.</param>
/// <param name="Watches">Watches of this node's connections.</param>
/// <param name="WatchedPaths">Paths they are on.</param>
/// <param name="Outstanding">Requests that have come and are not answered.</param>
/// <param name="Answered">Requests answered since the process started.</param>
/// <param name="RequestsPerSecond">Requests answered per second.</param>
/// <param name="WritesPerSecond">zxids given per second.</param>
/// <param name="LatencyMs">Mean time of the requests answered in the last interval, ms; 0 if there were none.</param>
/// <param name="MinLatencyMs">The shortest since the process started, ms.</param>
/// <param name="MeanLatencyMs">The mean since the process started, ms.</param>
/// <param name="MaxLatencyMs">The longest since the process started, ms.</param>
public sealed record TreeSummary(
    string Zxid,
    int Znodes,
    int Ephemerals,
    long DataBytes,
    int Sessions,
    long Connections,
    int Watches,
    int WatchedPaths,
    long Outstanding,
    long Answered,
    double RequestsPerSecond,
    double WritesPerSecond,
    double LatencyMs,
    double MinLatencyMs,
    double MeanLatencyMs,
    double MaxLatencyMs);

/// <summary>Answer of <c>GET /api/v1/tree/znode?path=/PATH</c>: what anybody may see of a znode.</summary>
/// <param name="Path">The path.</param>
/// <param name="Outcome"><c>ok</c>, <c>no-znode</c>, or <c>no-permission</c>: <c>world:anyone</c> may not read it.</param>
/// <param name="Zxid">zxid of the command applied last, when this was read.</param>
/// <param name="Znode">Its Stat and kind, or null.</param>
/// <param name="Data">The beginning of its data, or null.</param>
/// <param name="Acl">Its access list, or null where that may not be read either. Digests are hidden.</param>
/// <param name="Watches">Watches on it by this node's connections.</param>
/// <param name="Watchers">Who watches, up to <see cref="TreeReader.MaxWatchersPerPath"/>.</param>
public sealed record ZnodeAnswer(
    string Path, string Outcome, string Zxid, ZnodeInfo? Znode, DataPreview? Data, IReadOnlyList<AclInfo>? Acl, int Watches,
    IReadOnlyList<WatcherInfo> Watchers);

/// <summary>A znode's Stat under ZooKeeper's names, and its kind.</summary>
/// <param name="Kind"><c>persistent</c>, <c>ephemeral</c>, <c>container</c> or <c>ttl</c>.</param>
/// <param name="LooksSequential">Its name ends as a numbered znode's does; whether it was made so is not remembered.</param>
/// <param name="TtlMs">Time to live in ms, or -1.</param>
/// <param name="Czxid">zxid of its creation.</param>
/// <param name="Mzxid">zxid of the last change of its data.</param>
/// <param name="Pzxid">zxid of the last create or delete of a child.</param>
/// <param name="CtimeMs">Time of its creation, milliseconds since 1970.</param>
/// <param name="MtimeMs">Time of the last change of its data.</param>
/// <param name="Version">Changes of its data.</param>
/// <param name="Cversion">Changes of its children.</param>
/// <param name="Aversion">Changes of its access list.</param>
/// <param name="EphemeralOwner">The session it goes with, or null.</param>
/// <param name="DataLengthBytes">Bytes of its data.</param>
/// <param name="ChildCount">Its children.</param>
public sealed record ZnodeInfo(
    string Kind,
    bool LooksSequential,
    long TtlMs,
    string Czxid,
    string Mzxid,
    string Pzxid,
    long CtimeMs,
    long MtimeMs,
    int Version,
    int Cversion,
    int Aversion,
    string? EphemeralOwner,
    int DataLengthBytes,
    int ChildCount);

/// <summary>The beginning of a znode's data.</summary>
/// <param name="IsNull">There is none, which is not the same as empty.</param>
/// <param name="LengthBytes">Bytes of all of it.</param>
/// <param name="IsCut">Whether this is only the first <see cref="TreeReader.PreviewBytes"/>.</param>
/// <param name="Text">The same as text if it is UTF-8 without control characters, or null.</param>
/// <param name="Base64">The bytes.</param>
public sealed record DataPreview(bool IsNull, int LengthBytes, bool IsCut, string? Text, string Base64);

/// <summary>One entry of an access list.</summary>
/// <param name="Scheme">The scheme.</param>
/// <param name="Id">Who.</param>
/// <param name="Permissions">Letters as zkCli shows them: c, d, r, w, a.</param>
public sealed record AclInfo(string Scheme, string Id, string Permissions);

/// <summary>Who watches a path.</summary>
/// <param name="Session">The session, or null if the watcher has none.</param>
/// <param name="Mode"><c>data</c>, <c>child</c>, <c>persistent</c> or <c>persistent-recursive</c>.</param>
public sealed record WatcherInfo(string? Session, string Mode);

/// <summary>Answer of <c>GET /api/v1/tree/children?path=/PATH</c>.</summary>
/// <param name="Path">The path.</param>
/// <param name="Outcome">As in <see cref="ZnodeAnswer"/>.</param>
/// <param name="Pzxid">zxid of the last create or delete of a child; empty without permission.</param>
/// <param name="Count">Its children.</param>
/// <param name="Matching">Those that match the filter.</param>
/// <param name="HasMore">There are matching ones behind this page: ask again with <c>after</c>.</param>
/// <param name="IsWhole">False if the walk over very many children was given up.</param>
/// <param name="Children">The page, in ordinal order of name.</param>
public sealed record ChildrenAnswer(
    string Path, string Outcome, string Pzxid, int Count, int Matching, bool HasMore, bool IsWhole, IReadOnlyList<ChildInfo> Children);

/// <summary>One child.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">As in <see cref="ZnodeInfo"/>; <c>hidden</c> if <c>world:anyone</c> may not read it.</param>
/// <param name="LooksSequential">As in <see cref="ZnodeInfo"/>.</param>
/// <param name="DataLengthBytes">Bytes of its data, or -1.</param>
/// <param name="ChildCount">Its children, or -1.</param>
public sealed record ChildInfo(string Name, string Kind, bool LooksSequential, int DataLengthBytes, int ChildCount);

/// <summary>Answer of <c>GET /api/v1/tree/stats?path=/A&amp;path=/B</c>: whether what is shown has changed.</summary>
/// <param name="Zxid">zxid of the command applied last, when this was read.</param>
/// <param name="Stats">One for each path, in order.</param>
public sealed record StatsAnswer(string Zxid, IReadOnlyList<StatInfo> Stats);

/// <summary>What moves when a znode changes.</summary>
/// <param name="Path">The path.</param>
/// <param name="Outcome">As in <see cref="ZnodeAnswer"/>.</param>
/// <param name="Mzxid">zxid of the last change of its data.</param>
/// <param name="Pzxid">zxid of the last create or delete of a child.</param>
/// <param name="Aversion">Changes of its access list.</param>
public sealed record StatInfo(string Path, string Outcome, string Mzxid, string Pzxid, int Aversion);

/// <summary>Answer of <c>GET /api/v1/tree/sessions</c>.</summary>
/// <param name="Count">Sessions, of which <paramref name="Sessions"/> is one page.</param>
/// <param name="Sessions">The page, in order of ids.</param>
public sealed record SessionsAnswer(int Count, IReadOnlyList<SessionInfo> Sessions);

/// <summary>One session.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Address">Where its connection comes from, or null: it has none here.</param>
/// <param name="ConnectedAtMs">Since when that connection is open, milliseconds since 1970, or -1.</param>
/// <param name="Requests">Requests of that connection, or -1.</param>
/// <param name="TimeoutMs">Agreed timeout, ms.</param>
/// <param name="SilentMs">How long it has been silent, ms.</param>
/// <param name="Ephemerals">Its ephemeral znodes.</param>
/// <param name="WatchedPaths">Paths that it watches on this node.</param>
public sealed record SessionInfo(
    string Id, string? Address, long ConnectedAtMs, long Requests, int TimeoutMs, long SilentMs, int Ephemerals, int WatchedPaths);

/// <summary>Answer of <c>GET /api/v1/tree/session?id=0xID</c>.</summary>
/// <param name="Outcome"><c>ok</c> or <c>no-session</c>.</param>
/// <param name="Session">The session, or null.</param>
/// <param name="Ephemerals">Paths of its ephemeral znodes, up to <see cref="TreeReader.MaxPathsPerAnswer"/>.</param>
/// <param name="Watches">Paths that it watches, up to the same.</param>
/// <param name="Hidden">Paths left out because their parents may not be read by <c>world:anyone</c>.</param>
public sealed record SessionAnswer(
    string Outcome, SessionInfo? Session, IReadOnlyList<string> Ephemerals, IReadOnlyList<string> Watches, int Hidden);

/// <summary>Answer of <c>GET /api/v1/tree/watches</c>.</summary>
/// <param name="Count">Watched paths.</param>
/// <param name="Hidden">Paths left out because their parents may not be read by <c>world:anyone</c>.</param>
/// <param name="Paths">Some of them: out of the first <see cref="TreeReader.MaxWatchesLooked"/>, in ordinal order.</param>
public sealed record WatchesAnswer(int Count, int Hidden, IReadOnlyList<WatchedPathInfo> Paths);

/// <summary>A watched path.</summary>
/// <param name="Path">The path.</param>
/// <param name="Count">Watches on it.</param>
/// <param name="Watchers">Some of those who watch.</param>
public sealed record WatchedPathInfo(string Path, int Count, IReadOnlyList<WatcherInfo> Watchers);
