using Actors.Abstractions;
using Orleans.Streams;

namespace Actors.Streams;

/// <summary>A handler, of whatever kind.</summary>
internal interface IWatchTarget
{
    /// <summary>Changes, in order.</summary>
    Task OnEventsAsync(IReadOnlyList<ZnodeEvent> events);

    /// <summary>A hole, or what the handler itself has thrown.</summary>
    Task OnErrorAsync(Exception error);
}

internal sealed class OneByOne(IAsyncObserver<ZnodeEvent> observer) : IWatchTarget
{
    public async Task OnEventsAsync(IReadOnlyList<ZnodeEvent> events)
    {
        foreach (var change in events)
        {
            await observer.OnNextAsync(change, change.Token);
        }
    }

    public Task OnErrorAsync(Exception error) => observer.OnErrorAsync(error);
}

internal sealed class InBatches(IAsyncBatchObserver<ZnodeEvent> observer) : IWatchTarget
{
    public Task OnEventsAsync(IReadOnlyList<ZnodeEvent> events) =>
        observer.OnNextAsync([.. events.Select(e => new SequentialItem<ZnodeEvent>(e, e.Token))]);

    public Task OnErrorAsync(Exception error) => observer.OnErrorAsync(error);
}
