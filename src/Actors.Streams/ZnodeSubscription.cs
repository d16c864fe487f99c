using Actors.Abstractions;
using Microsoft.Extensions.Logging;
using Orleans.Streams;

namespace Actors.Streams;

/// <summary>
/// A handler on a stream. Of a grain: it runs in the grain's context, one call at a time, between the grain's own turns (also while one of
/// its requests awaits something, as an interleaving timer does), and ends with the activation. It keeps no activation alive.
/// </summary>
internal sealed partial class ZnodeSubscription(
    ZnodeStreamProvider provider, ZnodeStream stream, IGrainContext? owner, int maxBuffered, ILogger logger) : StreamSubscriptionHandle<ZnodeEvent>
{
    /// <summary>Changes handed to a handler that takes batches, at once: 1,000.</summary>
    public const int MaxItemsAtOnce = 1_000;

    private readonly TaskScheduler _scheduler = owner is null ? TaskScheduler.Default : TaskScheduler.Current;
    private IWatchTarget _target = null!;
    private WatchHandle? _handle;

    public IGrainContext? Owner { get; } = owner;

    public override StreamId StreamId => stream.StreamId;

    public override string ProviderName => stream.ProviderName;

    public override Guid HandleId { get; } = Guid.NewGuid();

    /// <summary>Begins to watch; from the return on nothing is missed.</summary>
    public async Task BeginAsync(IWatchTarget target, ZnodeEventToken? since)
    {
        var handle = new WatchHandle(stream.Path, stream.IsRecursive, since?.Position, maxBuffered);
        Volatile.Write(ref _target, target);
        _handle = handle;
        await provider.Session.AddAsync(handle);
        if (Owner is { Deactivated: { } deactivated })
        {
            _ = deactivated.ContinueWith(_ => End(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        _ = Task.Factory.StartNew(() => DeliverAsync(handle), CancellationToken.None, TaskCreationOptions.DenyChildAttach, _scheduler).Unwrap();
    }

    public override Task UnsubscribeAsync()
    {
        End();
        return Task.CompletedTask;
    }

    public override Task<StreamSubscriptionHandle<ZnodeEvent>> ResumeAsync(IAsyncObserver<ZnodeEvent> observer, StreamSequenceToken? token = null)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return ResumeAsync(new OneByOne(observer), ZnodeStream.TokenOf(token));
    }

    public override Task<StreamSubscriptionHandle<ZnodeEvent>> ResumeAsync(IAsyncBatchObserver<ZnodeEvent> observer, StreamSequenceToken? token = null)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return ResumeAsync(new InBatches(observer), ZnodeStream.TokenOf(token));
    }

    public override bool Equals(StreamSubscriptionHandle<ZnodeEvent>? other) => other is not null && other.HandleId == HandleId;

    public override bool Equals(object? obj) => Equals(obj as StreamSubscriptionHandle<ZnodeEvent>);

    public override int GetHashCode() => HandleId.GetHashCode();

    /// <summary>Another handler; with a token from there on, also where this subscription has ended.</summary>
    private async Task<StreamSubscriptionHandle<ZnodeEvent>> ResumeAsync(IWatchTarget target, ZnodeEventToken? since)
    {
        if (since is null && _handle is not null)
        {
            Volatile.Write(ref _target, target);
            return this;
        }

        End();
        return await provider.SubscribeAsync(stream, target, since);
    }

    private void End()
    {
        if (Interlocked.Exchange(ref _handle, null) is { } handle)
        {
            provider.Session.Remove(handle);
            provider.Forget(this);
        }
    }

    private async Task DeliverAsync(WatchHandle handle)
    {
        var items = new List<WatchItem>();
        var events = new List<ZnodeEvent>();
        while (await handle.TakeAsync(items, MaxItemsAtOnce, CancellationToken.None))
        {
            foreach (var item in items)
            {
                if (item.Gap is null)
                {
                    events.Add(item.Event);
                    continue;
                }

                await TellAsync(handle, events);
                await TellAsync(handle, item.Gap);
            }

            await TellAsync(handle, events);
            items.Clear();
        }
    }

    private async Task TellAsync(WatchHandle handle, List<ZnodeEvent> events)
    {
        if (events.Count == 0 || !ReferenceEquals(_handle, handle))
        {
            return;
        }

        try
        {
            await Volatile.Read(ref _target).OnEventsAsync(events);
        }
        catch (Exception e) // the handler's fault: it is told, and goes on with what comes next
        {
            LogThrew(logger, stream.Path, e);
            await TellAsync(handle, e);
        }

        events.Clear();
    }

    private async Task TellAsync(WatchHandle handle, Exception error)
    {
        if (ReferenceEquals(_handle, handle))
        {
            try
            {
                await Volatile.Read(ref _target).OnErrorAsync(error);
            }
            catch (Exception e)
            {
                LogThrew(logger, stream.Path, e);
            }
        }
    }

    [LoggerMessage(9402, LogLevel.Warning, "A handler of changes of {Path} has thrown.")]
    private static partial void LogThrew(ILogger logger, string path, Exception error);
}
