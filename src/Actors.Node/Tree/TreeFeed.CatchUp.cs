using Actors.Cluster.Acl;
using Actors.Cluster.Watches;
using Actors.Model.Ports;
using Actors.Model.Znodes;

namespace Actors.Node.Tree;

/// <summary>Reading from the ring until the feed is live.</summary>
internal sealed partial class TreeFeed
{
    /// <summary>Bytes of the ring looked at under one hold of the gate: 128 KiB, some 100 microseconds.</summary>
    private const int SliceBytes = 128 << 10;

    private readonly List<Watched> _filtered = []; // by their numbers in the filter
    private WatchTable _filter = new();
    private RingCursor _cursor;
    private ChangePosition _liveFrom;

    /// <summary>No more through the queue; what was told so far is behind all watches. Under the gate.</summary>
    private void StopLive(long zxid)
    {
        var told = _queue.HasOverflowed ? ChangePosition.Max(_queue.Last, _liveFrom) : ChangePosition.After(zxid);
        _isLive = false;
        _queue.ForgetOverflow();
        _cursor = new RingCursor(told);
        RaiseTo(told);
    }

    private void RaiseTo(ChangePosition position)
    {
        foreach (var watch in _watches.Values)
        {
            watch.Since = ChangePosition.Max(watch.Since, position);
        }
    }

    /// <summary>The watches have changed, or the feed is not live any more: where to read from.</summary>
    private void BeginCatchUp()
    {
        _filter = new WatchTable();
        _filtered.Clear();
        var from = _cursor.Position;
        foreach (var watch in _watches.Values)
        {
            _filter.Add(_filtered.Count, watch.Mode, watch.Path);
            _filtered.Add(watch);
            from = watch.Since < from ? watch.Since : from;
        }

        _cursor = from == _cursor.Position ? _cursor : new RingCursor(from);
    }

    private FeedRead CatchUp(IFeedSink sink, int maxBytes)
    {
        _host.StateGate.EnterReadLock();
        try
        {
            var zxid = _host.View.LastZxid;
            if (_isLive)
            {
                StopLive(zxid);
                BeginCatchUp();
            }

            var ring = _host.EventRing;
            if (_cursor.Position < ring.Oldest)
            {
                return TellTooOld(sink, ring.Oldest, zxid);
            }

            var visitor = new Visitor(this, sink, maxBytes);
            if (ring.Walk(ref _cursor, SliceBytes, visitor))
            {
                _liveFrom = ChangePosition.Max(_cursor.Position, ChangePosition.After(zxid));
                _cursor = new RingCursor(_liveFrom);
                _isLive = true;
            }

            return new FeedRead(FeedReadKind.Read, _readVersion, _end = _cursor.Position);
        }
        finally
        {
            _host.StateGate.ExitReadLock();
        }
    }

    /// <summary>The ring does not reach back to where some watches are: they go on from now.</summary>
    private FeedRead TellTooOld(IFeedSink sink, ChangePosition oldest, long zxid)
    {
        var now = ChangePosition.After(zxid);
        foreach (var watch in _watches.Values)
        {
            var since = ChangePosition.Max(watch.Since, _cursor.Position);
            if (since < oldest)
            {
                sink.AddTooOld(watch.Mode, watch.Path);
                watch.Since = now;
            }
            else
            {
                watch.Since = since;
            }
        }

        _cursor = new RingCursor(now);
        BeginCatchUp();
        return new FeedRead(FeedReadKind.TooOld, _readVersion, now, oldest, _host.EventRing.IsWhole);
    }

    private sealed class Visitor(TreeFeed feed, IFeedSink sink, int bytes) : IRingVisitor
    {
        private int _bytes = bytes;

        public bool Visit(ChangePosition position, WatchEventType type, ReadOnlySpan<byte> path, AccessList readers)
        {
            foreach (var number in feed._filter.Fire(type, path))
            {
                if (feed._filtered[number].Since < position)
                {
                    if (feed._host.View.MayRead(readers, feed.Identities))
                    {
                        sink.Add(position, type, path);
                        _bytes -= path.Length;
                    }

                    break;
                }
            }

            return _bytes > 0;
        }
    }
}
