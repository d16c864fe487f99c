using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Conformance.Fixtures;
using static Conformance.Clients.ConfluentProducerTests;

namespace Conformance.Clients;

[Collection(SharedNode.Name)]
public sealed class ConfluentAdminTests(NodeUnderTest node)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task A_topic_is_made_described_and_deleted_and_its_name_is_free_again()
    {
        var topic = NodeUnderTest.NewTopic("cf-life");
        using var admin = ConfluentClients.Admin(node.Bootstrap);
        await ConfluentClients.CreateTopicAsync(node.Bootstrap, topic, partitions: 5);

        var first = await DescribeAsync(admin, topic);
        Assert.Equal(5, first.Partitions.Count);
        Assert.All(first.Partitions, p => Assert.Equal(p.Leader.Id, Assert.Single(p.ISR).Id));
        using (var producer = ConfluentClients.Producer(node.Bootstrap))
        {
            await producer.ProduceAsync(new TopicPartition(topic, 0), Numbered(0), Cancellation);
        }

        await admin.DeleteTopicsAsync([topic]);
        var absent = await Assert.ThrowsAsync<DescribeTopicsException>(() => DescribeAsync(admin, topic));
        Assert.Equal(ErrorCode.UnknownTopicOrPart, absent.Results.TopicDescriptions.Single().Error.Code);

        await ConfluentClients.CreateTopicAsync(node.Bootstrap, topic);
        var second = await DescribeAsync(admin, topic);
        Assert.NotEqual(first.TopicId.ToString(), second.TopicId.ToString());
        Assert.Empty(ConfluentClients.ReadAll(node.Bootstrap, topic)); // nothing of the deleted one
    }

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task Wrong_topics_are_refused_one_by_one_with_the_protocols_errors()
    {
        using var admin = ConfluentClients.Admin(node.Bootstrap);
        var topic = NodeUnderTest.NewTopic("cf-wrong");
        await ConfluentClients.CreateTopicAsync(node.Bootstrap, topic);

        var refused = await Assert.ThrowsAsync<CreateTopicsException>(() => admin.CreateTopicsAsync(
        [
            new TopicSpecification { Name = topic, NumPartitions = 1, ReplicationFactor = 1 },
            new TopicSpecification { Name = "not/a/name", NumPartitions = 1, ReplicationFactor = 1 },
            new TopicSpecification { Name = topic + "-none", NumPartitions = 0, ReplicationFactor = 1 },
            new TopicSpecification { Name = topic + "-wide", NumPartitions = 1, ReplicationFactor = 5 },
            new TopicSpecification { Name = topic + "-typo", NumPartitions = 1, ReplicationFactor = 1, Configs = new() { ["retention.mss"] = "1" } },
            new TopicSpecification { Name = topic + "-value", NumPartitions = 1, ReplicationFactor = 1, Configs = new() { ["segment.bytes"] = "x" } },
            new TopicSpecification { Name = topic + "-good", NumPartitions = -1, ReplicationFactor = -1 },
        ]));

        Assert.Equal(
        [
            ErrorCode.TopicAlreadyExists, ErrorCode.TopicException, ErrorCode.InvalidPartitions, ErrorCode.InvalidReplicationFactor,
            ErrorCode.InvalidConfig, ErrorCode.InvalidConfig, ErrorCode.NoError,
        ], refused.Results.Select(r => r.Error.Code));
        Assert.Contains("retention.mss", refused.Results[4].Error.Reason, StringComparison.Ordinal);
        Assert.Single((await DescribeAsync(admin, topic + "-good")).Partitions);
    }

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task Partitions_are_added_and_never_taken_away()
    {
        var topic = NodeUnderTest.NewTopic("cf-grow");
        using var admin = ConfluentClients.Admin(node.Bootstrap);
        await ConfluentClients.CreateTopicAsync(node.Bootstrap, topic, partitions: 2);

        await admin.CreatePartitionsAsync([new PartitionsSpecification { Topic = topic, IncreaseTo = 4 }]);
        var refused = await Assert.ThrowsAsync<CreatePartitionsException>(() =>
            admin.CreatePartitionsAsync([new PartitionsSpecification { Topic = topic, IncreaseTo = 3 }]));

        Assert.Equal(ErrorCode.InvalidPartitions, refused.Results.Single().Error.Code);
        Assert.Equal(4, (await DescribeAsync(admin, topic)).Partitions.Count);
        using var producer = ConfluentClients.Producer(node.Bootstrap);
        Assert.Equal(0, (await producer.ProduceAsync(new TopicPartition(topic, 3), Numbered(0), Cancellation)).Offset.Value);
    }

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task Offsets_are_listed_by_earliest_latest_and_time()
    {
        var topic = NodeUnderTest.NewTopic("cf-list-offsets");
        using var admin = ConfluentClients.Admin(node.Bootstrap);
        await ConfluentClients.CreateTopicAsync(node.Bootstrap, topic);
        using (var producer = ConfluentClients.Producer(node.Bootstrap))
        {
            foreach (var time in new[] { 1_700_000_000_000, 1_700_000_009_000, 1_700_000_005_000 })
            {
                var message = Numbered(0);
                message.Timestamp = new Timestamp(time, TimestampType.CreateTime);
                await producer.ProduceAsync(topic, message, Cancellation);
            }
        }

        async Task<long> AskAsync(OffsetSpec spec) => (await admin.ListOffsetsAsync(
            [new TopicPartitionOffsetSpec { TopicPartition = new TopicPartition(topic, 0), OffsetSpec = spec }]))
            .ResultInfos.Single().TopicPartitionOffsetError.Offset.Value;

        Assert.Equal(0, await AskAsync(OffsetSpec.Earliest()));
        Assert.Equal(3, await AskAsync(OffsetSpec.Latest()));
        Assert.Equal(1, await AskAsync(OffsetSpec.MaxTimestamp()));
        Assert.Equal(1, await AskAsync(OffsetSpec.ForTimestamp(1_700_000_001_000)));
    }

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task Topic_configs_are_described_with_what_was_set_and_what_is_default()
    {
        var topic = NodeUnderTest.NewTopic("cf-configs");
        using var admin = ConfluentClients.Admin(node.Bootstrap);
        await ConfluentClients.CreateTopicAsync(node.Bootstrap, topic, configs: new() { ["segment.bytes"] = "2000000", ["cleanup.policy"] = "compact" });

        var entries = (await admin.DescribeConfigsAsync([new ConfigResource { Type = ResourceType.Topic, Name = topic }])).Single().Entries;

        Assert.Equal(("2000000", ConfigSource.DynamicTopicConfig), (entries["segment.bytes"].Value, entries["segment.bytes"].Source));
        Assert.Equal("compact", entries["cleanup.policy"].Value);
        Assert.Equal(("604800000", true), (entries["retention.ms"].Value, entries["retention.ms"].IsDefault));
        Assert.Equal("1048588", entries["max.message.bytes"].Value);
        Assert.Equal("CreateTime", entries["message.timestamp.type"].Value);
    }

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task The_brokers_own_configs_are_described()
    {
        using var admin = ConfluentClients.Admin(node.Bootstrap);
        var id = admin.GetMetadata(ConfluentClients.Patience).Brokers.Single().BrokerId;

        var entries = (await admin.DescribeConfigsAsync([new ConfigResource { Type = ResourceType.Broker, Name = $"{id}" }])).Single().Entries;

        Assert.Contains("num.partitions", entries.Keys);
        Assert.Contains("auto.create.topics.enable", entries.Keys);
    }

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task The_cluster_names_itself_its_controller_and_its_nodes()
    {
        using var admin = ConfluentClients.Admin(node.Bootstrap);

        var cluster = await admin.DescribeClusterAsync(new DescribeClusterOptions { RequestTimeout = ConfluentClients.Patience });

        Assert.False(string.IsNullOrEmpty(cluster.ClusterId));
        var member = Assert.Single(cluster.Nodes);
        Assert.Equal(member.Id, cluster.Controller.Id);
        Assert.Equal(node.Bootstrap, $"{member.Host}:{member.Port}");
    }

    private static async Task<TopicDescription> DescribeAsync(IAdminClient admin, string topic) =>
        (await admin.DescribeTopicsAsync(TopicCollection.OfTopicNames([topic]))).TopicDescriptions.Single();
}
