using Actors.Kafka.Wire;
using Actors.Tests.Model;

namespace Actors.Tests.KafkaListener;

/// <summary>One plausible frame of every API in every version that is served: what clients send, made here.</summary>
internal static class RequestCorpus
{
    public static IReadOnlyList<byte[]> Frames(FakeNode node)
    {
        node.TryGetTopic("orders", out var topic);
        var id = topic!.Id;
        var batch = BatchBytes.OfSize(3, 20);
        var fetch = FetchTests.Fetch("orders", id, (0, 0), (1, 0));
        (fetch.MaxWaitMs, fetch.SessionEpoch, fetch.ForgottenTopicsData) = (0, 0, [new() { Topic = "orders", TopicId = id, Partitions = [2] }]);
        List<byte[]> frames = [];
        Add(new ApiVersionsRequest { ClientSoftwareName = "librdkafka", ClientSoftwareVersion = "2.0.2" });
        Add(new MetadataRequest { Topics = [new() { Name = "orders" }, new() { Name = "made" }] });
        Add(new MetadataRequest { Topics = null }, from: 1);
        Add(KafkaTestClient.ProduceOf("orders", 0, batch, topicId: id), records: _ => batch);
        Add(KafkaTestClient.ProduceOf("orders", 1, batch, acks: 0, topicId: id), records: _ => batch);
        Add(fetch);
        Add(new ListOffsetsRequest
        {
            ReplicaId = -1,
            Topics = [new() { Name = "orders", Partitions = [new() { PartitionIndex = 0, Timestamp = -1 }, new() { PartitionIndex = 1 }] }],
        });
        Add(new FindCoordinatorRequest { Key = "group", CoordinatorKeys = [] }, to: 3);
        Add(new FindCoordinatorRequest { CoordinatorKeys = ["a", "b"] }, from: 4);
        Add(new CreateTopicsRequest
        {
            Topics =
            [
                new() { Name = "new", NumPartitions = 2, ReplicationFactor = 1, Configs = [new() { Name = "retention.ms", Value = "1" }] },
                new() { Name = "by-hand", NumPartitions = -1, ReplicationFactor = -1, Assignments = [new() { BrokerIds = [1] }] },
            ],
        });
        Add(new DeleteTopicsRequest { TopicNames = ["new"] }, to: 5);
        Add(new DeleteTopicsRequest { Topics = [new() { Name = "new" }, new() { TopicId = Guid.NewGuid() }] }, from: 6);
        Add(new InitProducerIdRequest { TransactionTimeoutMs = 1000 });
        Add(new OffsetForLeaderEpochRequest
        {
            ReplicaId = -1,
            Topics = [new() { Topic = "orders", Partitions = [new() { Partition = 0, CurrentLeaderEpoch = 5, LeaderEpoch = 5 }] }],
        });
        Add(new DescribeConfigsRequest
        {
            Resources =
            [
                new() { ResourceType = 2, ResourceName = "orders", ConfigurationKeys = ["retention.ms"] },
                new() { ResourceType = 4, ResourceName = "1" },
            ],
            IncludeSynonyms = true, IncludeDocumentation = true,
        });
        Add(new DescribeLogDirsRequest { Topics = [new() { Topic = "orders", Partitions = [0, 1] }] });
        Add(new CreatePartitionsRequest { Topics = [new() { Name = "orders", Count = 4, Assignments = [new() { BrokerIds = [1] }] }] });
        Add(new ListPartitionReassignmentsRequest { Topics = [new() { Name = "orders", PartitionIndexes = [0] }] });
        Add(new DescribeClusterRequest());
        Add(new ListConfigResourcesRequest());
        Add(new DescribeTopicPartitionsRequest { Topics = [new() { Name = "orders" }], Cursor = new() { TopicName = "orders", PartitionIndex = 1 } });
        Add(new OffsetCommitRequest
        {
            GroupId = "g", MemberId = "m", GenerationIdOrMemberEpoch = 1,
            Topics = [new() { Name = "orders", TopicId = id, Partitions = [new() { CommittedOffset = 3, CommittedMetadata = "note" }] }],
        });
        Add(new OffsetFetchRequest { GroupId = "g", Topics = [new() { Name = "orders", PartitionIndexes = [0, 1] }] }, to: 7);
        OffsetFetchRequestTopic fetched = new() { Name = "orders", TopicId = id, PartitionIndexes = [0] };
        Add(new OffsetFetchRequest { Groups = [new() { GroupId = "g", Topics = [fetched] }, new() { GroupId = "h", Topics = null }] }, from: 8);
        Add(new JoinGroupRequest
        {
            GroupId = "g", SessionTimeoutMs = 10_000, ProtocolType = "consumer", Protocols = [new() { Name = "range", Metadata = [0, 1, 2] }],
        });
        Add(new SyncGroupRequest
        {
            GroupId = "g", MemberId = "m", ProtocolType = "consumer", ProtocolName = "range",
            Assignments = [new() { MemberId = "m", Assignment = [1, 2] }],
        });
        Add(new HeartbeatRequest { GroupId = "g", MemberId = "m", GenerationId = 1 });
        Add(new LeaveGroupRequest { GroupId = "g", MemberId = "m" }, to: 2);
        Add(new LeaveGroupRequest { GroupId = "g", Members = [new() { MemberId = "m" }] }, from: 3);
        Add(new DeleteRecordsRequest { Topics = [new() { Name = "orders", Partitions = [new() { Offset = 1 }] }], TimeoutMs = 1000 });
        Add(new DescribeGroupsRequest { Groups = ["g", "h"] });
        Add(new ListGroupsRequest());
        Add(new DeleteGroupsRequest { GroupsNames = ["g"] });
        Add(new OffsetDeleteRequest { GroupId = "g", Topics = [new() { Name = "orders", Partitions = [new()] }] });
        Add(new AlterConfigsRequest
        {
            Resources = [new() { ResourceType = 2, ResourceName = "orders", Configs = [new() { Name = "segment.ms", Value = "9" }] }],
        });
        Add(new IncrementalAlterConfigsRequest
        {
            Resources = [new() { ResourceType = 2, ResourceName = "orders", Configs = [new() { Name = "segment.ms", ConfigOperation = 1 }] }],
        });
        Add(new ElectLeadersRequest { TopicPartitions = [new() { Topic = "orders", Partitions = [0] }] });
        Add(new AlterPartitionReassignmentsRequest { Topics = [new() { Name = "orders", Partitions = [new() { Replicas = [1] }] }] });
        Add(new DescribeClientQuotasRequest { Components = [new() { EntityType = "user", MatchType = 2 }] });
        Add(new AlterClientQuotasRequest { Entries = [new() { Entity = [new() { EntityType = "user" }], Ops = [new() { Key = "k", Value = 1 }] }] });
        Add(new DescribeUserScramCredentialsRequest { Users = [new() { Name = "u" }] });
        Add(new DescribeProducersRequest { Topics = [new() { Name = "orders", PartitionIndexes = [0] }] });
        return frames;

        void Add<T>(T request, short from = 0, short to = short.MaxValue, Func<int, ReadOnlyMemory<byte>>? records = null)
            where T : IKafkaMessage<T>
        {
            Assert.True(KafkaApis.TryGet((short)T.Api, out var api));
            for (var version = Math.Max(api.MinVersion, from); version <= Math.Min(api.MaxVersion, to); version++)
            {
                frames.Add(KafkaTestClient.Frame(request, version, frames.Count, records, "a client"));
            }
        }
    }
}
