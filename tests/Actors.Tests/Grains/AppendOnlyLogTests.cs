using Actors.Abstractions;
using Actors.Grains;
using Actors.Model.Topics;
using Actors.Tests.Grains.Fakes;
using Orleans.Runtime;
using ErrorCode = Actors.Model.ErrorCode;

namespace Actors.Tests.Grains;

public sealed class AppendOnlyLogTests(OneSilo silo) : IClassFixture<OneSilo>
{
    [Fact]
    public async Task A_grains_own_log_is_made_at_the_first_append_and_read_back_after_a_restart()
    {
        var world = new FakeWorld();
        await using (var before = await GrainsCluster.StartAsync(world: world))
        {
            var journal = before.Client.GetGrain<IJournalForTests>("ann/ä");
            Assert.Empty(await journal.ReadAsync());
            Assert.Empty(world.Topics);
            Assert.Equal(0, await journal.WriteAsync("one"));
            Assert.Equal(1, await journal.WriteAsync("two"));
            await before.Client.GetGrain<IJournalForTests>("bob").WriteAsync("his");
        }

        Assert.Equal(["__log.logs.tests-2ejournal.ann-2f-c3-a4", "__log.logs.tests-2ejournal.bob"], world.Topics.Select(t => t.Name));
        Assert.All(world.Topics, t => Assert.True(t.IsInternal));
        Assert.All(world.Topics, t => Assert.Equal("-1", t.Configs["retention.ms"]));
        await using var after = await GrainsCluster.StartAsync(world: world);
        Assert.Equal(["one", "two"], await after.Client.GetGrain<IJournalForTests>("ann/ä").ReadAsync());
    }

    [Fact]
    public async Task An_append_that_failed_is_thrown_to_the_grain_and_is_not_in_the_log()
    {
        var cluster = silo.Cluster;
        var journal = cluster.Client.GetGrain<IJournalForTests>("a");
        await journal.WriteAsync("one");
        cluster.World.Log("__log.logs.tests-2ejournal.a").FailNext(ErrorCode.NotEnoughReplicas);

        var thrown = await Assert.ThrowsAsync<LogException>(() => journal.WriteAsync("two"));

        Assert.Equal((AnswerKind.Busy, ErrorCode.NotEnoughReplicas), (thrown.Kind, thrown.Error));
        Assert.Equal(["one"], await journal.ReadAsync());
    }

    [Theory]
    [InlineData("a", "a.b")]
    [InlineData("a.b", "a_b")]
    [InlineData("a/b", "a-2fb")]
    [InlineData("A", "a")]
    public void Logs_of_different_grains_never_meet(string left, string right)
    {
        var names = new[] { left, right }.Select(k => LogOfGrain.Find("logs", GrainId.Create("type", k)).Topic).ToArray();

        Assert.NotEqual(names[0], names[1]);
        Assert.False(TopicName.Collide(names[0], names[1]));
        Assert.All(names, n => Assert.Null(TopicName.Check(n)));
    }

    [Fact]
    public void A_name_that_would_be_too_long_is_hashed_and_stays_its_own()
    {
        var names = new[] { new string('x', 300), new string('x', 301), new string('ä', 80) }
            .Select(k => LogOfGrain.Find("logs", GrainId.Create("type", k)).Topic).ToHashSet();

        Assert.Equal(3, names.Count);
        Assert.All(names, n => Assert.Null(TopicName.Check(n)));
    }

    [Fact]
    public void Names_of_logs_are_on_disk_and_never_change()
    {
        Assert.Equal("orders/3", LogOfGrain.Find("logs", GrainId.Create("actors.partition", "orders/3")).ToString());
        Assert.Equal("__log.logs.shop-2ecart.42/0", LogOfGrain.Find("logs", GrainId.Create("shop.cart", "42")).ToString());
        Assert.Equal(
            "__loghash.logs.da30d70dfe59c5e22d9fb4ededfff5033fcd32c348ebed23cfb716b969873bde/0",
            LogOfGrain.Find("logs", GrainId.Create("shop.cart", new string('9', 240))).ToString());
        Assert.Equal("__state.logs/0", LogOfGrain.OfStates("logs").ToString());
    }
}
