using System.Text;
using Actors.Abstractions;
using Actors.Model.Ports;
using Actors.Model.Znodes;
using Microsoft.Extensions.Logging;
using Orleans.Placement;

namespace Actors.Grains;

/// <summary>
/// One process's subscription on this silo: a feed, and a loop that sends what it reads, one batch at a time. It ends when its
/// subscriber does not answer or is not heard of; the subscriber then opens another one, wherever it can. A fault of this node ends it too,
/// and turns the node's health red (<see cref="WatchFaults"/>).
/// </summary>
[GrainType("actors.tree-watch"), PreferLocalPlacement, Immovable]
public sealed partial class TreeWatchGrain(
    ITreeFeeds feeds, TreeClientSettings settings, WatchFaults faults, TimeProvider time, ILogger<TreeWatchGrain> logger) : Grain, ITreeWatchGrain
{
    /// <summary>A subscriber that is not heard of for so long is gone: 10 s, ten of its renewals.</summary>
    public static TimeSpan LostAfter { get; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes of paths in one batch: 128 KiB.</summary>
    private const int MaxBatchBytes = 128 << 10;

    private const string NotServed = "The tree is not served on this node.";

    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(2);

    private readonly PumpSignal _signal = new();
    private readonly BatchSink _sink = new();
    private ITreeFeed? _feed;
    private IWatchObserver? _observer;
    private WatchProgress _told = new(0, 0, 0);
    private bool _isSending;
    private long _sequence;
    private long _heardAt;

    /// <inheritdoc/>
    public ValueTask<TreeAnswer<WatchChanged>> OpenAsync(
        IWatchObserver observer, TreeCaller caller, WatchChange watches, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(observer);
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(watches);
        if (!feeds.IsServing)
        {
            return ValueTask.FromResult(TreeAnswer.Busy<WatchChanged>(NotServed));
        }

        if (CallerIdentities.Of(caller, settings) is not { } identities)
        {
            return ValueTask.FromResult(
                TreeAnswer.Refused<WatchChanged>(TreeErrorCode.AuthFailed, message: "A credential is not a digest of user:password."));
        }

        if (_feed is not null)
        {
            return ValueTask.FromResult(
                TreeAnswer.Refused<WatchChanged>(TreeErrorCode.BadArguments, message: "The subscription is open: a new one has a new key."));
        }

        var answer = Guarded(() =>
        {
            _feed = feeds.Open(identities, _signal.Set);
            return Change(watches);
        });
        if (!answer.IsDone)
        {
            End();
            return ValueTask.FromResult(answer);
        }

        _observer = observer;
        _told = new WatchProgress(watches.Version - 1, answer.Zxid, int.MaxValue);
        _heardAt = time.GetTimestamp();
        this.RegisterGrainTimer(LookAsync, new GrainTimerCreationOptions { DueTime = s_look, Period = s_look });
        _ = PumpAsync(_feed!);
        return ValueTask.FromResult(answer);
    }

    /// <inheritdoc/>
    public ValueTask<TreeAnswer<WatchChanged>> ChangeAsync(WatchChange watches, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(watches);
        return ValueTask.FromResult(_feed is null ? Ended<WatchChanged>() : Guarded(() => Change(watches)));
    }

    /// <inheritdoc/>
    public ValueTask<TreeAnswer<WatchProgress>> RenewAsync(CancellationToken cancellationToken = default)
    {
        if (_feed is null)
        {
            return ValueTask.FromResult(Ended<WatchProgress>());
        }

        if (!feeds.IsServing)
        {
            return ValueTask.FromResult(TreeAnswer.Busy<WatchProgress>(NotServed));
        }

        _heardAt = time.GetTimestamp();
        return ValueTask.FromResult(Guarded(() =>
        {
            if (!_isSending && _feed.Progress is var progress)
            {
                _told = new WatchProgress(progress.Version, progress.End.Zxid, progress.End.Index);
            }

            return TreeAnswer.Done(_told, _told.Zxid);
        }));
    }

    /// <inheritdoc/>
    public ValueTask CloseAsync()
    {
        End();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        End();
        return Task.CompletedTask;
    }

    /// <summary>Asked of an activation that knows nothing of it: it need not stay.</summary>
    private TreeAnswer<T> Ended<T>()
        where T : class
    {
        DeactivateOnIdle();
        return TreeAnswer.Refused<T>(TreeErrorCode.SessionExpired, message: "The subscription is not on this silo: open a new one.");
    }

    private TreeAnswer<WatchChanged> Change(WatchChange watches)
    {
        var added = watches.Added.IsDefault ? [] : watches.Added.Select(ToFeed).ToArray();
        if (Array.FindIndex(added, w => !ZnodePath.IsValid(w.Path.Span)) is >= 0 and var wrong)
        {
            return TreeAnswer.Refused<WatchChanged>(TreeErrorCode.BadArguments, message: $"'{watches.Added[wrong].Path}' is not the path of a znode.");
        }

        var removed = watches.Removed.IsDefault ? [] : watches.Removed.Select(ToFeed).ToArray();
        return _feed!.Change(watches.Version, added, removed) is { } zxid
            ? TreeAnswer.Done(new WatchChanged(zxid), zxid)
            : TreeAnswer.Refused<WatchChanged>(TreeErrorCode.BadArguments, message: $"A subscription has at most {ITreeFeed.MaxWatches} watches.");
    }

    private static FeedWatch ToFeed(ZnodeWatch watch) => new(
        Encoding.UTF8.GetBytes(watch.Path),
        watch.IsRecursive ? WatchMode.PersistentRecursive : WatchMode.Persistent,
        watch.SinceZxid < 0 ? null : new ChangePosition(watch.SinceZxid, watch.SinceIndex));

    private Task LookAsync(CancellationToken cancellationToken)
    {
        if (_feed is not null && time.GetElapsedTime(_heardAt) > LostAfter)
        {
            LogGone(logger, this.GetPrimaryKey(), "its subscriber was not heard of");
            End();
        }

        return Task.CompletedTask;
    }

    private void End()
    {
        if (_feed is { } feed)
        {
            _feed = null;
            _signal.Set();
            DeactivateOnIdle();
            feed.Dispose();
        }
    }
}
