using System.Text;
using Actors.Model.Ports;
using Actors.Model.Znodes;
using Actors.Node.Cluster;

namespace Actors.Node.Tree;

/// <summary>
/// One subscriber's changes. <em>Live</em>: what is applied goes through a small queue. <em>Catching up</em>: slices are read from the ring,
/// and when its end is reached the feed is live, within the same hold of the gate, so that nothing falls in between. A queue that
/// overflows, and a watch that wants what came earlier, make it catch up.
/// </summary>
internal sealed partial class TreeFeed : ITreeFeed, ITreeSessionOwner
{
    /// <summary>Watches registered under one hold of the gate: 1,000.</summary>
    private const int WatchesPerHold = 1_000;

    private readonly ClusterHost _host;
    private readonly Action _wake;
    private readonly FeedQueue _queue;
    private readonly Dictionary<(string Path, WatchMode Mode), Watched> _watches = [];
    private readonly int _watcher;
    private volatile bool _isLive = true;
    private bool _isDisposed;
    private int _version; // of the watches
    private int _readVersion; // of what has been read
    private ChangePosition _end;

    public TreeFeed(ClusterHost host, IReadOnlyList<ZnodeIdentity> identities, Action wake, int queueBytes)
    {
        (_host, Identities, _wake) = (host, identities, wake);
        _queue = new FeedQueue(queueBytes);
        host.StateGate.EnterReadLock();
        try
        {
            _watcher = host.View.AddWatcher(this);
            _end = ChangePosition.After(host.View.LastZxid);
        }
        finally
        {
            host.StateGate.ExitReadLock();
        }
    }

    public IReadOnlyList<ZnodeIdentity> Identities { get; }

    public FeedRead Progress
    {
        get
        {
            _host.StateGate.EnterReadLock();
            try
            {
                if (_isLive && !_queue.HasOverflowed && _queue.IsEmpty)
                {
                    _end = ChangePosition.After(_host.View.LastZxid);
                }

                return new FeedRead(FeedReadKind.Idle, _readVersion, _end);
            }
            finally
            {
                _host.StateGate.ExitReadLock();
            }
        }
    }

    void ITreeSessionOwner.OnSessionEnded()
    {
    }

    void ITreeSessionOwner.OnSessionMoved()
    {
    }

    void ITreeSessionOwner.OnEvent(long zxid, WatchEventType type, ReadOnlySpan<byte> path) => throw new NotSupportedException();

    void ITreeSessionOwner.OnEvent(ChangePosition position, WatchEventType type, ReadOnlySpan<byte> path)
    {
        if (_isLive)
        {
            _queue.Add(position, type, path);
        }
    }

    void ITreeSessionOwner.OnRoundEnd() => _wake();

    public long? Change(int version, ReadOnlySpan<FeedWatch> added, ReadOnlySpan<FeedWatch> removed)
    {
        long? zxid = null;
        for (var done = 0; zxid is null || done < added.Length + removed.Length; done += WatchesPerHold)
        {
            _host.StateGate.EnterReadLock();
            try
            {
                if (zxid is null)
                {
                    if (_watches.Count - removed.Length + added.Length > ITreeFeed.MaxWatches)
                    {
                        return null;
                    }

                    zxid = _host.View.LastZxid;
                    BeginChange(version, added, zxid.Value, added.Length + removed.Length > WatchesPerHold);
                }

                Remove(Slice(removed, done));
                Add(Slice(added, done - removed.Length), zxid.Value);
            }
            finally
            {
                _host.StateGate.ExitReadLock();
            }
        }

        if (!_isLive)
        {
            BeginCatchUp();
            _wake();
        }

        return zxid;
    }

    public FeedRead Read(IFeedSink sink, int maxBytes)
    {
        if (!_queue.TryDrain(sink, maxBytes, out var end, out var endOfVersion))
        {
            return _isLive && !_queue.HasOverflowed ? new FeedRead(FeedReadKind.Idle, _readVersion, _end) : CatchUp(sink, maxBytes);
        }

        var read = new FeedRead(FeedReadKind.Read, _readVersion, _end = end);
        if (endOfVersion is { } ended)
        {
            // Nothing is told yet of the next version's watches: one of them may want what came before this end.
            _readVersion = ended + 1;
            _end = default;
        }

        return read;
    }

    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        _isLive = false;
        _host.StateGate.EnterReadLock();
        try
        {
            _host.View.RemoveWatcher(_watcher);
        }
        finally
        {
            _host.StateGate.ExitReadLock();
        }
    }

    private static ReadOnlySpan<FeedWatch> Slice(ReadOnlySpan<FeedWatch> watches, int from)
    {
        var (start, end) = (Math.Clamp(from, 0, watches.Length), Math.Clamp(from + WatchesPerHold, 0, watches.Length));
        return watches[start..end];
    }

    /// <summary>Everything up to the mark is told to those of before; whether the new ones can be live at once.</summary>
    private void BeginChange(int version, ReadOnlySpan<FeedWatch> added, long zxid, bool isLarge)
    {
        var goBack = isLarge || _queue.HasOverflowed;
        foreach (ref readonly var watch in added)
        {
            goBack |= watch.Since < ChangePosition.After(zxid);
        }

        if (_isLive && goBack)
        {
            StopLive(zxid);
        }
        else if (!_isLive)
        {
            RaiseTo(_cursor.Position);
        }

        _queue.AddMark(version - 1, _isLive ? ChangePosition.After(zxid) : _cursor.Position);
        _version = version;
    }

    private void Remove(ReadOnlySpan<FeedWatch> removed)
    {
        foreach (ref readonly var watch in removed)
        {
            if (_watches.Remove(KeyOf(watch)))
            {
                _host.View.Unwatch(_watcher, watch.Mode, watch.Path.Span);
            }
        }
    }

    private void Add(ReadOnlySpan<FeedWatch> added, long zxid)
    {
        foreach (ref readonly var watch in added)
        {
            var since = watch.Since ?? ChangePosition.After(zxid);
            if (_watches.TryGetValue(KeyOf(watch), out var watched))
            {
                watched.Since = since < watched.Since ? since : watched.Since;
                continue;
            }

            _watches.Add(KeyOf(watch), new Watched(watch.Path.ToArray(), watch.Mode) { Since = since });
            _host.View.Watch(_watcher, watch.Mode, watch.Path.Span);
        }
    }

    private static (string Path, WatchMode Mode) KeyOf(in FeedWatch watch) => (Encoding.UTF8.GetString(watch.Path.Span), watch.Mode);

    private sealed class Watched(byte[] path, WatchMode mode)
    {
        public byte[] Path { get; } = path;

        public WatchMode Mode { get; } = mode;

        /// <summary>What came after is to be told; a live feed is beyond it.</summary>
        public ChangePosition Since { get; set; }
    }
}
