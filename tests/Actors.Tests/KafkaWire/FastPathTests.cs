using System.Text;
using Actors.Kafka.Wire;
using Actors.Model;
using Actors.Model.Records;

namespace Actors.Tests.KafkaWire;

/// <summary>The readers and writers without objects say the same as the generated classes, and allocate nothing.</summary>
public sealed class FastPathTests
{
    private const int Rounds = 60;

    [Fact]
    public void Produce_requests_are_walked_as_the_generated_class_reads_them()
    {
        var codec = MessageCodec.Find(ProduceRequest.ApiKey, isRequest: true);
        ForEachMessage(codec, (message, bytes, version) =>
        {
            var expected = (ProduceRequest)codec.Read(bytes, version);
            var walk = new ProduceRequestReader(bytes, 0, version);
            Assert.Equal(expected.TransactionalId, Text(walk.TransactionalId, bytes));
            Assert.Equal((expected.Acks, expected.TimeoutMs, expected.TopicData.Length), (walk.Acks, walk.TimeoutMs, walk.TopicCount));
            foreach (var topic in expected.TopicData)
            {
                Assert.True(walk.NextTopic());
                Assert.Equal((topic.Name, topic.TopicId, topic.PartitionData.Length), (walk.TopicNameString, walk.TopicId, walk.PartitionCount));
                foreach (var partition in topic.PartitionData)
                {
                    Assert.True(walk.NextPartition());
                    Assert.Equal((partition.Index, partition.Records), (walk.Partition, walk.Records));
                }

                Assert.False(walk.NextPartition());
            }

            Assert.False(walk.NextTopic());
            Assert.False(walk.NextTopic());
            Assert.Equal(expected.TopicData.Sum(t => t.PartitionData.Length), ProduceRequestReader.Check(bytes, 0, version));
        });
    }

    [Fact]
    public void Fetch_requests_are_walked_as_the_generated_class_reads_them()
    {
        var codec = MessageCodec.Find(FetchRequest.ApiKey, isRequest: true);
        ForEachMessage(codec, (message, bytes, version) =>
        {
            var expected = (FetchRequest)codec.Read(bytes, version);
            var walk = new FetchRequestReader(bytes, 0, version);
            Assert.Equal((expected.MaxWaitMs, expected.MinBytes, expected.MaxBytes, expected.IsolationLevel, expected.SessionId, expected.SessionEpoch),
                (walk.MaxWaitMs, walk.MinBytes, walk.MaxBytes, walk.IsolationLevel, walk.SessionId, walk.SessionEpoch));
            foreach (var topic in expected.Topics)
            {
                Assert.True(walk.NextTopic());
                Assert.Equal((topic.Topic, topic.TopicId, topic.Partitions.Length), (walk.TopicNameString, walk.TopicId, walk.PartitionCount));
                foreach (var p in topic.Partitions)
                {
                    Assert.True(walk.NextPartition());
                    Assert.Equal((p.Partition, p.CurrentLeaderEpoch, p.FetchOffset, p.LastFetchedEpoch, p.PartitionMaxBytes),
                        (walk.Partition, walk.CurrentLeaderEpoch, walk.FetchOffset, walk.LastFetchedEpoch, walk.PartitionMaxBytes));
                }
            }

            Assert.False(walk.NextTopic());
            Assert.Equal(version <= 14 ? expected.ReplicaId : expected.ReplicaState?.ReplicaId ?? -1, walk.ReplicaId);
            Assert.Equal((expected.ForgottenTopicsData.Length, expected.RackId), (walk.ForgottenTopicCount, Encoding.UTF8.GetString(walk.RackId)));
        });
    }

    [Fact]
    public void Produce_responses_are_written_as_the_generated_class_writes_them()
    {
        var codec = MessageCodec.Find(ProduceRequest.ApiKey, isRequest: false);
        ForEachMessage(codec, (message, _, version) =>
        {
            var response = (ProduceResponse)message;
            foreach (var partition in response.Responses.SelectMany(t => t.PartitionResponses))
            {
                // The writer names one record, whose message is the partition's.
                partition.RecordErrors = version < 8 ? [] : [.. partition.RecordErrors.Take(1)
                    .Select(e => new ProduceResponseRecordError { BatchIndex = e.BatchIndex & int.MaxValue, BatchIndexErrorMessage = partition.ErrorMessage })];
            }

            using var writer = new KafkaWriter();
            var fast = new ProduceResponseWriter(writer, version);
            fast.BeginTopics(response.Responses.Length);
            foreach (var topic in response.Responses)
            {
                fast.BeginTopic(Encoding.UTF8.GetBytes(topic.Name), topic.TopicId, topic.PartitionResponses.Length);
                foreach (var p in topic.PartitionResponses)
                {
                    fast.Partition(new ProducePartitionAnswer
                    {
                        Partition = p.Index, Error = (ErrorCode)p.ErrorCode, BaseOffset = p.BaseOffset, LogAppendTimeMs = p.LogAppendTimeMs,
                        LogStartOffset = p.LogStartOffset, ErrorMessage = p.ErrorMessage,
                        FailedRecords = [.. p.RecordErrors.Select(e => new RecordFault(e.BatchIndex, e.BatchIndexErrorMessage!))],
                        LeaderId = p.CurrentLeader?.LeaderId ?? -1, LeaderEpoch = p.CurrentLeader?.LeaderEpoch ?? -1,
                    });
                }

                fast.EndTopic();
            }

            fast.End(response.ThrottleTimeMs, [.. response.NodeEndpoints.Select(n => new NodeEndpoint(n.NodeId, n.Host, n.Port, n.Rack))]);
            Assert.Equal(codec.Write(response, version, RandomMessages.Source), writer.WrittenSpan.ToArray());
        });
    }

    [Fact]
    public void Fetch_responses_are_written_as_the_generated_class_writes_them()
    {
        var codec = MessageCodec.Find(FetchRequest.ApiKey, isRequest: false);
        ForEachMessage(codec, (message, _, version) =>
        {
            var response = (FetchResponse)message;
            using var writer = new KafkaWriter();
            var fast = new FetchResponseWriter(writer, version);
            fast.Begin(response.ThrottleTimeMs, (ErrorCode)response.ErrorCode, response.SessionId, response.Responses.Length);
            foreach (var topic in response.Responses)
            {
                fast.BeginTopic(Encoding.UTF8.GetBytes(topic.Topic), topic.TopicId, topic.Partitions.Length);
                foreach (var p in topic.Partitions)
                {
                    (p.AbortedTransactions, p.PreferredReadReplica, p.SnapshotId) = (p.PartitionIndex % 2 == 0 ? [] : null, -1, null);
                    fast.Partition(new FetchPartitionAnswer
                    {
                        Partition = p.PartitionIndex, Error = (ErrorCode)p.ErrorCode, HighWatermark = p.HighWatermark,
                        ListsAborted = p.AbortedTransactions is not null,
                        LastStableOffset = p.LastStableOffset, LogStartOffset = p.LogStartOffset, Records = p.Records,
                        DivergingEpoch = p.DivergingEpoch?.Epoch ?? -1, DivergingEndOffset = p.DivergingEpoch?.EndOffset ?? -1,
                        LeaderId = p.CurrentLeader?.LeaderId ?? -1, LeaderEpoch = p.CurrentLeader?.LeaderEpoch ?? -1,
                    });
                }

                fast.EndTopic();
            }

            fast.End([.. response.NodeEndpoints.Select(n => new NodeEndpoint(n.NodeId, n.Host, n.Port, n.Rack))]);
            Assert.Equal(codec.Write(response, version, RandomMessages.Source), writer.ToArray(offset => RandomMessages.Source[offset..]));
        });
    }

    [Fact]
    public void Metadata_responses_are_written_as_the_generated_class_writes_them()
    {
        var codec = MessageCodec.Find(MetadataRequest.ApiKey, isRequest: false);
        ForEachMessage(codec, (message, _, version) =>
        {
            var response = (MetadataResponse)message;
            using var writer = new KafkaWriter();
            var fast = new MetadataResponseWriter(writer, version);
            NodeEndpoint[] brokers = [.. response.Brokers.Select(b => new NodeEndpoint(b.NodeId, b.Host, b.Port, b.Rack))];
            fast.Begin(response.ThrottleTimeMs, brokers, response.ClusterId, response.ControllerId, response.Topics.Length);
            foreach (var topic in response.Topics)
            {
                fast.BeginTopic((ErrorCode)topic.ErrorCode, topic.Name, topic.TopicId, topic.IsInternal, topic.Partitions.Length);
                foreach (var p in topic.Partitions)
                {
                    fast.Partition(new MetadataPartitionAnswer
                    {
                        Error = (ErrorCode)p.ErrorCode, Partition = p.PartitionIndex, LeaderId = p.LeaderId, LeaderEpoch = p.LeaderEpoch,
                        Replicas = p.ReplicaNodes, Isr = p.IsrNodes, Offline = p.OfflineReplicas,
                    });
                }

                fast.EndTopic(topic.TopicAuthorizedOperations);
            }

            fast.End(response.ClusterAuthorizedOperations, (ErrorCode)response.ErrorCode);
            Assert.Equal(codec.Write(response, version, RandomMessages.Source), writer.WrittenSpan.ToArray());
        });
    }

    private static string? Text(WireRange range, byte[] frame) => range.IsNull ? null : Encoding.UTF8.GetString(range.In(frame));

    private static void ForEachMessage(MessageCodec codec, Action<object, byte[], short> check)
    {
        var seed = Random.Shared.Next();
        foreach (var version in codec.Versions)
        {
            for (var round = 0; round < Rounds; round++)
            {
                var message = new RandomMessages(seed + round).Fill(codec, version);
                try
                {
                    check(message, codec.Write(message, version, RandomMessages.Source), version);
                }
                catch (Exception e)
                {
                    throw new InvalidOperationException($"{codec} v{version}, seed {seed + round}", e);
                }
            }
        }
    }
}
