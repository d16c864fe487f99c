using Actors.Abstractions;
using Actors.Streams;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;
using Orleans.Streams;

namespace Actors.Tests.Watches;

[Alias("tests.watching")]
public interface IWatchingForTests : IGrainWithStringKey
{
    /// <summary>Watches; answers which activation it is.</summary>
    [Alias("watch")]
    Task<Guid> WatchAsync(string path);

    /// <summary>Waits for the first change; whether the handler ran in the grain's context.</summary>
    [Alias("told")]
    Task<(long Zxid, bool InContext)> UntilToldAsync();
}

[GrainType("tests.watching")]
public sealed class WatchingForTests : Grain, IWatchingForTests, IAsyncObserver<ZnodeEvent>
{
    private readonly TaskCompletionSource<(long Zxid, bool InContext)> _told = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Guid _activation = Guid.NewGuid();

    public static int Subscriptions(IServiceProvider silo) => silo.GetRequiredService<ZnodeStreamProvider>().SubscriptionCount;

    public async Task<Guid> WatchAsync(string path)
    {
        await this.GetStreamProvider(WatchStreams.ProviderName)
            .GetStream<ZnodeEvent>(StreamId.Create(WatchStreams.ZnodeNamespace, path)).SubscribeAsync(this);
        return _activation;
    }

    public Task<(long Zxid, bool InContext)> UntilToldAsync() => _told.Task;

    public Task OnNextAsync(ZnodeEvent item, StreamSequenceToken? token = null)
    {
        var context = ServiceProvider.GetRequiredService<IGrainContextAccessor>().GrainContext;
        _told.TrySetResult((item.Zxid, context == GrainContext));
        return Task.CompletedTask;
    }

    public Task OnErrorAsync(Exception ex)
    {
        _told.TrySetException(ex);
        return Task.CompletedTask;
    }
}
