using Actors.Abstractions;
using Actors.Model.Znodes;

namespace Actors.Streams;

/// <summary>
/// What the silo tells, to whom it is for. A batch names the change of watches that holds for it, so that what is told again for one
/// subscription (it asked for earlier changes) is not told again to another one of the same path.
/// </summary>
internal sealed partial class WatchSession
{
    private int _endVersion;
    private ChangePosition _end; // for all subscriptions up to that version

    /// <summary>Where a subscription is; null: not known yet.</summary>
    private ChangePosition? PlaceOf(WatchHandle handle) =>
        handle.Position is { } position && handle.Version <= _endVersion ? ChangePosition.Max(position, _end) : handle.Position;

    /// <summary>Notes with each subscription where it is: another version's places begin anew.</summary>
    private void Fold()
    {
        foreach (var handles in _watched.Values)
        {
            foreach (var handle in handles)
            {
                handle.Position = PlaceOf(handle);
            }
        }
    }

    private void BeginVersion(int version)
    {
        if (version > _endVersion)
        {
            Fold();
            (_endVersion, _end) = (version, default);
        }
    }

    private void Progress(int version, ChangePosition end)
    {
        BeginVersion(version);
        if (version == _endVersion)
        {
            _end = ChangePosition.Max(_end, end);
        }
    }

    private void Dispatch(WatchBatch batch)
    {
        BeginVersion(batch.Version);
        foreach (var change in batch.Events.IsDefault ? [] : batch.Events)
        {
            if (_watched.TryGetValue((change.Path, false), out var handles))
            {
                Tell(handles, change, batch.Version);
            }

            if (change.Type != WatchEventType.ChildrenChanged)
            {
                TellAbove(change, batch.Version);
            }
        }

        if (batch.Gap is { } gap)
        {
            Tell(gap, batch.Version);
        }
        else
        {
            Progress(batch.Version, new ChangePosition(batch.EndZxid, batch.EndIndex));
        }
    }

    private void TellAbove(in ZnodeEvent change, int version)
    {
        for (var path = change.Path; ; path = path[..Math.Max(path.LastIndexOf('/'), 1)])
        {
            if (_watched.TryGetValue((path, true), out var handles))
            {
                Tell(handles, change, version);
            }

            if (path.Length <= 1)
            {
                return;
            }
        }
    }

    private void Tell(List<WatchHandle> handles, in ZnodeEvent change, int version)
    {
        var position = new ChangePosition(change.Zxid, change.Index);
        foreach (var handle in handles)
        {
            if (handle.Version <= version && (PlaceOf(handle) is not { } place || place < position))
            {
                handle.Add(new WatchItem(change, null), position);
            }
        }
    }

    private void Tell(WatchGap gap, int version)
    {
        var behind = ChangePosition.After(gap.Zxid);
        foreach (var watch in gap.Watches)
        {
            if (!_watched.TryGetValue((watch.Path, watch.IsRecursive), out var handles))
            {
                continue;
            }

            foreach (var handle in handles)
            {
                if (handle.Version <= version && PlaceOf(handle) is { } place && place < behind)
                {
                    handle.Position = behind;
                    handle.Add(new WatchItem(default, new WatchTooOldException(gap.Reason, gap.Zxid, handle.Path)), behind);
                }
            }
        }
    }

    /// <summary>The observer of one subscription: batches of an earlier one are for nobody.</summary>
    private sealed class Connection(WatchSession session) : IWatchObserver
    {
        private long _sequence;
        private volatile bool _isBroken;

        /// <summary>A batch is missing, or the subscription is not to go on: it is opened again from where it was.</summary>
        public bool IsBroken => _isBroken;

        public void Break() => _isBroken = true;

        public ValueTask OnBatchAsync(WatchBatch batch)
        {
            lock (session._gate)
            {
                if (!ReferenceEquals(session._connection, this) || _isBroken)
                {
                    return ValueTask.CompletedTask;
                }

                if (batch.Sequence <= _sequence)
                {
                    return ValueTask.CompletedTask; // sent again: the answer to it was lost
                }

                if (batch.Sequence == _sequence + 1)
                {
                    _sequence++;
                    Dispatch(batch);
                    return ValueTask.CompletedTask;
                }

                _isBroken = true;
            }

            session.Signal();
            return ValueTask.CompletedTask;
        }

        /// <summary>A batch of which a part is told is not told again: its rest is asked for.</summary>
        private void Dispatch(WatchBatch batch)
        {
            try
            {
                session.Dispatch(batch);
            }
            catch
            {
                _isBroken = true;
                throw;
            }
        }
    }
}
