using System.Collections.Immutable;
using Actors.Abstractions;
using Actors.Model.Znodes;

namespace Actors.Streams;

/// <summary>What the silo is to watch. Under the lock.</summary>
internal sealed partial class WatchSession
{
    /// <summary>Everything, for a new subscription: each from where it was.</summary>
    private WatchChange ChangeAll()
    {
        Fold();
        (_endVersion, _end) = (0, default);
        _version++;
        _added.Clear();
        _removed.Clear();
        var added = ImmutableArray.CreateBuilder<ZnodeWatch>(_watched.Count);
        foreach (var (key, handles) in _watched)
        {
            foreach (var handle in handles)
            {
                handle.Version = _version;
            }

            added.Add(ToWatch(key, handles));
        }

        return new WatchChange { Version = _version, Added = added.ToImmutable() };
    }

    /// <summary>What has changed since; nothing, and the number stays.</summary>
    private WatchChange ChangeSome()
    {
        if (_added.Count + _removed.Count == 0)
        {
            return new WatchChange { Version = _version };
        }

        _version++;
        var added = _added.GroupBy(h => (h.Path, h.IsRecursive)).Select(g => ToWatch(g.Key, g)).ToImmutableArray();
        var removed = _removed.Where(key => !_watched.ContainsKey(key))
            .Select(key => new ZnodeWatch { Path = key.Path, IsRecursive = key.IsRecursive }).ToImmutableArray();
        foreach (var handle in _added)
        {
            handle.Version = _version;
        }

        _added.Clear();
        _removed.Clear();
        return new WatchChange { Version = _version, Added = added, Removed = removed };
    }

    /// <summary>From the earliest place that one of them wants.</summary>
    private static ZnodeWatch ToWatch((string Path, bool IsRecursive) key, IEnumerable<WatchHandle> handles)
    {
        ChangePosition? since = null;
        foreach (var handle in handles)
        {
            since = handle.Position is { } position && (since is null || position < since) ? position : since;
        }

        return new ZnodeWatch
        {
            Path = key.Path, IsRecursive = key.IsRecursive, SinceZxid = since?.Zxid ?? -1, SinceIndex = since?.Index ?? 0,
        };
    }

    /// <summary>The silo has answered a change: its subscriptions begin, or are told why they do not. False: the subscription is lost.</summary>
    private bool Took(WatchChange change, TreeAnswer<WatchChanged> answer)
    {
        List<WatchHandle> concerned;
        lock (_gate)
        {
            concerned = [.. _watched.Values.SelectMany(h => h).Where(h => h.Version == change.Version)];
            if (answer.IsDone)
            {
                concerned.ForEach(h => h.Begin(answer.Zxid));
                return true;
            }
        }

        if (answer.Kind == AnswerKind.Refused && answer.Error != TreeErrorCode.SessionExpired)
        {
            foreach (var handle in concerned)
            {
                handle.Registered.TrySetException(new TreeWatchException(answer.Message ?? $"The silo answered {answer.Error}."));
            }
        }

        return false;
    }
}
