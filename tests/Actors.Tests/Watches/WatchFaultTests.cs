using Actors.Abstractions;
using Actors.Grains;
using Actors.Model.Ports;
using Actors.Model.Znodes;
using Orleans;
using Orleans.Runtime;

namespace Actors.Tests.Watches;

/// <summary>Whose fault it is that a subscription ends: its subscriber's, which is its own affair, or the node's, which health shows.</summary>
public sealed class WatchFaultTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(nameof(ITreeFeed.Read))]
    [InlineData(nameof(ITreeFeed.Progress))]
    public async Task A_fault_of_the_node_turns_health_red_and_the_subscriber_misses_nothing(string where)
    {
        var feeds = new BreakableFeeds();
        await using var cluster = await WatchCluster.StartAsync(
            client: o => o.RenewPeriod = TimeSpan.FromMilliseconds(20), feeds: inner => feeds.Over(inner));
        var recorder = new WatchRecorder();
        await cluster.Silos.Client.GetStreamProvider(WatchStreams.ProviderName)
            .GetStream<ZnodeEvent>(StreamId.Create(WatchStreams.ZnodeNamespace, "/a")).SubscribeAsync(recorder);
        var written = new List<long> { await cluster.CreateAsync("/a") };
        await recorder.UntilZxidAsync(written[^1]);
        Assert.Empty(cluster.Examine());

        feeds.BreakNext(where);
        written.Add(await cluster.SetAsync("/a"));
        await feeds.Broken.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancelled);
        written.Add(await cluster.SetAsync("/a"));

        await recorder.UntilZxidAsync(written[^1]);
        Assert.Equal(written, recorder.Events.Select(e => e.Zxid));
        Assert.Empty(recorder.Errors);
        var finding = Assert.Single(cluster.Examine());
        Assert.Equal((HealthLevel.Red, "watches"), (finding.Level, finding.Part));
        Assert.Contains(BreakableFeeds.Reason, finding.Reason, StringComparison.Ordinal);
        Assert.Equal(1, cluster.Host.Tree.Statistics.Watches);
    }

    [Fact]
    public async Task A_fault_of_the_node_while_a_subscription_is_opened_leaves_nothing_behind()
    {
        var feeds = new BreakableFeeds();
        await using var cluster = await WatchCluster.StartAsync(feeds: inner => feeds.Over(inner));
        var grain = cluster.Silos.Client.GetGrain<ITreeWatchGrain>(Guid.NewGuid());
        var observer = cluster.Silos.Client.CreateObjectReference<IWatchObserver>(new Process());

        feeds.BreakNext(nameof(ITreeFeed.Change));
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => grain.OpenAsync(observer, TreeCaller.Anonymous, s_watches, Cancelled).AsTask());

        Assert.Equal(HealthLevel.Red, Assert.Single(cluster.Examine()).Level);
        Assert.Equal(feeds.Opened, feeds.Disposed);
        Assert.Equal(TreeErrorCode.SessionExpired, (await grain.RenewAsync(Cancelled)).Error);
    }

    [Fact]
    public async Task A_subscriber_that_takes_no_batches_ends_its_subscription_after_the_last_try_and_is_no_fault_of_the_node()
    {
        await using var cluster = await WatchCluster.StartAsync();
        var process = new Process { IsIll = true };
        var observer = cluster.Silos.Client.CreateObjectReference<IWatchObserver>(process);
        var grain = cluster.Silos.Client.GetGrain<ITreeWatchGrain>(Guid.NewGuid());
        Assert.True((await grain.OpenAsync(observer, TreeCaller.Anonymous, s_watches, Cancelled)).IsDone);

        await cluster.CreateAsync("/a");
        await cluster.Silos.WaitForDeactivationAsync(grain);

        Assert.Equal(Enumerable.Repeat(1L, TreeWatchGrain.MaxDeliveries), process.Sequences);
        Assert.Equal(TreeErrorCode.SessionExpired, (await grain.RenewAsync(Cancelled)).Error);
        Assert.Equal(0, cluster.Host.Tree.Statistics.Watches);
        Assert.Empty(cluster.Examine());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_batch_that_gets_lost_and_one_whose_answer_gets_lost_are_told_once_by_the_same_subscription(bool losesAnswer)
    {
        var network = new FailingBatches { LosesAnswer = losesAnswer };
        await using var cluster = await WatchCluster.StartAsync(network: network);
        var recorder = new WatchRecorder();
        await cluster.Silos.Client.GetStreamProvider(WatchStreams.ProviderName)
            .GetStream<ZnodeEvent>(StreamId.Create(WatchStreams.ZnodeNamespace, "/a")).SubscribeAsync(recorder);

        var written = new List<long>();
        for (var i = 0; i < 5; i++)
        {
            written.Add(i == 0 ? await cluster.CreateAsync("/a") : await cluster.SetAsync("/a"));
            await recorder.UntilZxidAsync(written[^1]);
        }

        Assert.Equal(written, recorder.Events.Select(e => e.Zxid));
        Assert.Equal(1, network.Observers);
        Assert.Empty(cluster.Examine());
    }

    private static readonly WatchChange s_watches = new() { Version = 1, Added = [new ZnodeWatch { Path = "/a" }] };

    private sealed class Process : IWatchObserver
    {
        public bool IsIll { get; init; }

        public List<long> Sequences { get; } = [];

        public ValueTask OnBatchAsync(WatchBatch batch)
        {
            lock (Sequences)
            {
                Sequences.Add(batch.Sequence);
            }

            return IsIll ? throw new InvalidOperationException("this process is ill") : ValueTask.CompletedTask;
        }
    }

    /// <summary>A network that loses every batch, or the answer to it, as often as may be.</summary>
    private sealed class FailingBatches : IOutgoingGrainCallFilter
    {
        private readonly Dictionary<(GrainId, long), int> _tries = [];

        public bool LosesAnswer { get; init; }

        public int Observers
        {
            get
            {
                lock (_tries)
                {
                    return _tries.Keys.Select(k => k.Item1).Distinct().Count();
                }
            }
        }

        public async Task Invoke(IOutgoingGrainCallContext context)
        {
            if (context.InterfaceMethod.DeclaringType != typeof(IWatchObserver))
            {
                await context.Invoke();
                return;
            }

            bool fails;
            lock (_tries)
            {
                var key = (context.TargetId, ((WatchBatch)context.Request.GetArgument(0)!).Sequence);
                _tries[key] = _tries.GetValueOrDefault(key) + 1;
                fails = _tries[key] < TreeWatchGrain.MaxDeliveries;
            }

            if (!fails || LosesAnswer)
            {
                await context.Invoke();
            }

            if (fails)
            {
                throw new TimeoutException("lost, as the test wants");
            }
        }
    }
}
