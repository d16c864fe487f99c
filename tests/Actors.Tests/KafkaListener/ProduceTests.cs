using Actors.Kafka.Listener;
using Actors.Kafka.Wire;
using Actors.Model;
using Actors.Model.Records;
using Actors.Net;
using Actors.Tests.Model;
using Actors.Tests.Net;

namespace Actors.Tests.KafkaListener;

public sealed class ProduceTests
{
    [Fact]
    public async Task A_batch_is_appended_and_answered_in_every_version()
    {
        await using var kafka = new KafkaHarness();
        kafka.Node.With("orders", 2);
        kafka.Node.TryGetTopic("orders", out var topic);
        var client = kafka.Connect();
        for (short version = 3; version <= 13; version++)
        {
            client.SendProduce("orders", 1, BatchBytes.Of("a", "b"), version, topicId: topic!.Id);
            var answer = await client.Receive<ProduceResponse>();
            var partition = answer.Responses.Single().PartitionResponses.Single();
            Assert.Equal((1, 0, 2L * (version - 3)), (partition.Index, partition.ErrorCode, partition.BaseOffset));
            Assert.Equal(version >= 13 ? ("", topic.Id) : ("orders", Guid.Empty), (answer.Responses[0].Name, answer.Responses[0].TopicId));
        }

        Assert.Equal(11, kafka.Node["orders", 1].Batches.Count);
        await NetHarness.Until(() => kafka.Pool.RentedBytes == 0);
    }

    [Fact]
    public async Task Requests_are_pipelined_and_answered_in_order_when_the_log_says_so()
    {
        await using var kafka = new KafkaHarness();
        kafka.Node.With("fast").With("slow");
        var client = kafka.Connect();
        kafka.Node["slow", 0].HoldAcks = true;
        client.SendProduce("slow", 0, BatchBytes.Of("1"));
        client.SendProduce("fast", 0, BatchBytes.Of("2"));
        client.SendProduce("slow", 0, BatchBytes.Of("3"));
        await NetHarness.Until(() => kafka.Node["slow", 0].Batches.Count == 2 && kafka.Node["fast", 0].Batches.Count == 1);
        Assert.Equal(0, client.Raw.ReceivedBytes);
        kafka.Node["slow", 0].Acknowledge();
        Assert.Equal(["slow", "fast", "slow"], new[]
        {
            (await client.Receive<ProduceResponse>()).Responses[0].Name,
            (await client.Receive<ProduceResponse>()).Responses[0].Name,
            (await client.Receive<ProduceResponse>()).Responses[0].Name,
        });
    }

    [Fact]
    public async Task Acks_0_gets_no_answer_and_an_error_closes_the_connection()
    {
        await using var kafka = new KafkaHarness();
        kafka.Node.With("orders");
        var client = kafka.Connect();
        client.SendProduce("orders", 0, BatchBytes.Of("a"), acks: 0);
        Assert.Equal(0, (await client.Ask<ApiVersionsRequest, ApiVersionsResponse>(new(), 0)).ErrorCode);
        Assert.Single(kafka.Node["orders", 0].Batches);
        client.SendProduce("nowhere", 0, BatchBytes.Of("a"), acks: 0);
        await client.WaitForClose();
    }

    [Theory]
    [InlineData("orders", 7, ErrorCode.UnknownTopicOrPartition)]
    [InlineData("orders", -1, ErrorCode.UnknownTopicOrPartition)]
    [InlineData("nowhere", 0, ErrorCode.UnknownTopicOrPartition)]
    [InlineData("remote", 0, ErrorCode.NotLeaderOrFollower)]
    public async Task What_is_not_here_is_refused_and_nothing_is_appended(string topic, int partition, ErrorCode error)
    {
        await using var kafka = new KafkaHarness();
        kafka.Node.With("orders").With("remote", leader: 2);
        var answer = await kafka.Connect().Produce(topic, partition, BatchBytes.Of("a"), version: 10);
        var found = answer.Responses.Single().PartitionResponses.Single();
        Assert.Equal((partition, (short)error, -1L), (found.Index, found.ErrorCode, found.BaseOffset));
        if (error == ErrorCode.NotLeaderOrFollower)
        {
            Assert.Equal((2, 5), (found.CurrentLeader!.LeaderId, found.CurrentLeader.LeaderEpoch));
            Assert.Equal(("other", 9093), (answer.NodeEndpoints.Single().Host, answer.NodeEndpoints.Single().Port));
        }
    }

    [Fact]
    public async Task Unknown_topic_ids_and_bad_acks_have_their_own_errors()
    {
        await using var kafka = new KafkaHarness();
        kafka.Node.With("orders");
        var client = kafka.Connect();
        client.SendProduce("", 0, BatchBytes.Of("a"), version: 13, topicId: Guid.NewGuid());
        Assert.Equal((short)ErrorCode.UnknownTopicId, (await client.Receive<ProduceResponse>()).Responses[0].PartitionResponses[0].ErrorCode);
        Assert.Equal(
            (short)ErrorCode.InvalidRequiredAcks,
            (await client.Produce("orders", 0, BatchBytes.Of("a"), acks: 2)).Responses[0].PartitionResponses[0].ErrorCode);
        Assert.Empty(kafka.Node["orders", 0].Batches);
    }

    [Fact]
    public async Task Bad_batches_are_refused_one_by_one()
    {
        await using var kafka = new KafkaHarness();
        kafka.Node.With("orders", 6);
        var corrupt = BatchBytes.Of("a");
        corrupt[^1] ^= 1;
        var batches = new[]
        {
            BatchBytes.Of("good"),
            corrupt,
            new BatchBytes { RecordCount = 3, LastOffsetDelta = 2 }.Build(new PlainRecord(null, "lies")),
            [.. BatchBytes.Of("two"), .. BatchBytes.Of("batches")],
            BatchBytes.OfSize(11, 100_000),
            new BatchBytes { Attributes = (BatchAttributes)1, Compress = GzipInflater.Deflate }
                .Build(new PlainRecord(null, "a"), new PlainRecord(null, "b") { OffsetDelta = 4 }),
        };
        var request = new ProduceRequest
        {
            Acks = -1,
            TimeoutMs = 1000,
            TopicData =
            [
                new()
                {
                    Name = "orders",
                    PartitionData = [.. batches.Select((b, i) => new ProduceRequestPartition { Index = i, Records = new WireRange(i, b.Length) })],
                },
            ],
        };
        var answer = await kafka.Connect().Ask<ProduceRequest, ProduceResponse>(request, 8, i => batches[i]);
        Assert.Equal(
            [ErrorCode.None, ErrorCode.CorruptMessage, ErrorCode.InvalidRecord, ErrorCode.InvalidRecord, ErrorCode.MessageTooLarge, ErrorCode.InvalidRecord],
            answer.Responses[0].PartitionResponses.Select(p => (ErrorCode)p.ErrorCode));
        Assert.Equal(1, answer.Responses[0].PartitionResponses[5].RecordErrors.Single().BatchIndex);
        Assert.Equal([1, 0, 0, 0, 0, 0], Enumerable.Range(0, 6).Select(i => kafka.Node["orders", i].Batches.Count));
        await NetHarness.Until(() => kafka.Pool.RentedBytes == 0);
    }

    [Fact]
    public async Task A_cold_partition_is_opened_and_the_order_of_requests_is_kept()
    {
        await using var kafka = new KafkaHarness();
        kafka.Node.With("cold", open: false).With("warm");
        kafka.Node.OpenGate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var client = kafka.Connect();
        client.SendProduce("cold", 0, BatchBytes.Of("1"));
        client.SendProduce("cold", 0, BatchBytes.Of("2", "3"));
        client.SendProduce("warm", 0, BatchBytes.Of("4"));
        await NetHarness.Until(() => client.Connection.Describe().RequestCount == 1);
        Assert.Empty(kafka.Node["warm", 0].Batches);
        kafka.Node.OpenGate.SetResult();
        Assert.Equal(0, (await client.Receive<ProduceResponse>()).Responses[0].PartitionResponses[0].BaseOffset);
        Assert.Equal(1, (await client.Receive<ProduceResponse>()).Responses[0].PartitionResponses[0].BaseOffset);
        Assert.Equal("warm", (await client.Receive<ProduceResponse>()).Responses[0].Name);
        await NetHarness.Until(() => kafka.Pool.RentedBytes == 0);
    }

    [Fact]
    public async Task A_client_that_leaves_while_a_partition_opens_leaves_nothing_behind()
    {
        await using var kafka = new KafkaHarness();
        kafka.Node.With("cold", open: false);
        kafka.Node.OpenGate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var client = kafka.Connect();
        client.SendProduce("cold", 0, BatchBytes.Of("1"));
        await NetHarness.Until(() => client.Connection.Describe().RequestCount == 1);
        client.Connection.RequestClose("the test says so");
        await client.WaitForClose();
        kafka.Node.OpenGate.SetResult();
        await NetHarness.Until(() => kafka.Pool.RentedBytes == 0);
    }

    [Fact]
    public async Task What_is_not_synced_in_time_is_answered_with_timed_out_and_a_late_append_harms_nobody()
    {
        await using var kafka = new KafkaHarness();
        kafka.Node.With("orders");
        kafka.Node["orders", 0].HoldAcks = true;
        var client = kafka.Connect();
        client.SendProduce("orders", 0, BatchBytes.Of("1"));
        await NetHarness.Until(() => kafka.Node["orders", 0].Batches.Count == 1);
        kafka.Time.Advance(TimeSpan.FromSeconds(31));
        var answer = await client.Receive<ProduceResponse>();
        Assert.Equal((short)ErrorCode.RequestTimedOut, answer.Responses[0].PartitionResponses[0].ErrorCode);
        kafka.Node["orders", 0].Acknowledge();
        kafka.Node["orders", 0].HoldAcks = false;
        Assert.Equal(1, (await client.Produce("orders", 0, BatchBytes.Of("2"))).Responses[0].PartitionResponses[0].BaseOffset);
    }

    [Fact]
    public async Task A_topic_with_its_own_codec_stores_batches_in_it()
    {
        await using var kafka = new KafkaHarness();
        kafka.Node.With("plain");
        var partition = kafka.Node["plain", 0];
        partition.Limits = partition.Limits with { StoreAs = CompressionCodec.None };
        var batch = new BatchBytes { Attributes = (BatchAttributes)1, Compress = GzipInflater.Deflate }.Build(new PlainRecord("k", "v"));
        Assert.Equal(0, (await kafka.Connect().Produce("plain", 0, batch)).Responses[0].PartitionResponses[0].ErrorCode);
        var stored = partition.Batches.Single();
        Assert.Equal(CompressionCodec.None, RecordBatch.ReadInfo(stored).Codec);
        Assert.True(RecordBatch.HasValidCrc(stored));
        var info = RecordBatch.ReadInfo(stored);
        RecordWalk.Walk(stored.AsSpan(RecordBatch.HeaderBytes), info, out var broken);
        Assert.Null(broken);
        await NetHarness.Until(() => kafka.Pool.RentedBytes == 0);
    }

    [Fact]
    public async Task A_steady_producer_uses_its_replies_again()
    {
        await using var kafka = new KafkaHarness(new KafkaListenerOptions { Limits = new() { Net = new NetLimits { SliceBytes = 100 } } });
        kafka.Node.With("orders", 3);
        var client = kafka.Connect();
        for (var i = 0; i < 300; i++)
        {
            client.SendProduce("orders", i % 3, BatchBytes.Of($"{i}"));
        }

        for (var i = 0; i < 300; i++)
        {
            var partition = (await client.Receive<ProduceResponse>()).Responses[0].PartitionResponses[0];
            Assert.Equal((i % 3, i / 3), (partition.Index, (int)partition.BaseOffset));
        }
    }
}
