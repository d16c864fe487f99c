using Actors.Kafka.Listener;
using Actors.Kafka.Wire;
using Actors.Model;
using Actors.Model.Topics;

namespace Actors.Tests.KafkaListener;

public sealed class AdminTests
{
    [Fact]
    public async Task Topics_are_created_with_what_the_answer_tells()
    {
        await using var kafka = new KafkaHarness();
        var client = kafka.Connect();
        for (short version = 2; version <= 7; version++)
        {
            var answer = await client.Ask<CreateTopicsRequest, CreateTopicsResponse>(
                new()
                {
                    Topics =
                    [
                        new()
                        {
                            Name = $"t{version}", NumPartitions = 3, ReplicationFactor = 1,
                            Configs = [new() { Name = "retention.ms", Value = "5" }],
                        },
                    ],
                },
                version);
            var topic = answer.Topics.Single();
            Assert.Equal((short)0, topic.ErrorCode);
            Assert.True(kafka.Node.TryGetTopic($"t{version}", out var created));
            Assert.Equal("5", created.Configs["retention.ms"]);
            Assert.Equal(version >= 7 ? created.Id : Guid.Empty, topic.TopicId);
            if (version >= 5)
            {
                Assert.Equal((3, 1), (topic.NumPartitions, topic.ReplicationFactor));
                Assert.Equal(("5", (sbyte)1), topic.Configs!.Where(c => c.Name == "retention.ms").Select(c => (c.Value, c.ConfigSource)).Single());
                Assert.Equal(("1", (sbyte)5), topic.Configs!.Where(c => c.Name == "flush.messages").Select(c => (c.Value, c.ConfigSource)).Single());
            }
        }
    }

    [Fact]
    public async Task Bad_creations_are_refused_each_with_its_own_error()
    {
        await using var kafka = new KafkaHarness();
        kafka.Node.With("there");
        var request = new CreateTopicsRequest
        {
            Topics =
            [
                new() { Name = "there", NumPartitions = 1, ReplicationFactor = 1 },
                new() { Name = "twice", NumPartitions = 1, ReplicationFactor = 1 },
                new() { Name = "twice", NumPartitions = 2, ReplicationFactor = 1 },
                new() { Name = "config", NumPartitions = 1, ReplicationFactor = 1, Configs = [new() { Name = "no.such", Value = "1" }] },
                new() { Name = "null", NumPartitions = 1, ReplicationFactor = 1, Configs = [new() { Name = "retention.ms", Value = null }] },
                new() { Name = "both", NumPartitions = 1, ReplicationFactor = -1, Assignments = [new() { PartitionIndex = 0, BrokerIds = [1] }] },
                new() { Name = "gap", NumPartitions = -1, ReplicationFactor = -1, Assignments = [new() { PartitionIndex = 1, BrokerIds = [1] }] },
                new() { Name = "ok", NumPartitions = -1, ReplicationFactor = -1, Assignments = [new() { PartitionIndex = 0, BrokerIds = [1] }] },
            ],
        };
        var answer = await kafka.Connect().Ask<CreateTopicsRequest, CreateTopicsResponse>(request, 7);
        Assert.Equal(
            [36, 42, 40, 40, 42, 39, 0],
            answer.Topics.Select(t => (int)t.ErrorCode));
        Assert.Equal("Unknown topic config name: no.such", answer.Topics[2].ErrorMessage);
        Assert.False(kafka.Node.TryGetTopic("twice", out _));
        Assert.True(kafka.Node.TryGetTopic("ok", out _));
    }

    [Fact]
    public async Task Validating_only_changes_nothing()
    {
        await using var kafka = new KafkaHarness();
        var client = kafka.Connect();
        var answer = await client.Ask<CreateTopicsRequest, CreateTopicsResponse>(
            new() { Topics = [new() { Name = "maybe", NumPartitions = 4, ReplicationFactor = 1 }], ValidateOnly = true }, 7);
        Assert.Equal((0, 4), (answer.Topics[0].ErrorCode, answer.Topics[0].NumPartitions));
        Assert.False(kafka.Node.TryGetTopic("maybe", out _));
    }

    [Fact]
    public async Task A_creation_that_takes_too_long_is_answered_with_timed_out()
    {
        await using var kafka = new KafkaHarness();
        kafka.Node.CommandGate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        kafka.Node.CommandsCancel = true;
        var client = kafka.Connect();
        client.Send(new CreateTopicsRequest { Topics = [new() { Name = "slow", NumPartitions = 1, ReplicationFactor = 1 }], TimeoutMs = 1000 }, 7);
        await Net.NetHarness.Until(() => kafka.Node.CommandCount == 1);
        kafka.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal((short)ErrorCode.RequestTimedOut, (await client.Receive<CreateTopicsResponse>()).Topics[0].ErrorCode);
    }

    [Fact]
    public async Task Topics_are_deleted_by_name_and_by_id()
    {
        await using var kafka = new KafkaHarness();
        kafka.Node.With("a").With("b").With("c");
        kafka.Node.TryGetTopic("b", out var b);
        var client = kafka.Connect();
        var byName = await client.Ask<DeleteTopicsRequest, DeleteTopicsResponse>(new() { TopicNames = ["a", "nowhere"] }, 5);
        Assert.Equal([0, 3], byName.Responses.Select(r => (int)r.ErrorCode));
        var byId = await client.Ask<DeleteTopicsRequest, DeleteTopicsResponse>(
            new()
            {
                Topics =
                [
                    new() { TopicId = b!.Id }, new() { TopicId = Guid.NewGuid() }, new() { Name = "c", TopicId = b.Id },
                    new() { Name = "x" }, new() { Name = "x" },
                ],
            },
            6);
        Assert.Equal([0, 100, 42, 42], byId.Responses.Select(r => (int)r.ErrorCode));
        Assert.Equal("b", byId.Responses[0].Name);
        Assert.Equal(["c"], kafka.Node.Topics.Select(t => t.Name));
    }

    [Fact]
    public async Task Partitions_are_added_and_the_same_topic_twice_is_refused()
    {
        await using var kafka = new KafkaHarness();
        kafka.Node.With("a").With("b", 3);
        var client = kafka.Connect();
        var answer = await client.Ask<CreatePartitionsRequest, CreatePartitionsResponse>(
            new()
            {
                Topics =
                [
                    new() { Name = "a", Count = 4 }, new() { Name = "b", Count = 2 },
                    new() { Name = "c", Count = 1 }, new() { Name = "c", Count = 2 },
                ],
            },
            3);
        Assert.Equal([0, 37, 42], answer.Results.Select(r => (int)r.ErrorCode));
        Assert.True(kafka.Node.TryGetTopic("a", out var a) && a.Partitions.Count == 4);
    }

    [Fact]
    public async Task Settings_of_topics_and_brokers_are_described_as_Kafka_does()
    {
        await using var kafka = new KafkaHarness(new KafkaListenerOptions { DefaultPartitions = 7 });
        kafka.Node.With("orders", configs: new Dictionary<string, string> { ["cleanup.policy"] = "compact" });
        var client = kafka.Connect();
        var answer = await client.Ask<DescribeConfigsRequest, DescribeConfigsResponse>(
            new()
            {
                Resources =
                [
                    new() { ResourceType = 2, ResourceName = "orders" },
                    new() { ResourceType = 2, ResourceName = "orders", ConfigurationKeys = ["cleanup.policy"] },
                    new() { ResourceType = 4, ResourceName = "1" },
                    new() { ResourceType = 4, ResourceName = "9" },
                    new() { ResourceType = 2, ResourceName = "nowhere" },
                    new() { ResourceType = 3, ResourceName = "x" },
                    new() { ResourceType = 4, ResourceName = "" },
                ],
                IncludeDocumentation = true, IncludeSynonyms = true,
            },
            4);
        Assert.Equal([0, 0, 0, 42, 3, 42, 0], answer.Results.Select(r => (int)r.ErrorCode));
        Assert.Equal(33, answer.Results[0].Configs.Length);
        var policy = Assert.Single(answer.Results[1].Configs);
        Assert.Equal(("compact", (sbyte)1, (sbyte)7, false), (policy.Value, policy.ConfigSource, policy.ConfigType, policy.ReadOnly));
        Assert.Equal(
            [("cleanup.policy", "compact", (sbyte)1), ("log.cleanup.policy", "delete", (sbyte)5)],
            policy.Synonyms.Select(s => (s.Name, s.Value, s.Source)));
        Assert.NotEmpty(policy.Documentation!);
        Assert.Equal("7", answer.Results[2].Configs.Single(c => c.Name == "num.partitions").Value);
        Assert.Equal("PLAINTEXT://127.0.0.1:9092", answer.Results[2].Configs.Single(c => c.Name == "advertised.listeners").Value);
        Assert.Equal(answer.Results[2].Configs.Length, answer.Results[2].Configs.Select(c => c.Name).Distinct().Count());
    }

    [Fact]
    public async Task What_else_the_node_goes_by_is_shown_under_Kafkas_names_and_only_a_restart_changes_it()
    {
        var given = new NodeSetting("group.max.size", "7", "2147483647", TopicConfigType.Int32, "Most members.");
        var left = new NodeSetting("log.cleaner.backoff.ms", "15000", "15000", TopicConfigType.Int64, "Pause.");
        await using var kafka = new KafkaHarness(new KafkaListenerOptions { NodeSettings = [given, left] });
        var client = kafka.Connect();
        var answer = await client.Ask<DescribeConfigsRequest, DescribeConfigsResponse>(
            new() { Resources = [new() { ResourceType = 4, ResourceName = "1" }], IncludeSynonyms = true }, 4);
        var size = answer.Results[0].Configs.Single(c => c.Name == given.Name);
        Assert.Equal(("7", (sbyte)4, (sbyte)3, true), (size.Value, size.ConfigSource, size.ConfigType, size.ReadOnly));
        Assert.Equal([("7", (sbyte)4), ("2147483647", (sbyte)5)], size.Synonyms.Select(s => (s.Value, s.Source)));
        var backoff = answer.Results[0].Configs.Single(c => c.Name == left.Name);
        Assert.Equal(("15000", (sbyte)5), (backoff.Value, backoff.ConfigSource));
        Assert.Equal([("15000", (sbyte)5)], backoff.Synonyms.Select(s => (s.Value, s.Source)));
        var changed = await client.Ask<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(
            new() { Resources = [new() { ResourceType = 4, ResourceName = "1", Configs = [new() { Name = given.Name, Value = "9" }] }] }, 1);
        Assert.Equal((short)42, changed.Responses[0].ErrorCode);
        Assert.Equal("Cannot update these configs dynamically: Set(group.max.size)", changed.Responses[0].ErrorMessage);
    }

    [Fact]
    public async Task Offsets_are_looked_up_with_the_right_error_for_the_version()
    {
        await using var kafka = new KafkaHarness();
        kafka.Node.With("orders");
        kafka.Node["orders", 0].Fill(Model.BatchBytes.Of("a", "b", "c"));
        var client = kafka.Connect();
        for (short version = 1; version <= 11; version++)
        {
            var answer = await client.Ask<ListOffsetsRequest, ListOffsetsResponse>(Asking("orders", (0, -1), (1, -2)), version);
            Assert.Equal([(0, 3L), (3, -1L)], answer.Topics[0].Partitions.Select(p => ((int)p.ErrorCode, p.Offset)));
        }

        var special = await client.Ask<ListOffsetsRequest, ListOffsetsResponse>(Asking("orders", (0, -2)), 11);
        Assert.Equal(0, special.Topics[0].Partitions[0].Offset);
        special = await client.Ask<ListOffsetsRequest, ListOffsetsResponse>(Asking("orders", (0, -6)), 11);
        Assert.Equal((0, -1L), (special.Topics[0].Partitions[0].ErrorCode, special.Topics[0].Partitions[0].Offset));
        special = await client.Ask<ListOffsetsRequest, ListOffsetsResponse>(Asking("orders", (0, 99)), 11);
        Assert.Equal((7L, 1234L), (special.Topics[0].Partitions[0].Offset, special.Topics[0].Partitions[0].Timestamp));
        kafka.Node["orders", 0].FindError = ErrorCode.OffsetNotAvailable;
        Assert.Equal(78, (await client.Ask<ListOffsetsRequest, ListOffsetsResponse>(Asking("orders", (0, -1)), 5)).Topics[0].Partitions[0].ErrorCode);
        Assert.Equal(5, (await client.Ask<ListOffsetsRequest, ListOffsetsResponse>(Asking("orders", (0, -1)), 4)).Topics[0].Partitions[0].ErrorCode);
    }

    [Fact]
    public async Task Epochs_are_looked_up_and_fenced()
    {
        await using var kafka = new KafkaHarness();
        kafka.Node.With("orders");
        kafka.Node["orders", 0].Fill(Model.BatchBytes.Of("a", "b", "c"));
        var client = kafka.Connect();
        for (short version = 2; version <= 4; version++)
        {
            var answer = await client.Ask<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse>(
                new()
                {
                    ReplicaId = -1,
                    Topics =
                    [
                        new()
                        {
                            Topic = "orders",
                            Partitions =
                            [
                                new() { Partition = 0, CurrentLeaderEpoch = 5, LeaderEpoch = 5 },
                                new() { Partition = 0, CurrentLeaderEpoch = 4, LeaderEpoch = 4 },
                                new() { Partition = 0, CurrentLeaderEpoch = -1, LeaderEpoch = 9 },
                                new() { Partition = 8, CurrentLeaderEpoch = -1, LeaderEpoch = 5 },
                            ],
                        },
                    ],
                },
                version);
            Assert.Equal(
                [(0, 5, 3L), (74, -1, -1L), (0, -1, -1L), (3, -1, -1L)],
                answer.Topics[0].Partitions.Select(p => ((int)p.ErrorCode, p.LeaderEpoch, p.EndOffset)));
        }
    }

    [Fact]
    public async Task Producer_ids_are_given_out_and_transactions_refused()
    {
        await using var kafka = new KafkaHarness();
        var client = kafka.Connect();
        for (short version = 0; version <= 5; version++)
        {
            var answer = await client.Ask<InitProducerIdRequest, InitProducerIdResponse>(new() { TransactionTimeoutMs = 1000 }, version);
            Assert.Equal((0, 1001L + version, 0), (answer.ErrorCode, answer.ProducerId, answer.ProducerEpoch));
            answer = await client.Ask<InitProducerIdRequest, InitProducerIdResponse>(new() { TransactionalId = "tx" }, version);
            Assert.Equal((53, -1L), (answer.ErrorCode, answer.ProducerId));
        }
    }

    [Fact]
    public async Task Topics_are_described_page_by_page()
    {
        await using var kafka = new KafkaHarness();
        kafka.Node.With("a", 3).With("b", 5).With("c", 1);
        var client = kafka.Connect();
        var request = new DescribeTopicPartitionsRequest { ResponsePartitionLimit = 4 };
        var seen = new List<(string?, int)>();
        for (var page = 0; ; page++)
        {
            var answer = await client.Ask<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse>(request, 0);
            seen.AddRange(answer.Topics.SelectMany(t => t.Partitions.Select(p => (t.Name, p.PartitionIndex))));
            Assert.True(answer.Topics.Sum(t => t.Partitions.Length) <= 4);
            if (answer.NextCursor is not { } next)
            {
                Assert.Equal(2, page);
                break;
            }

            request.Cursor = new DescribeTopicPartitionsRequestCursor { TopicName = next.TopicName, PartitionIndex = next.PartitionIndex };
        }

        Assert.Equal([("a", 0), ("a", 1), ("a", 2), ("b", 0), ("b", 1), ("b", 2), ("b", 3), ("b", 4), ("c", 0)], seen);
        var named = await client.Ask<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse>(
            new() { Topics = [new() { Name = "nowhere" }, new() { Name = "c" }] }, 0);
        Assert.Equal([("c", 0), ("nowhere", 3)], named.Topics.Select(t => (t.Name!, (int)t.ErrorCode)));
    }

    [Fact]
    public async Task The_cluster_its_directories_and_its_resources_are_described()
    {
        await using var kafka = new KafkaHarness();
        kafka.Node.With("orders", 2).With("remote", leader: 2);
        kafka.Node["orders", 1].Fill(Model.BatchBytes.Of("a"));
        kafka.Node.LogDirectories = [new("/broken", 0, 0, "a sync failed"), new("/data", 1000, 400, null)];
        var client = kafka.Connect();
        var cluster = await client.Ask<DescribeClusterRequest, DescribeClusterResponse>(new(), 2);
        Assert.Equal((kafka.Node.ClusterId, 1, 2), (cluster.ClusterId, cluster.ControllerId, cluster.Brokers.Length));
        Assert.Equal(114, (await client.Ask<DescribeClusterRequest, DescribeClusterResponse>(new() { EndpointType = 2 }, 1)).ErrorCode);
        for (short version = 1; version <= 5; version++)
        {
            var directories = await client.Ask<DescribeLogDirsRequest, DescribeLogDirsResponse>(new(), version);
            Assert.Equal([56, 0], directories.Results.Select(r => (int)r.ErrorCode));
            Assert.Equal(["orders"], directories.Results[1].Topics.Select(t => t.Name));
            Assert.Equal(
                [0, kafka.Node["orders", 1].Batches[0].Length],
                directories.Results[1].Topics[0].Partitions.Select(p => (int)p.PartitionSize));
        }

        Assert.Empty((await client.Ask<ListPartitionReassignmentsRequest, ListPartitionReassignmentsResponse>(new(), 0)).Topics);
        Assert.Empty((await client.Ask<ListConfigResourcesRequest, ListConfigResourcesResponse>(new(), 0)).ConfigResources);
        var resources = await client.Ask<ListConfigResourcesRequest, ListConfigResourcesResponse>(new() { ResourceTypes = [2, 4] }, 1);
        Assert.Equal(["orders", "remote", "1", "2"], resources.ConfigResources.Select(r => r.ResourceName));
        Assert.Equal(35, (await client.Ask<ListConfigResourcesRequest, ListConfigResourcesResponse>(new() { ResourceTypes = [99] }, 1)).ErrorCode);
    }

    private static ListOffsetsRequest Asking(string topic, params (int Partition, long Timestamp)[] partitions) => new()
    {
        ReplicaId = -1,
        Topics =
        [
            new()
            {
                Name = topic,
                Partitions = [.. partitions.Select(p => new ListOffsetsRequestPartition { PartitionIndex = p.Partition, Timestamp = p.Timestamp })],
            },
        ],
    };
}
