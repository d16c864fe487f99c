using System.Globalization;
using System.Text;
using Actors.Model.Ports;
using Actors.Model.Znodes;

namespace Actors.Dashboard.Api;

/// <summary>Sessions, their ephemerals, and watches. A path is told only if everybody could find it by listing.</summary>
internal static partial class TreeReader
{
    /// <summary>Most sessions in one answer: 500.</summary>
    public const int MaxSessionsPerAnswer = 500;

    /// <summary>Most paths of one session in an answer: 500 of each kind.</summary>
    public const int MaxPathsPerAnswer = 500;

    /// <summary>Watched paths looked at for one answer: 2,000, under one hold of the gate.</summary>
    public const int MaxWatchesLooked = 2000;

    /// <summary>Most watched paths in one answer: 500.</summary>
    public const int MaxWatchesPerAnswer = 500;

    /// <summary>Most watchers told of one path: 100; 10 in a list of paths.</summary>
    public const int MaxWatchersPerPath = 100;

    /// <summary>Ancestors looked at to know whether everybody could find a path: 64; deeper ones are not told.</summary>
    public const int MaxAncestors = 64;

    private const int WatchersInList = 10;

    /// <summary>One page of sessions.</summary>
    public static SessionsAnswer ListSessions(NodePorts ports, long after, int limit) => new(
        ports.Tree.Statistics.Sessions, [.. ports.Tree.ListSessions(after, Math.Min(limit, MaxSessionsPerAnswer)).Select(s => Convert(ports, s))]);

    /// <summary>One session with its paths.</summary>
    public static SessionAnswer ReadSession(NodePorts ports, string id)
    {
        var tree = ports.Tree;
        if (!TryParseId(id, out var number) || !tree.TryDescribeSession(number, out var session))
        {
            return new SessionAnswer("no-session", null, [], [], 0);
        }

        var hidden = 0;
        var ephemerals = Findable(tree, tree.ListEphemerals(number, MaxPathsPerAnswer), ref hidden);
        var watches = Findable(tree, tree.ListWatchesOf(number, MaxPathsPerAnswer), ref hidden);
        return new SessionAnswer("ok", Convert(ports, session), ephemerals, watches, hidden);
    }

    /// <summary>Watched paths with some of their watchers.</summary>
    public static WatchesAnswer ListWatches(ILocalTree tree, int limit)
    {
        var looked = tree.ListWatches(MaxWatchesLooked, WatchersInList);
        var paths = new List<WatchedPathInfo>();
        var hidden = 0;
        var view = tree.BeginReads();
        try
        {
            foreach (var watched in looked)
            {
                if (IsFindable(view, watched.Path))
                {
                    paths.Add(new WatchedPathInfo(
                        Encoding.UTF8.GetString(watched.Path), watched.Count, [.. watched.Watchers.Select(Convert)]));
                }
                else
                {
                    hidden++;
                }
            }
        }
        finally
        {
            tree.EndReads();
        }

        paths.Sort(static (a, b) => string.CompareOrdinal(a.Path, b.Path));
        return new WatchesAnswer(tree.Statistics.WatchedPaths, hidden, [.. paths.Take(Math.Min(limit, MaxWatchesPerAnswer))]);
    }

    /// <summary>A session's id as zkCli shows it: 0x and hexadecimal digits.</summary>
    public static bool TryParseId(string text, out long id)
    {
        var digits = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text.AsSpan(2) : text;
        return long.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out id);
    }

    private static SessionInfo Convert(NodePorts ports, in TreeSessionDescription session)
    {
        var connection = session.Connection < 0 ? null : ports.ZooKeeper?.Find(session.Connection);
        if (connection?.ClientId is { } held && held != Hex(session.Id))
        {
            connection = null; // the number is another node's or an earlier start's, and stands for something else here
        }

        return new SessionInfo(
            Hex(session.Id), connection?.RemoteAddress, connection?.ConnectedAtMs ?? -1, connection?.Requests ?? -1, session.TimeoutMs,
            session.SilentMs, session.Ephemerals, session.WatchedPaths);
    }

    private static List<string> Findable(ILocalTree tree, IReadOnlyList<byte[]> paths, ref int hidden)
    {
        var told = new List<string>(paths.Count);
        var view = tree.BeginReads();
        try
        {
            foreach (var path in paths)
            {
                if (IsFindable(view, path))
                {
                    told.Add(Encoding.UTF8.GetString(path));
                }
                else
                {
                    hidden++;
                }
            }
        }
        finally
        {
            tree.EndReads();
        }

        return told;
    }

    /// <summary>
    /// Whether everybody may list every znode on the way to a path, those that exist: what they could find by themselves. A watched path
    /// that does not exist is told like its nearest ancestor that does.
    /// </summary>
    private static bool IsFindable(ITreeReads tree, ReadOnlySpan<byte> path)
    {
        for (var looked = 0; path.Length > 1; looked++)
        {
            path = ZnodePath.ParentOf(path);
            if (looked >= MaxAncestors || tree.Exists(path, Anyone, out _) == TreeErrorCode.NoAuth)
            {
                return false;
            }
        }

        return true;
    }
}
