using System.Text;
using Actors.Abstractions;
using Actors.Model.Ports;
using Actors.Tests.Grains.Fakes;
using ErrorCode = Actors.Model.ErrorCode;
using Record = Actors.Model.Records.Record;

namespace Actors.Tests.Grains;

/// <summary>Three silos: nodes 1 to 3.</summary>
public sealed class LeaderPlacementTests(ThreeSilos silos) : IClassFixture<ThreeSilos>
{
    private readonly GrainsCluster _cluster = silos.Cluster;
    private readonly FakeWorld _world = silos.Cluster.World;

    [Fact]
    public async Task A_partition_grain_runs_on_its_leaders_silo_and_follows_the_leader()
    {
        for (var node = 1; node <= 3; node++)
        {
            var topic = $"led-by-{node}";
            _world.Create(new NewTopic { Name = topic, PartitionCount = 2, ReplicationFactor = 1 }, node);
            var partition = _cluster.Partition(topic, 1);
            Assert.True((await partition.AppendAsync(-1, Batch("a"), GrainsCluster.Cancelled)).IsDone);
            Assert.Equal($"{node}", await _cluster.SiloOfAsync(partition));
        }

        var moved = _cluster.Partition("led-by-1", 1);
        var gone = _cluster.WaitForDeactivationAsync(moved);
        _world.Lead("led-by-1", 1, leaderId: 3);
        var refused = await moved.AppendAsync(-1, Batch("b"), GrainsCluster.Cancelled);
        await gone;
        var done = await moved.AppendAsync(-1, Batch("b"), GrainsCluster.Cancelled);

        Assert.Equal(
            (AnswerKind.NotLeader, ErrorCode.NotLeaderOrFollower, 3, 1), (refused.Kind, refused.Error, refused.LeaderId, refused.LeaderEpoch));
        Assert.Equal((AnswerKind.Done, 3), (done.Kind, done.LeaderId)); // only its own node says that it leads
        Assert.Equal(2, _world.Log("led-by-1", 1).LogEnd);
    }

    [Fact]
    public async Task A_grain_with_a_log_of_its_own_runs_where_that_log_is_led()
    {
        _world.Create(new NewTopic { Name = "__log.logs.tests-2ejournal.x", PartitionCount = 1, ReplicationFactor = 1 }, leaderId: 2);
        var journal = _cluster.Client.GetGrain<IJournalForTests>("x");

        await journal.WriteAsync("one");

        Assert.Equal("2", await _cluster.SiloOfAsync(journal));
    }

    [Fact]
    public async Task Without_a_leader_the_answer_is_a_value_that_asks_to_try_again()
    {
        _world.Create(new NewTopic { Name = "headless", PartitionCount = 1, ReplicationFactor = 1 }, leaderId: -1);

        var answer = await _cluster.Partition("headless").AppendAsync(-1, Batch("a"), GrainsCluster.Cancelled);

        Assert.Equal((AnswerKind.NotLeader, ErrorCode.LeaderNotAvailable), (answer.Kind, answer.Error));
        Assert.True(answer.RetryAfter > TimeSpan.Zero);
    }

    private static RecordBatchBytes Batch(string value) => RecordBatchBytes.Encode(new Record { Value = Encoding.UTF8.GetBytes(value) });
}
