using Actors.Abstractions;
using Actors.Model.Znodes;
using Orleans;
using Orleans.Runtime;
using Orleans.Streams;

namespace Actors.Tests.Watches;

/// <summary>The stream provider, as a service outside of the cluster sees it.</summary>
public sealed class WatchStreamTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stream_of_a_znode_tells_what_happens_to_it_and_a_tree_stream_what_happens_below()
    {
        await using var cluster = await WatchCluster.StartAsync();
        var provider = cluster.Silos.Client.GetStreamProvider(WatchStreams.ProviderName);
        var one = new Recorder();
        var below = new Recorder();
        await provider.GetStream<ZnodeEvent>(StreamId.Create(WatchStreams.ZnodeNamespace, "/a")).SubscribeAsync(one);
        await provider.GetStream<ZnodeEvent>(StreamId.Create(WatchStreams.TreeNamespace, "/a")).SubscribeAsync(below);

        await cluster.CreateAsync("/a");
        await cluster.CreateAsync("/b");
        await cluster.CreateAsync("/a/x");
        await cluster.SetAsync("/a/x");
        await cluster.SetAsync("/a");
        await cluster.DeleteAsync("/a/x");
        await cluster.DeleteAsync("/a");

        await one.UntilAsync(e => e.Type == WatchEventType.Deleted);
        Assert.Equal(
            [
                (WatchEventType.Created, "/a"), (WatchEventType.ChildrenChanged, "/a"), (WatchEventType.DataChanged, "/a"),
                (WatchEventType.ChildrenChanged, "/a"), (WatchEventType.Deleted, "/a"),
            ],
            one.Events.Select(e => (e.Type, e.Path)));
        await below.UntilAsync(e => e is { Type: WatchEventType.Deleted, Path: "/a" });
        Assert.Equal(
            [
                (WatchEventType.Created, "/a"), (WatchEventType.Created, "/a/x"), (WatchEventType.DataChanged, "/a/x"),
                (WatchEventType.DataChanged, "/a"), (WatchEventType.Deleted, "/a/x"), (WatchEventType.Deleted, "/a"),
            ],
            below.Events.Select(e => (e.Type, e.Path)));
    }

    /// <summary>Keeps what it is told.</summary>
    private sealed class Recorder : IAsyncObserver<ZnodeEvent>
    {
        private readonly Lock _gate = new();
        private readonly List<ZnodeEvent> _events = [];
        private readonly List<Exception> _errors = [];
        private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IReadOnlyList<ZnodeEvent> Events
        {
            get
            {
                lock (_gate)
                {
                    return [.. _events];
                }
            }
        }

        public Task OnNextAsync(ZnodeEvent item, StreamSequenceToken? token = null)
        {
            lock (_gate)
            {
                _events.Add(item);
                _changed.TrySetResult();
            }

            return Task.CompletedTask;
        }

        public Task OnErrorAsync(Exception ex)
        {
            lock (_gate)
            {
                _errors.Add(ex);
                _changed.TrySetResult();
            }

            return Task.CompletedTask;
        }

        public async Task UntilAsync(Func<ZnodeEvent, bool> isThere)
        {
            while (true)
            {
                Task changed;
                lock (_gate)
                {
                    if (_events.Exists(e => isThere(e)))
                    {
                        return;
                    }

                    _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    changed = _changed.Task;
                }

                await changed.WaitAsync(TimeSpan.FromSeconds(30), Cancelled);
            }
        }
    }
}
