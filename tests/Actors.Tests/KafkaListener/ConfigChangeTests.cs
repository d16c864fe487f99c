using Actors.Kafka.Wire;
using Actors.Model;
using Actors.Model.Producers;
using Actors.Tests.Model;

namespace Actors.Tests.KafkaListener;

public sealed class ConfigChangeTests
{
    private const sbyte Topic = 2;
    private const sbyte Broker = 4;

    [Fact]
    public async Task Settings_are_set_and_taken_back_one_by_one_or_all_at_once()
    {
        await using var kafka = new KafkaHarness();
        kafka.Node.With("orders", configs: new Dictionary<string, string> { ["retention.ms"] = "5", ["segment.ms"] = "7" });
        var client = kafka.Connect();
        Assert.Equal(0, await Change(client, Topic, "orders", ("retention.ms", 1, null), ("flush.ms", 0, "9")));
        Assert.Equal([("flush.ms", "9"), ("segment.ms", "7")], Configs(kafka));
        var all = await client.Ask<AlterConfigsRequest, AlterConfigsResponse>(
            new()
            {
                Resources =
                [
                    new() { ResourceType = Topic, ResourceName = "orders", Configs = [new() { Name = "segment.ms", Value = "8" }] },
                ],
            },
            2);
        Assert.Equal(0, all.Responses.Single().ErrorCode);
        Assert.Equal([("segment.ms", "8")], Configs(kafka));
    }

    [Fact]
    public async Task Bad_changes_are_refused_and_change_nothing()
    {
        await using var kafka = new KafkaHarness();
        kafka.Node.With("orders").With("__state.logs");
        var client = kafka.Connect();
        Assert.Equal(40, await Change(client, Topic, "orders", ("no.such", 0, "1")));
        Assert.Equal(40, await Change(client, Topic, "orders", ("segment.ms", 0, "x")));
        Assert.Equal(42, await Change(client, Topic, "orders", ("segment.ms", 0, null)));
        Assert.Equal(42, await Change(client, Topic, "orders", ("segment.ms", 0, "1"), ("segment.ms", 1, null)));
        Assert.Equal(42, await Change(client, Topic, "orders", ("segment.ms", 9, "1")));
        Assert.Equal(3, await Change(client, Topic, "none", ("segment.ms", 0, "1")));
        Assert.Equal(17, await Change(client, Topic, "__state.logs", ("cleanup.policy", 0, "delete")));
        Assert.Equal(0, await Change(client, Topic, "__state.logs", ("segment.bytes", 0, "1048576")));
        Assert.Equal(42, await Change(client, Broker, "1", ("node.id", 0, "2")));
        Assert.Equal(40, await Change(client, Broker, "", ("no.such", 0, "2")));
        Assert.Equal(42, await Change(client, Broker, "7", ("node.id", 0, "2")));
        Assert.Equal(42, await Change(client, 99, "x", ("node.id", 0, "2")));
        Assert.Empty(Configs(kafka));
    }

    [Fact]
    public async Task Internal_topics_are_read_but_not_filled_grown_or_deleted_by_clients()
    {
        await using var kafka = new KafkaHarness();
        kafka.Node.With("__state.logs", 2);
        var client = kafka.Connect();
        var produced = await client.Produce("__state.logs", 0, BatchBytes.OfSize(1, 10));
        Assert.Equal((short)ErrorCode.InvalidTopicException, produced.Responses.Single().PartitionResponses.Single().ErrorCode);
        Assert.Empty(kafka.Node["__state.logs", 0].Batches);
        var grown = await client.Ask<CreatePartitionsRequest, CreatePartitionsResponse>(
            new() { Topics = [new() { Name = "__state.logs", Count = 5 }] }, 3);
        Assert.Equal(17, grown.Results.Single().ErrorCode);
        var deleted = await client.Ask<DeleteTopicsRequest, DeleteTopicsResponse>(new() { TopicNames = ["__state.logs"] }, 5);
        Assert.Equal(17, deleted.Responses.Single().ErrorCode);
    }

    [Fact]
    public async Task A_cluster_of_one_needs_no_election_and_moves_nothing()
    {
        await using var kafka = new KafkaHarness();
        kafka.Node.With("orders");
        var client = kafka.Connect();
        var elected = await client.Ask<ElectLeadersRequest, ElectLeadersResponse>(
            new() { TopicPartitions = [new() { Topic = "orders", Partitions = [0, 5] }, new() { Topic = "none", Partitions = [0] }] }, 2);
        Assert.Equal([84, 3, 3], elected.ReplicaElectionResults.SelectMany(t => t.PartitionResult).Select(p => p.ErrorCode));
        var all = await client.Ask<ElectLeadersRequest, ElectLeadersResponse>(new() { TopicPartitions = null }, 2);
        Assert.Empty(all.ReplicaElectionResults.SelectMany(t => t.PartitionResult));
        var moved = await client.Ask<AlterPartitionReassignmentsRequest, AlterPartitionReassignmentsResponse>(
            new()
            {
                Topics =
                [
                    new() { Name = "orders", Partitions = [new() { Replicas = [1] }, new() { Replicas = null }, new() { Replicas = [9] }] },
                    new() { Name = "none", Partitions = [new() { Replicas = [1] }] },
                ],
            },
            1);
        Assert.Equal([0, 85, 39, 3], moved.Responses.SelectMany(t => t.Partitions).Select(p => p.ErrorCode));
    }

    [Fact]
    public async Task Producers_are_described_and_quotas_refused()
    {
        await using var kafka = new KafkaHarness();
        kafka.Node.With("orders");
        kafka.Node["orders", 0].Producers = [new ProducerState(1234, 2) { LastAppendTimeMs = 99 }];
        var client = kafka.Connect();
        var described = await client.Ask<DescribeProducersRequest, DescribeProducersResponse>(
            new() { Topics = [new() { Name = "orders", PartitionIndexes = [0, 1] }] }, 0);
        var (known, unknown) = (described.Topics.Single().Partitions[0], described.Topics.Single().Partitions[1]);
        Assert.Equal((1234L, 2, -1, 99L, -1L), known.ActiveProducers.Select(p =>
            (p.ProducerId, p.ProducerEpoch, p.LastSequence, p.LastTimestamp, p.CurrentTxnStartOffset)).Single());
        Assert.Equal(3, unknown.ErrorCode);
        Assert.Empty((await client.Ask<DescribeClientQuotasRequest, DescribeClientQuotasResponse>(new(), 1)).Entries!);
        var refused = await client.Ask<AlterClientQuotasRequest, AlterClientQuotasResponse>(
            new() { Entries = [new() { Entity = [new() { EntityType = "user", EntityName = "u" }] }] }, 1);
        Assert.Equal(42, refused.Entries.Single().ErrorCode);
        var users = await client.Ask<DescribeUserScramCredentialsRequest, DescribeUserScramCredentialsResponse>(
            new() { Users = [new() { Name = "u" }] }, 0);
        Assert.Equal(91, users.Results.Single().ErrorCode);
    }

    private static async Task<short> Change(
        KafkaTestClient client, sbyte type, string name, params (string Name, sbyte Operation, string? Value)[] changes)
    {
        var answer = await client.Ask<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(
            new()
            {
                Resources =
                [
                    new()
                    {
                        ResourceType = type,
                        ResourceName = name,
                        Configs = [.. changes.Select(c => new IncrementalAlterConfigsRequestConfig
                        {
                            Name = c.Name, ConfigOperation = c.Operation, Value = c.Value,
                        })],
                    },
                ],
            },
            1);
        return answer.Responses.Single().ErrorCode;
    }

    private static IEnumerable<(string, string)> Configs(KafkaHarness kafka)
    {
        Assert.True(kafka.Node.TryGetTopic("orders", out var topic));
        return topic.Configs.Select(c => (c.Key, c.Value)).Order();
    }
}
