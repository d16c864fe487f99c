using Actors.Cluster.Znodes;
using Actors.Model.Znodes;
using Actors.ZooKeeper.Wire;
using static Actors.Tests.TreeListener.TreeClient;

namespace Actors.Tests.TreeListener;

/// <summary>Znodes that the leader deletes by itself, and the settings that decide outcomes.</summary>
public sealed class LifetimeTests
{
    [Fact]
    public async Task A_znode_goes_when_its_time_to_live_is_over()
    {
        await using var tree = await TreeHarness.StartAsync();
        var client = await tree.ConnectAsync();
        Assert.Equal(TreeErrorCode.Ok, (await client.AskAsync(OpCode.CreateTtl, CreateTtl("/t", ttlMs: 50))).Error);
        client.Send(OpCode.Exists, Watchable("/t", true));
        var answer = await client.ReceiveAsync();
        if (answer.Error == TreeErrorCode.Ok)
        {
            answer = await client.ReceiveAsync();
            Assert.Equal((WatchEventType.Deleted, "/t"), (answer.EventType, answer.EventPath));
        }

        Assert.Equal(TreeErrorCode.NoNode, (await client.GetAsync("/t")).Error);
    }

    [Fact]
    public async Task A_container_goes_after_its_last_child_and_not_before_its_first()
    {
        await using var tree = await TreeHarness.StartAsync();
        var client = await tree.ConnectAsync();
        await client.AskAsync(OpCode.CreateContainer, Create("/c", "", CreateMode.Container));
        await client.CreateAsync("/c/child");
        await client.GetAsync("/c", watch: true);
        Assert.Equal(TreeErrorCode.Ok, (await client.AskAsync(OpCode.Delete, PathAndNumber("/c/child", -1))).Error);
        Assert.Equal((WatchEventType.Deleted, "/c"), ((await client.ReceiveAsync()) is var told ? told.EventType : 0, told.EventPath));
    }

    [Fact]
    public async Task What_decides_outcomes_comes_from_the_log()
    {
        await using var tree = await TreeHarness.StartAsync(settings: TreeSettings.Default with { ExtendedTypes = false });
        var client = await tree.ConnectAsync();
        Assert.Equal(TreeErrorCode.Unimplemented, (await client.AskAsync(OpCode.CreateTtl, CreateTtl("/t", ttlMs: 50))).Error);
    }

    private static Action<JuteWriter> CreateTtl(string path, long ttlMs) => writer =>
    {
        Create(path, "", CreateMode.PersistentWithTtl)(writer);
        writer.WriteInt64(ttlMs);
    };
}
