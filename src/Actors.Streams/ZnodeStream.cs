using Actors.Abstractions;
using Orleans.Streams;

namespace Actors.Streams;

/// <summary>The stream of a znode, or of a znode and all below it. An address: it costs nothing until somebody subscribes.</summary>
internal sealed class ZnodeStream : IAsyncStream<ZnodeEvent>
{
    private readonly ZnodeStreamProvider _provider;

    public ZnodeStream(ZnodeStreamProvider provider, StreamId id)
    {
        _provider = provider;
        StreamId = id;
        Path = id.GetKeyAsString();
        IsRecursive = id.GetNamespace() switch
        {
            WatchStreams.ZnodeNamespace => false,
            WatchStreams.TreeNamespace => true,
            var other => throw new ArgumentException(
                $"Streams of {provider.Name} are in the namespaces {WatchStreams.ZnodeNamespace} and {WatchStreams.TreeNamespace}, not in '{other}'."),
        };
        ZnodeStreamProvider.CheckPath(Path);
    }

    public string Path { get; }

    public bool IsRecursive { get; }

    public StreamId StreamId { get; }

    public string ProviderName => _provider.Name;

    public bool IsRewindable => true;

    public Task<StreamSubscriptionHandle<ZnodeEvent>> SubscribeAsync(IAsyncObserver<ZnodeEvent> observer) => SubscribeAsync(observer, null, null);

    public Task<StreamSubscriptionHandle<ZnodeEvent>> SubscribeAsync(
        IAsyncObserver<ZnodeEvent> observer, StreamSequenceToken? token, string? filterData = null)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return string.IsNullOrEmpty(filterData)
            ? _provider.SubscribeAsync(this, new OneByOne(observer), TokenOf(token))
            : throw new NotSupportedException($"{ProviderName} does not filter: the stream of a path tells what happens to that path.");
    }

    public Task<StreamSubscriptionHandle<ZnodeEvent>> SubscribeAsync(IAsyncBatchObserver<ZnodeEvent> observer) => SubscribeAsync(observer, null);

    public Task<StreamSubscriptionHandle<ZnodeEvent>> SubscribeAsync(IAsyncBatchObserver<ZnodeEvent> observer, StreamSequenceToken? token)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return _provider.SubscribeAsync(this, new InBatches(observer), TokenOf(token));
    }

    public Task<IList<StreamSubscriptionHandle<ZnodeEvent>>> GetAllSubscriptionHandles() => Task.FromResult(_provider.SubscriptionsOf(StreamId));

    public Task OnNextAsync(ZnodeEvent item, StreamSequenceToken? token = null) => throw NoProducer();

    public Task OnNextBatchAsync(IEnumerable<ZnodeEvent> batch, StreamSequenceToken? token = null) => throw NoProducer();

    public Task OnCompletedAsync() => throw NoProducer();

    public Task OnErrorAsync(Exception ex) => throw NoProducer();

    public bool Equals(IAsyncStream<ZnodeEvent>? other) => other is ZnodeStream stream && stream.StreamId == StreamId;

    public override bool Equals(object? obj) => Equals(obj as IAsyncStream<ZnodeEvent>);

    public override int GetHashCode() => StreamId.GetHashCode();

    public int CompareTo(IAsyncStream<ZnodeEvent>? other) => other is null ? 1 : StreamId.CompareTo(other.StreamId);

    internal static ZnodeEventToken? TokenOf(StreamSequenceToken? token) => token switch
    {
        null => null,
        ZnodeEventToken own => own,
        _ => throw new ArgumentException($"A {nameof(ZnodeEventToken)} says where to go on, not a {token.GetType().Name}.", nameof(token)),
    };

    private NotSupportedException NoProducer() => new(
        $"Nothing can be sent into the streams of {ProviderName}: they tell what happens to znodes. Write the znode.");
}
