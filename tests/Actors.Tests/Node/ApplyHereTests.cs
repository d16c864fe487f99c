using Actors.Model.Ports;
using Actors.Model.Znodes;

namespace Actors.Tests.Node;

/// <summary>Who applies what is committed: a few commands of the tree alone the log thread that synced them, everything else the apply thread.</summary>
public sealed class ApplyHereTests
{
    private const string LogThread = "log-write";
    private const string ApplyThread = "cluster-apply";

    [Fact]
    public async Task A_write_alone_is_applied_by_the_thread_that_synced_it()
    {
        await using var node = await TestNode.StartAsync();
        for (var i = 0; i < 100; i++)
        {
            var reply = Submit(node, 1);
            node.Host.Tree.Send();
            if (await reply.Applied.WaitAsync(TestNode.Cancel) == LogThread)
            {
                return; // at times the apply thread is at work with something else
            }
        }

        Assert.Fail("The apply thread applied every one of a hundred writes.");
    }

    [Fact]
    public async Task A_round_of_many_writes_is_the_apply_threads()
    {
        await using var node = await TestNode.StartAsync();
        for (var i = 0; i < 100; i++)
        {
            var reply = Submit(node, 100);
            node.Host.Tree.Send();
            if (await reply.Applied.WaitAsync(TestNode.Cancel) == ApplyThread)
            {
                return; // what was sent meanwhile may have cut the round in two
            }
        }

        Assert.Fail("The log thread applied every one of a hundred large rounds.");
    }

    [Fact]
    public async Task Writes_and_changes_of_the_catalog_from_many_sides_are_applied_once_and_in_order()
    {
        await using var node = await TestNode.StartAsync();
        var zxids = new List<long>();
        var topics = Task.Run(async () =>
        {
            for (var i = 0; i < 20; i++)
            {
                await node.Commands.CreateTopicAsync(TestNode.Topic($"t{i}"), TestNode.Cancel);
            }
        }, TestNode.Cancel);
        var writers = Enumerable.Range(0, 4).Select(w => Task.Run(async () =>
        {
            for (var i = 0; i < 100; i++)
            {
                var reply = Submit(node, i % 10 == 0 ? 30 : 1, zxids);
                node.Host.Tree.Send();
                await reply.Applied.WaitAsync(TestNode.Cancel);
            }
        }, TestNode.Cancel));
        await Task.WhenAll([topics, .. writers]);
        Assert.Equal(4 * ((10 * 30) + 90), zxids.Count);
        Assert.Equal(zxids.Order().Distinct(), zxids);
        Assert.Equal(20, node.Catalog.TopicCount);
    }

    [Fact]
    public async Task A_fault_of_ours_ends_the_host_wherever_it_is_applied()
    {
        var node = await TestNode.StartAsync();
        var bad = new Noted(null) { Throws = true };
        Submit(node, bad);
        node.Host.Tree.Send();
        await bad.Applied.WaitAsync(TestNode.Cancel);
        var refused = new Noted(null);
        while (!refused.Applied.IsCompleted)
        {
            refused = new Noted(null);
            Submit(node, refused); // lost at once when the host has stopped
            await Task.Yield();
        }

        Assert.Equal("asked for", node.Host.Fault);
        await node.DisposeAsync();
    }

    private static Noted Submit(TestNode node, int writes, List<long>? zxids = null)
    {
        var last = new Noted(zxids);
        for (var i = 1; i < writes; i++)
        {
            Submit(node, new Noted(zxids));
        }

        Submit(node, last);
        return last;
    }

    private static void Submit(TestNode node, Noted reply) => node.Host.Tree.Submit(
        new SessionCaller(0, -1, []), new ZnodeWrite { Kind = ZnodeWriteKind.SetData, Path = "/nobody"u8.ToArray(), Version = -1 }, reply);

    /// <summary>Notes by which thread it was applied.</summary>
    private sealed class Noted(List<long>? zxids) : ITreeReply
    {
        private readonly TaskCompletionSource<string?> _applied = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool Throws { get; init; }

        public Task<string?> Applied => _applied.Task;

        public ITreeSessionOwner? OnApplied(ITreeOutcome outcome, ITreeView tree)
        {
            zxids?.Add(outcome.ZxidValue);
            _applied.TrySetResult(Thread.CurrentThread.Name);
            return Throws ? throw new InvalidOperationException("asked for") : null;
        }

        public void OnLost() => _applied.TrySetResult(null);
    }
}
