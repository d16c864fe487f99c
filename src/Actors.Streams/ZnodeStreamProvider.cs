using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Actors.Abstractions;
using Actors.Model.Znodes;
using Microsoft.Extensions.Logging;
using Orleans.Streams;

namespace Actors.Streams;

/// <summary>
/// The Orleans stream provider <see cref="WatchStreams.ProviderName"/>: every znode is a stream of what happens to it. All streams of a
/// process come over one subscription at one silo; there are no queues, no polling and no stored subscriptions behind it.
/// <para>What holds: a subscription is told every change behind its place once, in the order of (zxid, index), or
/// <see cref="WatchTooOldException"/> by <c>OnErrorAsync</c>; a silo that dies is replaced by another one from where the subscription was. A
/// read that carries the zxid of an event (the client's do) sees the tree at that event or later. What does not hold: that an event comes
/// before a read that already shows it. Events and answers travel apart; ZooKeeper's own protocol on port 2181 gives that order.</para>
/// </summary>
public sealed class ZnodeStreamProvider : IStreamProvider, IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly List<ZnodeSubscription> _subscriptions = [];
    private readonly WatchStreamsOptions _options;
    private readonly IGrainContextAccessor? _context;
    private readonly ILogger _logger;

    /// <summary>A provider over a client, or over the grains of a silo.</summary>
    /// <param name="grains">The Orleans client, or a silo's grain factory.</param>
    /// <param name="options">Limits and credentials.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where a silo that was lost is noted.</param>
    /// <param name="context">Tells the grain that subscribes; null where there are none.</param>
    public ZnodeStreamProvider(
        IGrainFactory grains, WatchStreamsOptions options, TimeProvider time, ILogger<ZnodeStreamProvider> logger, IGrainContextAccessor? context = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _logger, _context) = (options, logger, context);
        Session = new WatchSession(grains, options, time, logger);
    }

    /// <inheritdoc/>
    public string Name => WatchStreams.ProviderName;

    /// <summary>Subscriptions go back as far as a silo's memory reaches: 64 MiB of changes.</summary>
    public bool IsRewindable => true;

    internal WatchSession Session { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The stream is not one of <see cref="ZnodeEvent"/>, or its id names no znode.</exception>
    public IAsyncStream<T> GetStream<T>(StreamId streamId)
    {
        if (typeof(T) != typeof(ZnodeEvent))
        {
            throw new ArgumentException($"The streams of {Name} are streams of {nameof(ZnodeEvent)}, not of {typeof(T).Name}.", nameof(T));
        }

        return (IAsyncStream<T>)(object)new ZnodeStream(this, streamId);
    }

    /// <summary>
    /// Follows a znode, for ever: what happens from now on, or behind <paramref name="since"/>. Changes that wait for the caller are
    /// bounded; one that falls behind is told so.
    /// </summary>
    /// <param name="path">The znode; it need not exist.</param>
    /// <param name="isRecursive">Whether all below it is followed too; then children are not told of by their parents.</param>
    /// <param name="since">Where to go on, or null.</param>
    /// <param name="onWatching">Called with the zxid behind which changes follow: what is read then, or later, misses none.</param>
    /// <param name="cancellationToken">Ends it with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="WatchTooOldException">Changes may have been missed: read again, and begin a new enumeration at its token.</exception>
    /// <exception cref="TreeWatchException">The silo refused.</exception>
    public async IAsyncEnumerable<ZnodeEvent> WatchAsync(
        string path, bool isRecursive = false, ZnodeEventToken? since = null, Action<long>? onWatching = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        CheckPath(path);
        var handle = new WatchHandle(path, isRecursive, since?.Position, _options.MaxBufferedEvents);
        var items = new List<WatchItem>();
        try
        {
            var zxid = await Session.AddAsync(handle, cancellationToken).ConfigureAwait(false);
            onWatching?.Invoke(zxid);
            while (await handle.TakeAsync(items, ZnodeSubscription.MaxItemsAtOnce, cancellationToken).ConfigureAwait(false))
            {
                foreach (var item in items)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    yield return item.Gap is null ? item.Event : throw item.Gap;
                }

                items.Clear();
            }
        }
        finally
        {
            Session.Remove(handle);
        }
    }

    /// <summary>Who this process is from now on, for access lists; the subscription at the silo is opened again.</summary>
    /// <exception cref="ArgumentException">One is not a digest of <c>user:password</c>.</exception>
    public void SetCredentials(ImmutableArray<TreeCredential> credentials) => Session.SetCredentials(credentials);

    /// <summary>Ends all subscriptions of this process.</summary>
    public ValueTask DisposeAsync() => Session.DisposeAsync();

    internal static void CheckPath(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!ZnodePath.IsValid(System.Text.Encoding.UTF8.GetBytes(path)))
        {
            throw new ArgumentException($"'{path}' is not the path of a znode.", nameof(path));
        }
    }

    /// <summary>The grain that calls, or null.</summary>
    internal IGrainContext? Caller => _context?.GrainContext is { } context && !context.GrainId.IsClient() ? context : null;

    internal async Task<StreamSubscriptionHandle<ZnodeEvent>> SubscribeAsync(ZnodeStream stream, IWatchTarget target, ZnodeEventToken? since)
    {
        var subscription = new ZnodeSubscription(this, stream, Caller, _options.MaxBufferedEvents, _logger);
        await subscription.BeginAsync(target, since);
        lock (_gate)
        {
            _subscriptions.Add(subscription);
        }

        return subscription;
    }

    internal int SubscriptionCount
    {
        get
        {
            lock (_gate)
            {
                return _subscriptions.Count;
            }
        }
    }

    internal void Forget(ZnodeSubscription subscription)
    {
        lock (_gate)
        {
            _subscriptions.Remove(subscription);
        }
    }

    /// <summary>Those of the caller: a grain sees its own, whoever is no grain the process's.</summary>
    internal IList<StreamSubscriptionHandle<ZnodeEvent>> SubscriptionsOf(StreamId stream)
    {
        var owner = Caller;
        lock (_gate)
        {
            return [.. _subscriptions.Where(s => s.StreamId == stream && ReferenceEquals(s.Owner, owner))];
        }
    }
}
