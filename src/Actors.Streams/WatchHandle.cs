using System.Diagnostics.CodeAnalysis;
using Actors.Abstractions;
using Actors.Model.Znodes;

namespace Actors.Streams;

/// <summary>What a subscription is told: a change, or a hole.</summary>
internal readonly record struct WatchItem(ZnodeEvent Event, WatchTooOldException? Gap);

/// <summary>
/// One subscription in this process: its place in the order of changes, and what waits for its handler. The session fills it, and holds its
/// own lock for all that is not the queue.
/// </summary>
internal sealed class WatchHandle(string path, bool isRecursive, ChangePosition? since, int maxBuffered)
{
    private const int NoVersion = int.MaxValue;

    private readonly Lock _gate = new();
    private readonly Queue<WatchItem> _items = new();
    private TaskCompletionSource? _waiter;
    private ChangePosition? _dropped;
    private bool _hasEnded;

    public string Path { get; } = path;

    public bool IsRecursive { get; } = isRecursive;

    /// <summary>The change of watches that brought it; before: nothing is for it.</summary>
    public int Version { get; set; } = NoVersion;

    /// <summary>What came up to here is not for it (any more); null until the silo has said from where on it watches.</summary>
    public ChangePosition? Position { get; set; } = since;

    /// <summary>Completes with the zxid behind which changes follow.</summary>
    public TaskCompletionSource<long> Registered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Something for it. What does not fit is dropped, and told as a hole when the handler has caught up.</summary>
    public void Add(in WatchItem item, ChangePosition position)
    {
        TaskCompletionSource? waiter;
        lock (_gate)
        {
            if (_dropped is not null || _items.Count >= maxBuffered)
            {
                _dropped = position;
                return;
            }

            _items.Enqueue(item);
            (waiter, _waiter) = (_waiter, null);
        }

        waiter?.TrySetResult();
    }

    /// <summary>The silo watches for it from here on: what was told before, to others, is not for it.</summary>
    public void Begin(long zxid)
    {
        if (Position is null)
        {
            Position = ChangePosition.After(zxid);
            lock (_gate)
            {
                for (var i = _items.Count; i > 0; i--)
                {
                    var item = _items.Dequeue();
                    if (item.Event.Zxid > zxid)
                    {
                        _items.Enqueue(item);
                    }
                }
            }
        }

        Registered.TrySetResult(zxid);
    }

    /// <summary>Nothing comes any more.</summary>
    public void End()
    {
        TaskCompletionSource? waiter;
        lock (_gate)
        {
            _hasEnded = true;
            (waiter, _waiter) = (_waiter, null);
        }

        waiter?.TrySetResult();
        Registered.TrySetCanceled();
    }

    /// <summary>Takes what waits, or waits. False: it has ended.</summary>
    public async ValueTask<bool> TakeAsync(List<WatchItem> into, int most, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task wait;
            lock (_gate)
            {
                if (_hasEnded)
                {
                    return false;
                }

                if (TryTake(into, most))
                {
                    return true;
                }

                _waiter ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                wait = _waiter.Task;
            }

            await wait.WaitAsync(cancellationToken);
        }
    }

    [SuppressMessage("Performance", "CA1859", Justification = "a list is what the caller has")]
    private bool TryTake(List<WatchItem> into, int most)
    {
        while (into.Count < most && _items.TryDequeue(out var item))
        {
            into.Add(item);
        }

        if (into.Count == 0 && _dropped is { } dropped)
        {
            _dropped = null;
            into.Add(new WatchItem(default, new WatchTooOldException(WatchGapReason.SlowHandler, dropped.Zxid, Path)));
        }

        return into.Count > 0;
    }
}
