using Actors.Abstractions;
using Actors.Model;
using Actors.Model.Ports;

namespace Actors.Tests.Grains;

public sealed class TopicGrainTests(OneSilo silo) : IClassFixture<OneSilo>
{
    private readonly GrainsCluster _cluster = silo.Cluster;

    private static CancellationToken Cancelled => GrainsCluster.Cancelled;

    [Fact]
    public async Task A_topic_is_created_described_grown_and_deleted()
    {
        var topic = _cluster.Topic("grown");
        var spec = new TopicSpec { PartitionCount = 3, Configs = { ["retention.ms"] = "1000" } };

        var created = (await topic.CreateAsync(spec, Cancelled)).GetValueOrThrow();
        var described = (await topic.DescribeAsync(Cancelled)).GetValueOrThrow();
        var grown = (await topic.AddPartitionsAsync(5, Cancelled)).GetValueOrThrow();
        var deleted = (await topic.DeleteAsync(Cancelled)).GetValueOrThrow();
        var gone = await topic.DescribeAsync(Cancelled);

        Assert.Equal(("grown", 3, "1000"), (created.Name, created.Partitions.Length, created.Configs["retention.ms"]));
        Assert.Equal(created.TopicId, described.TopicId);
        Assert.Equal((1, 0), (described.Partitions[2].LeaderId, described.Partitions[2].LeaderEpoch));
        Assert.Equal([1], described.Partitions[2].InSyncReplicas);
        Assert.Equal(5, grown.Partitions.Length);
        Assert.Equal(created.TopicId, deleted.TopicId);
        Assert.Equal((AnswerKind.Refused, ErrorCode.UnknownTopicOrPartition), (gone.Kind, gone.Error));
    }

    [Theory]
    [InlineData("orders", 1, ErrorCode.TopicAlreadyExists)]
    [InlineData("not allowed", 1, ErrorCode.InvalidTopicException)]
    [InlineData("none", 0, ErrorCode.InvalidPartitions)]
    public async Task A_topic_that_cannot_be_is_refused_with_Kafkas_code_and_a_sentence(string name, int partitions, ErrorCode expected)
    {
        await _cluster.Topic("orders").CreateAsync(new TopicSpec(), Cancelled);

        var answer = await _cluster.Topic(name).CreateAsync(new TopicSpec { PartitionCount = partitions }, Cancelled);

        Assert.Equal((AnswerKind.Refused, expected), (answer.Kind, answer.Error));
        Assert.False(string.IsNullOrEmpty(answer.Message));
    }

    [Fact]
    public async Task A_topic_of_the_cluster_itself_is_neither_deleted_nor_written_by_a_service()
    {
        _cluster.World.Create(new NewTopic { Name = "__inside", PartitionCount = 1, ReplicationFactor = 1, IsInternal = true }, 1);

        var answer = await _cluster.Topic("__inside").DeleteAsync(Cancelled);

        Assert.Equal(ErrorCode.InvalidTopicException, answer.Error);
        var batch = RecordBatchBytes.Encode(new Actors.Model.Records.Record { Value = new byte[] { 1 } });
        Assert.Equal(ErrorCode.InvalidTopicException, (await _cluster.Partition("__inside").AppendAsync(-1, batch, Cancelled)).Error);
        Assert.True((await _cluster.Partition("__inside").ReadAsync(new ReadQuery { Offset = 0 }, Cancelled)).IsDone);
    }

    [Fact]
    public async Task No_producer_id_is_given_out_twice()
    {
        var ids = new HashSet<long>();
        for (var i = 0; i < 10; i++)
        {
            Assert.True(ids.Add((await _cluster.Topic("any").OpenProducerAsync(Cancelled)).GetValueOrThrow().ProducerId));
        }
    }
}
