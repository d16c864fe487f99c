using Actors.Cluster.Znodes;
using Actors.Model.Ports;
using Actors.Model.Znodes;

namespace Actors.Node.Tree;

/// <summary>Listings for those who look after the tree, none of which keeps commands waiting for long.</summary>
internal sealed partial class LocalTree
{
    /// <summary>Children told under one hold of the gate: 2,000, about 0.2 ms.</summary>
    public const int ChildrenPerSlice = 2000;

    /// <summary>Children looked at for one page: a million.</summary>
    public const int MaxChildrenWalked = 1_000_000;

    /// <summary>Times that a walk begins anew because the child it stood at has gone: 8.</summary>
    public const int MaxWalks = 8;

    public TreeErrorCode ListChildren(
        ReadOnlySpan<byte> path, IReadOnlyList<ZnodeIdentity> caller, in ZnodeChildrenQuery query, out ZnodeChildrenPage page)
    {
        var chosen = new ChosenChildren(query);
        var slice = new NameSlice();
        var cursor = default(ChildCursor);
        var walks = 1;
        ZnodeStat stat;
        for (var left = MaxChildrenWalked; left > 0 && !cursor.IsEnded; left -= ChildrenPerSlice)
        {
            slice.Clear();
            TreeErrorCode error;
            BeginReads();
            try
            {
                error = _host.View.WalkChildren(path, caller, ChildrenPerSlice, ref cursor, slice, out stat);
            }
            finally
            {
                EndReads();
            }

            if (error != TreeErrorCode.Ok)
            {
                page = ZnodeChildrenPage.None;
                return error;
            }

            if (cursor.IsLost)
            {
                if (++walks > MaxWalks)
                {
                    break;
                }

                cursor = default;
                chosen.Clear();
                continue;
            }

            slice.CopyTo(chosen);
            chosen.Parent = stat;
        }

        page = chosen.ToPage(cursor.IsEnded);
        return TreeErrorCode.Ok;
    }

    public IReadOnlyList<TreeSessionDescription> ListSessions(long afterId, int limit)
    {
        // Ids are taken outside of the gate: only the page's own sessions are looked at under it.
        long[] page = [.. _host.Sessions.Ids.Where(id => id > afterId).Order().Take(limit)];
        return Describe(page);
    }

    public bool TryDescribeSession(long sessionId, out TreeSessionDescription session)
    {
        var found = Describe([sessionId]);
        session = found.Count > 0 ? found[0] : default;
        return found.Count > 0;
    }

    public IReadOnlyList<byte[]> ListEphemerals(long sessionId, int limit) => Under(view => view.ListEphemerals(sessionId, limit));

    public IReadOnlyList<WatchedPath> ListWatches(int limit, int maxWatchers) => Under(view => view.ListWatches(limit, maxWatchers));

    public IReadOnlyList<byte[]> ListWatchesOf(long sessionId, int limit) => Under(view => view.ListWatchesOf(sessionId, limit));

    public WatchedPath ListWatchers(ReadOnlySpan<byte> path, int maxWatchers)
    {
        BeginReads();
        try
        {
            return _host.View.ListWatchers(path, maxWatchers);
        }
        finally
        {
            EndReads();
        }
    }

    private List<TreeSessionDescription> Describe(long[] ids) => Under(view =>
    {
        var watches = ids.ToDictionary(id => id, _ => 0);
        view.CountWatches(watches);
        var found = new List<TreeSessionDescription>(ids.Length);
        foreach (var id in ids)
        {
            if (view.TryGetSession(id, out var session) && _host.Sessions.TryGet(id, out var clock))
            {
                found.Add(new TreeSessionDescription(
                    id, session.TimeoutMs, _host.Sessions.SilentMs(clock), session.OwnerConnection, session.EphemeralCount, watches[id]));
            }
        }

        return found;
    });

    private T Under<T>(Func<TreeView, T> read)
    {
        BeginReads();
        try
        {
            return read(_host.View);
        }
        finally
        {
            EndReads();
        }
    }
}
