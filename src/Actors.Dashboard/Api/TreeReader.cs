using System.Globalization;
using System.Text;
using Actors.Model.Ports;
using Actors.Model.Znodes;

namespace Actors.Dashboard.Api;

/// <summary>
/// Znodes for the API, read as <c>world:anyone</c>: a znode that not everybody may read is told of by its name only, as any client of
/// ZooKeeper's protocol without an identity would see it.
/// </summary>
internal static partial class TreeReader
{
    /// <summary>Bytes of data in a preview: 4 KiB.</summary>
    public const int PreviewBytes = 4096;

    /// <summary>Most children in one answer: 500.</summary>
    public const int MaxChildrenPerAnswer = 500;

    /// <summary>Most paths that one request asks the stats of: 100.</summary>
    public const int MaxStatsPerAnswer = 100;

    /// <summary>Most listings of children at a time: 2. A znode may have very many, and each listing walks over all of them.</summary>
    public const int MaxListingsAtATime = 2;

    /// <summary>Nobody in particular.</summary>
    public static readonly IReadOnlyList<ZnodeIdentity> Anyone = [];

    private static readonly SemaphoreSlim s_listings = new(MaxListingsAtATime);

    /// <summary>One znode.</summary>
    public static ZnodeAnswer Read(ILocalTree tree, string path)
    {
        var bytes = Encoding.UTF8.GetBytes(path);
        var view = tree.BeginReads();
        ZnodeAnswer answer;
        try
        {
            var error = view.Describe(bytes, Anyone, out var znode);
            view.GetData(bytes, Anyone, out var data, out var isNull, out _);
            var mayKnowAcl = view.GetAcl(bytes, Anyone, out var acl, out _) == TreeErrorCode.Ok;
            var isOk = error == TreeErrorCode.Ok;
            answer = new ZnodeAnswer(
                path,
                OutcomeOf(error),
                Hex(view.LastZxid),
                isOk ? Convert(NameOf(path), znode) : null,
                isOk ? Preview(data, isNull) : null,
                mayKnowAcl ? [.. acl.Select(Convert)] : null,
                0,
                []);
        }
        finally
        {
            tree.EndReads();
        }

        if (answer.Outcome == NoPermission)
        {
            return answer;
        }

        var watched = tree.ListWatchers(bytes, MaxWatchersPerPath);
        return answer with { Watches = watched.Count, Watchers = [.. watched.Watchers.Select(Convert)] };
    }

    /// <summary>A page of children with what everybody may know of each.</summary>
    public static async Task<ChildrenAnswer> ListAsync(ILocalTree tree, string path, ZnodeChildrenQuery query, CancellationToken cancellationToken)
    {
        await s_listings.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return List(tree, path, query);
        }
        finally
        {
            s_listings.Release();
        }
    }

    /// <summary>What moves when znodes change.</summary>
    public static StatsAnswer ReadStats(ILocalTree tree, IEnumerable<string?> paths)
    {
        var stats = new List<StatInfo>();
        var view = tree.BeginReads();
        try
        {
            foreach (var path in paths.Take(MaxStatsPerAnswer))
            {
                var error = view.Describe(Encoding.UTF8.GetBytes(path ?? ""), Anyone, out var znode);
                stats.Add(new StatInfo(path ?? "", OutcomeOf(error), Hex(znode.Stat.Mzxid), Hex(znode.Stat.Pzxid), znode.Stat.Aversion));
            }

            return new StatsAnswer(Hex(view.LastZxid), stats);
        }
        finally
        {
            tree.EndReads();
        }
    }

    /// <summary>As zkCli shows zxids and session ids.</summary>
    public static string Hex(long value) => "0x" + value.ToString("x", CultureInfo.InvariantCulture);

    private static ChildrenAnswer List(ILocalTree tree, string path, in ZnodeChildrenQuery query)
    {
        var parent = Encoding.UTF8.GetBytes(path);
        var error = tree.ListChildren(parent, Anyone, query, out var page);
        var children = new List<ChildInfo>(page.Names.Count);
        if (error == TreeErrorCode.Ok)
        {
            byte[] prefix = parent.AsSpan().SequenceEqual("/"u8) || parent.Length == 0 ? [(byte)'/'] : [.. parent, (byte)'/'];
            var view = tree.BeginReads();
            try
            {
                foreach (var name in page.Names)
                {
                    Add(children, name, view.Describe([.. prefix, .. name], Anyone, out var znode), znode);
                }
            }
            finally
            {
                tree.EndReads();
            }
        }

        return new ChildrenAnswer(
            path, OutcomeOf(error), error == TreeErrorCode.Ok ? Hex(page.Parent.Pzxid) : "", page.Parent.ChildCount, page.Matching, page.HasMore,
            page.IsWhole, children);
    }

    private static void Add(List<ChildInfo> children, byte[] name, TreeErrorCode error, in ZnodeDescription znode)
    {
        var text = Encoding.UTF8.GetString(name);
        if (error == TreeErrorCode.Ok)
        {
            children.Add(new ChildInfo(text, KindOf(znode.Kind), LooksSequential(text), znode.Stat.DataLengthBytes, znode.Stat.ChildCount));
        }
        else if (error == TreeErrorCode.NoAuth)
        {
            children.Add(new ChildInfo(text, "hidden", LooksSequential(text), -1, -1));
        } // else it has gone since the page was taken
    }

    private static DataPreview Preview(ReadOnlySpan<byte> data, bool isNull)
    {
        var shown = data[..Math.Min(data.Length, PreviewBytes)];
        var isCut = shown.Length < data.Length;
        return new DataPreview(isNull, data.Length, isCut, PreviewText.TryRead(shown, isCut), System.Convert.ToBase64String(shown));
    }
}
