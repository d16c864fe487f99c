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
        var one = new WatchRecorder();
        var below = new WatchRecorder();
        await Stream(cluster, "/a").SubscribeAsync(one);
        await Stream(cluster, "/a", WatchStreams.TreeNamespace).SubscribeAsync(below);

        await cluster.CreateAsync("/a");
        await cluster.CreateAsync("/b");
        await cluster.CreateAsync("/a/x");
        await cluster.SetAsync("/a/x");
        await cluster.SetAsync("/a");
        await cluster.DeleteAsync("/a/x");
        var end = await cluster.DeleteAsync("/a");

        await one.UntilZxidAsync(end);
        Assert.Equal(
            [
                (WatchEventType.Created, "/a"), (WatchEventType.ChildrenChanged, "/a"), (WatchEventType.DataChanged, "/a"),
                (WatchEventType.ChildrenChanged, "/a"), (WatchEventType.Deleted, "/a"),
            ],
            one.Events.Select(e => (e.Type, e.Path)));
        await below.UntilZxidAsync(end);
        Assert.Equal(
            [
                (WatchEventType.Created, "/a"), (WatchEventType.Created, "/a/x"), (WatchEventType.DataChanged, "/a/x"),
                (WatchEventType.DataChanged, "/a"), (WatchEventType.Deleted, "/a/x"), (WatchEventType.Deleted, "/a"),
            ],
            below.Events.Select(e => (e.Type, e.Path)));
    }

    [Fact]
    public async Task A_token_resumes_behind_its_event_and_an_ended_subscription_is_told_nothing()
    {
        await using var cluster = await WatchCluster.StartAsync();
        var before = await cluster.CreateAsync("/a");
        var set = await cluster.SetAsync("/a");
        var last = await cluster.SetAsync("/a");
        var recorder = new WatchRecorder();
        var stream = Stream(cluster, "/a");

        var handle = await stream.SubscribeAsync(recorder, ZnodeEventToken.After(before));
        await recorder.UntilZxidAsync(last);
        Assert.Equal([set, last], recorder.Events.Select(e => e.Zxid));
        Assert.Equal([handle], await stream.GetAllSubscriptionHandles());

        var again = new WatchRecorder();
        var resumed = await handle.ResumeAsync(again, recorder.Events[0].Token);
        await again.UntilZxidAsync(last);
        Assert.Equal([last], again.Events.Select(e => e.Zxid));

        await resumed.UnsubscribeAsync();
        Assert.Empty(await stream.GetAllSubscriptionHandles());
        var other = new WatchRecorder();
        await stream.SubscribeAsync(other);
        await other.UntilZxidAsync(await cluster.SetAsync("/a"));
        Assert.Single(again.Events);
        Assert.Equal(2, recorder.Events.Count);
    }

    [Fact]
    public async Task Nothing_can_be_sent_into_a_stream_and_only_streams_of_znodes_are_there()
    {
        await using var cluster = await WatchCluster.StartAsync();
        var provider = cluster.Silos.Client.GetStreamProvider(WatchStreams.ProviderName);
        var stream = Stream(cluster, "/a");

        await Assert.ThrowsAsync<NotSupportedException>(() => stream.OnNextAsync(default));
        await Assert.ThrowsAsync<NotSupportedException>(() => stream.OnCompletedAsync());
        Assert.Throws<ArgumentException>(() => provider.GetStream<string>(StreamId.Create(WatchStreams.ZnodeNamespace, "/a")));
        Assert.Throws<ArgumentException>(() => provider.GetStream<ZnodeEvent>(StreamId.Create("orders", "/a")));
        Assert.Throws<ArgumentException>(() => provider.GetStream<ZnodeEvent>(StreamId.Create(WatchStreams.ZnodeNamespace, "a")));
    }

    [Fact]
    public async Task Events_only_to_those_who_may_read()
    {
        await using var cluster = await WatchCluster.StartAsync();
        var nobody = new WatchRecorder();
        await Stream(cluster, "/", WatchStreams.TreeNamespace).SubscribeAsync(nobody);
        // digest of user:password, as ZooKeeper's tools print it
        var secret = new ZnodeAcl(ZnodePermissions.All, "digest", "user:tpUq/4Pn5A64fVZyQ0gOJ8ZWqkY=");
        var first = await cluster.CreateAsync("/secret", secret);
        var after = await cluster.CreateAsync("/open");
        await nobody.UntilZxidAsync(after);
        Assert.Equal(["/open"], nobody.Events.Select(e => e.Path));

        cluster.Client.Watches.SetCredentials([new TreeCredential("digest", [.. "user:password"u8])]);
        var user = new WatchRecorder();
        await Stream(cluster, "/", WatchStreams.TreeNamespace).SubscribeAsync(user, new ZnodeEventToken(first - 1, 0));
        await user.UntilZxidAsync(after);
        Assert.Equal(["/secret", "/open"], user.Events.Select(e => e.Path));
    }

    [Fact]
    public async Task A_slow_handler_is_told_TooOld_and_holds_nobody_up()
    {
        await using var cluster = await WatchCluster.StartAsync(client: o => o.MaxBufferedEvents = 20);
        await cluster.CreateAsync("/a");
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var slow = new WatchRecorder { Blocked = release.Task };
        var fast = new WatchRecorder();
        await Stream(cluster, "/a").SubscribeAsync(slow);
        await Stream(cluster, "/a").SubscribeAsync(fast);

        var written = new List<long>();
        for (var i = 0; i < 100; i++)
        {
            written.Add(await cluster.SetAsync("/a"));
            await fast.UntilZxidAsync(written[^1]);
        }

        Assert.Equal(written, fast.Events.Select(e => e.Zxid));
        release.SetResult();
        await slow.UntilErrorAsync();
        var gap = Assert.IsType<WatchTooOldException>(Assert.Single(slow.Errors));
        Assert.Equal((WatchGapReason.SlowHandler, written[^1]), (gap.Reason, gap.Zxid));
        await slow.UntilZxidAsync(await cluster.SetAsync("/a"));
    }

    [Fact]
    public async Task A_slow_subscriber_is_told_TooOld_and_holds_nobody_up()
    {
        await using var cluster = await WatchCluster.StartAsync(
            configure: o => o with { FeedQueueBytes = 200, EventRingBytes = 1024, EventRingBlockBytes = 512 });
        await cluster.CreateAsync("/a");
        var process = new StuckProcess();
        var observer = cluster.Silos.Client.CreateObjectReference<IWatchObserver>(process);
        var grain = cluster.Silos.Client.GetGrain<ITreeWatchGrain>(Guid.NewGuid());
        var opened = await grain.OpenAsync(
            observer, TreeCaller.Anonymous, new WatchChange { Version = 1, Added = [new ZnodeWatch { Path = "/a" }] }, Cancelled);
        Assert.True(opened.IsDone);

        for (var i = 0; i < 200; i++)
        {
            await cluster.SetAsync("/a"); // and waits for nobody
        }

        process.Go.SetResult();
        var gap = await process.Gap.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancelled);
        Assert.Equal((WatchGapReason.TooOld, "/a"), (gap.Reason, Assert.Single(gap.Watches).Path));
    }

    [Fact]
    public async Task What_is_no_credential_and_no_path_is_refused()
    {
        await using var cluster = await WatchCluster.StartAsync();
        var observer = cluster.Silos.Client.CreateObjectReference<IWatchObserver>(new StuckProcess());
        var caller = new TreeCaller { Credentials = [new TreeCredential("kerberos", [1])] };

        var grain = cluster.Silos.Client.GetGrain<ITreeWatchGrain>(Guid.NewGuid());
        Assert.Equal(TreeErrorCode.AuthFailed, (await grain.OpenAsync(observer, caller, new WatchChange { Version = 1 }, Cancelled)).Error);
        var watches = new WatchChange { Version = 1, Added = [new ZnodeWatch { Path = "a/b" }] };
        Assert.Equal(TreeErrorCode.BadArguments, (await grain.OpenAsync(observer, TreeCaller.Anonymous, watches, Cancelled)).Error);
        Assert.Throws<ArgumentException>(() => cluster.Client.Watches.SetCredentials([new TreeCredential("kerberos", [1])]));
        await Assert.ThrowsAsync<ArgumentException>(async () =>
        {
            await foreach (var _ in cluster.Client.WatchAsync("a/b", cancellationToken: Cancelled))
            {
                Assert.Fail("no such path");
            }
        });
    }

    [Fact]
    public async Task A_silo_that_dies_is_replaced_from_where_the_subscription_was()
    {
        await using var cluster = await WatchCluster.StartAsync(silos: 2);
        await cluster.CreateAsync("/a");
        var recorder = new WatchRecorder();
        await Stream(cluster, "/a").SubscribeAsync(recorder);
        var written = new List<long> { await cluster.SetAsync("/a") };
        await recorder.UntilZxidAsync(written[0]);

        await cluster.Silos.KillSiloOfAsync("actors.tree-watch");
        for (var i = 0; i < 20; i++)
        {
            written.Add(await cluster.SetAsync("/a"));
        }

        await recorder.UntilZxidAsync(written[^1]);
        Assert.Equal(written, recorder.Events.Select(e => e.Zxid));
        Assert.Empty(recorder.Errors);
    }

    [Fact]
    public async Task A_grain_handles_changes_in_its_own_context_until_it_is_deactivated()
    {
        await using var cluster = await WatchCluster.StartAsync();
        var grain = cluster.Silos.Client.GetGrain<IWatchingForTests>("w");
        var activation = await grain.WatchAsync("/a");
        var zxid = await cluster.CreateAsync("/a");
        Assert.Equal((zxid, true), await grain.UntilToldAsync());

        await cluster.Silos.DeactivateAsync(grain);
        await cluster.Silos.WaitForDeactivationAsync(grain);
        Assert.NotEqual(activation, await grain.WatchAsync("/b"));
        await cluster.SetAsync("/a");
        zxid = await cluster.CreateAsync("/b");
        Assert.Equal((zxid, true), await grain.UntilToldAsync());
        Assert.Equal(1, WatchingForTests.Subscriptions(cluster.Silos.Services));
    }

    private static IAsyncStream<ZnodeEvent> Stream(WatchCluster cluster, string path, string ns = WatchStreams.ZnodeNamespace) =>
        cluster.Silos.Client.GetStreamProvider(WatchStreams.ProviderName).GetStream<ZnodeEvent>(StreamId.Create(ns, path));

    /// <summary>A process that does not take its first batch for a long time.</summary>
    private sealed class StuckProcess : IWatchObserver
    {
        public TaskCompletionSource Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<WatchGap> Gap { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async ValueTask OnBatchAsync(WatchBatch batch)
        {
            if (batch.Gap is { } gap)
            {
                Gap.TrySetResult(gap);
            }

            await Go.Task;
        }
    }
}
