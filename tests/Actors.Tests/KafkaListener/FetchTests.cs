using Actors.Kafka.Listener;
using Actors.Kafka.Wire;
using Actors.Model;
using Actors.Tests.Model;
using Actors.Tests.Net;

namespace Actors.Tests.KafkaListener;

public sealed class FetchTests
{
    private static readonly KafkaListenerOptions s_regionsFrom32K = new() { Limits = new KafkaLimits { MinRegionBytes = 32 << 10 } };

    [Fact]
    public async Task Records_come_back_byte_for_byte_in_every_version()
    {
        await using var kafka = new KafkaHarness();
        kafka.Node.With("orders", 2);
        kafka.Node.TryGetTopic("orders", out var topic);
        kafka.Node["orders", 0].Fill(BatchBytes.Of("a", "b"));
        kafka.Node["orders", 0].Fill(BatchBytes.Of("c"));
        kafka.Node["orders", 1].Fill(BatchBytes.Of("d"));
        var client = kafka.Connect();
        for (short version = 4; version <= 18; version++)
        {
            client.Send(Fetch(topic!.Name, topic.Id, (0, 0), (1, 0)), version);
            var (answer, frame) = await client.ReceiveWithFrame<FetchResponse>();
            var found = answer.Responses.Single();
            Assert.Equal(version >= 13 ? ("", topic.Id) : ("orders", Guid.Empty), (found.Topic, found.TopicId));
            Assert.Equal([3, 1], found.Partitions.Select(p => (int)p.HighWatermark));
            Assert.Equal(kafka.Node["orders", 0].Batches.SelectMany(b => b), found.Partitions[0].Records.In(frame).ToArray());
            Assert.Equal(kafka.Node["orders", 1].Batches.Single(), found.Partitions[1].Records.In(frame).ToArray());
        }

        await NetHarness.Until(() => kafka.Pool.RentedBytes == 0);
    }

    [Fact]
    public async Task Records_in_files_come_back_byte_for_byte_before_those_in_memory_in_every_version()
    {
        await using var kafka = new KafkaHarness(s_regionsFrom32K);
        kafka.Node.With("orders", 2);
        kafka.Node.TryGetTopic("orders", out var topic);
        for (var i = 0; i < 2; i++)
        {
            var partition = kafka.Node["orders", i];
            partition.Fill(BatchBytes.OfSize(2, 60_000));
            partition.Fill(BatchBytes.OfSize(3, 50_000));
            partition.Fill(BatchBytes.Of("in memory"));
            partition.BatchesInFiles = 2 - i;
        }

        var client = kafka.Connect();
        for (short version = 4; version <= 18; version++)
        {
            client.Send(Fetch(topic!.Name, topic.Id, (0, 0), (1, 0)), version);
            var (answer, frame) = await client.ReceiveWithFrame<FetchResponse>();
            for (var i = 0; i < 2; i++)
            {
                var records = answer.Responses.Single().Partitions[i].Records.In(frame);
                Assert.True(records.SequenceEqual(kafka.Node["orders", i].Batches.SelectMany(b => b).ToArray()), $"version {version}");
            }
        }

        Assert.Equal(45, kafka.Node["orders", 0].Files.Count + kafka.Node["orders", 1].Files.Count);
        await NetHarness.Until(() => kafka.Pool.RentedBytes == 0);
        Assert.All(kafka.Node["orders", 0].Files.Concat(kafka.Node["orders", 1].Files), f => Assert.Equal(0, f.Holds));
    }

    [Fact]
    public async Task A_consumer_that_leaves_before_its_records_are_sent_leaves_no_file_open()
    {
        await using var kafka = new KafkaHarness(s_regionsFrom32K);
        kafka.Node.With("orders", 2);
        for (var i = 0; i < 2; i++)
        {
            kafka.Node["orders", i].Fill(BatchBytes.OfSize(1, 100_000));
            kafka.Node["orders", i].BatchesInFiles = 1;
            kafka.Node["orders", i].ReadSlowly = i == 1;
        }

        for (var round = 0; round < 30; round++)
        {
            var client = kafka.Connect(windowBytes: 1000 * round);
            client.Send(Fetch("orders", default, (0, 0), (1, 0)), 11, answered: false);
            client.Send(Fetch("orders", default, (0, 0)), 11, answered: false);
            await NetHarness.Until(() => kafka.Node["orders", 0].Files.Count >= 2 * (round + 1));
            client.Raw.Abort();
            await NetHarness.Until(() => client.Connection.IsClosed);
        }

        await NetHarness.Until(() => kafka.Node["orders", 0].Files.Concat(kafka.Node["orders", 1].Files).All(f => f.Holds == 0));
        Assert.Equal(0, kafka.Pool.RentedBytes);
    }

    [Fact]
    public async Task A_fetch_waits_for_records_and_does_not_hold_up_the_requests_behind_it()
    {
        await using var kafka = new KafkaHarness();
        kafka.Node.With("orders", 2);
        var client = kafka.Connect();
        client.Send(Fetch("orders", default, (0, 0), (1, 0)), 11);
        client.SendProduce("orders", 1, BatchBytes.Of("wakes it"));
        var (answer, frame) = await client.ReceiveWithFrame<FetchResponse>();
        Assert.Equal(kafka.Node["orders", 1].Batches.Single(), answer.Responses[0].Partitions[1].Records.In(frame).ToArray());
        Assert.Equal(0, (await client.Receive<ProduceResponse>()).Responses[0].PartitionResponses[0].ErrorCode);
        Assert.Equal(0, kafka.Node["orders", 0].ParkedCount);
    }

    [Fact]
    public async Task A_fetch_without_records_is_answered_when_its_time_is_over()
    {
        await using var kafka = new KafkaHarness();
        kafka.Node.With("orders");
        var client = kafka.Connect();
        client.Send(Fetch("orders", default, (0, 0)), 11);
        await NetHarness.Until(() => kafka.Node["orders", 0].ParkedCount == 1);
        kafka.Time.Advance(TimeSpan.FromMilliseconds(490));
        Assert.Equal(1, kafka.Node["orders", 0].ParkedCount);
        kafka.Time.Advance(TimeSpan.FromMilliseconds(20));
        var answer = await client.Receive<FetchResponse>();
        Assert.Equal((0, 0), (answer.Responses[0].Partitions[0].ErrorCode, answer.Responses[0].Partitions[0].Records.LengthBytes));
        Assert.Equal(0, kafka.Node["orders", 0].ParkedCount);
    }

    [Fact]
    public async Task Min_bytes_are_waited_for()
    {
        await using var kafka = new KafkaHarness();
        kafka.Node.With("orders");
        var batch = BatchBytes.Of("some bytes");
        var client = kafka.Connect();
        var fetch = Fetch("orders", default, (0, 0));
        fetch.MinBytes = (2 * batch.Length) + 1;
        client.Send(fetch, 11);
        for (var i = 1; i <= 3; i++)
        {
            await NetHarness.Until(() => kafka.Node["orders", 0].ParkCount == i);
            kafka.Node["orders", 0].Fill(BatchBytes.Of("some bytes"));
        }

        Assert.Equal(3 * batch.Length, (await client.Receive<FetchResponse>()).Responses[0].Partitions[0].Records.LengthBytes);
    }

    [Fact]
    public async Task A_move_between_looking_and_parking_is_not_missed()
    {
        await using var kafka = new KafkaHarness();
        kafka.Node.With("orders");
        var partition = kafka.Node["orders", 0];
        partition.OnPark = () =>
        {
            partition.OnPark = null;
            partition.Fill(BatchBytes.Of("now"));
        };
        var client = kafka.Connect();
        client.Send(Fetch("orders", default, (0, 0)), 11);
        Assert.True((await client.Receive<FetchResponse>()).Responses[0].Partitions[0].Records.LengthBytes > 0);
    }

    [Fact]
    public async Task The_first_batch_comes_whole_and_the_limits_hold_for_the_rest()
    {
        await using var kafka = new KafkaHarness();
        kafka.Node.With("orders", 3);
        for (var i = 0; i < 3; i++)
        {
            kafka.Node["orders", i].Fill(BatchBytes.OfSize(1, 1000));
            kafka.Node["orders", i].Fill(BatchBytes.OfSize(1, 1000));
        }

        var size = kafka.Node["orders", 0].Batches[0].Length;
        var client = kafka.Connect();
        var fetch = Fetch("orders", default, (0, 0), (1, 0), (2, 0));
        fetch.MaxBytes = 10;
        client.Send(fetch, 11);
        Assert.Equal([size, 0, 0], (await client.Receive<FetchResponse>()).Responses[0].Partitions.Select(p => p.Records.LengthBytes));
        fetch.MaxBytes = (3 * size) + 100;
        client.Send(fetch, 11);
        Assert.Equal([2 * size, size, 0], (await client.Receive<FetchResponse>()).Responses[0].Partitions.Select(p => p.Records.LengthBytes));
        fetch.MaxBytes = int.MaxValue;
        Array.ForEach(fetch.Topics[0].Partitions, p => p.PartitionMaxBytes = 1);
        client.Send(fetch, 11);
        Assert.Equal([size, 0, 0], (await client.Receive<FetchResponse>()).Responses[0].Partitions.Select(p => p.Records.LengthBytes));
    }

    [Fact]
    public async Task Errors_are_answered_at_once_with_what_is_known()
    {
        await using var kafka = new KafkaHarness();
        kafka.Node.With("orders", 2).With("remote", leader: 2);
        kafka.Node["orders", 0].Fill(BatchBytes.Of("a", "b", "c"));
        kafka.Node["orders", 0].MoveLogStart(1);
        var client = kafka.Connect();
        var beyond = await client.Ask<FetchRequest, FetchResponse>(Fetch("orders", default, (0, 9)), 11);
        Assert.Equal(
            ((short)ErrorCode.OffsetOutOfRange, 3L, 1L),
            (beyond.Responses[0].Partitions[0].ErrorCode, beyond.Responses[0].Partitions[0].HighWatermark, beyond.Responses[0].Partitions[0].LogStartOffset));
        Assert.Equal(ErrorCode.OffsetOutOfRange, await ErrorOf(client, Fetch("orders", default, (0, 0)), 11));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, await ErrorOf(client, Fetch("orders", default, (5, 0)), 11));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, await ErrorOf(client, Fetch("nowhere", default, (0, 0)), 11));
        Assert.Equal(ErrorCode.UnknownTopicId, await ErrorOf(client, Fetch("", Guid.NewGuid(), (0, 0)), 13));
        var fenced = Fetch("orders", default, (0, 1));
        fenced.Topics[0].Partitions[0].CurrentLeaderEpoch = 4;
        Assert.Equal(ErrorCode.FencedLeaderEpoch, await ErrorOf(client, fenced, 11));
        fenced.Topics[0].Partitions[0].CurrentLeaderEpoch = 6;
        Assert.Equal(ErrorCode.UnknownLeaderEpoch, await ErrorOf(client, fenced, 11));
        kafka.Node.TryGetTopic("remote", out var remote);
        var elsewhere = await client.Ask<FetchRequest, FetchResponse>(Fetch("", remote!.Id, (0, 0)), 16);
        Assert.Equal((short)ErrorCode.NotLeaderOrFollower, elsewhere.Responses[0].Partitions[0].ErrorCode);
        Assert.Equal(2, elsewhere.Responses[0].Partitions[0].CurrentLeader!.LeaderId);
        Assert.Equal("other", elsewhere.NodeEndpoints.Single().Host);
    }

    [Theory]
    [InlineData(11)]
    [InlineData(15)]
    public async Task A_follower_is_turned_away(short version)
    {
        await using var kafka = new KafkaHarness();
        kafka.Node.With("orders");
        var client = kafka.Connect();
        var fetch = Fetch("orders", default, (0, 0));
        fetch.ReplicaId = 2;
        fetch.ReplicaState = new FetchRequestReplicaState { ReplicaId = 2 };
        client.Send(fetch, version);
        await client.WaitForClose();
    }

    [Fact]
    public async Task A_cold_partition_is_opened_by_a_fetch()
    {
        await using var kafka = new KafkaHarness();
        kafka.Node.With("cold", open: false);
        kafka.Node.OpenGate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var client = kafka.Connect();
        client.Send(Fetch("cold", default, (0, 0)), 11);
        await NetHarness.Until(() => client.Connection.Describe().RequestCount == 1);
        kafka.Node.OpenGate.SetResult();
        await NetHarness.Until(() => kafka.Node["cold", 0].ParkedCount == 1);
        kafka.Node["cold", 0].Fill(BatchBytes.Of("a"));
        Assert.True((await client.Receive<FetchResponse>()).Responses[0].Partitions[0].Records.LengthBytes > 0);
    }

    [Fact]
    public async Task Reads_that_go_to_the_disk_are_answered_whole_and_leave_nothing_behind()
    {
        await using var kafka = new KafkaHarness();
        kafka.Node.With("orders", 3);
        for (var i = 0; i < 3; i++)
        {
            kafka.Node["orders", i].Fill(BatchBytes.Of($"{i}"));
            kafka.Node["orders", i].ReadSlowly = i != 0;
        }

        var client = kafka.Connect();
        for (var round = 0; round < 50; round++)
        {
            client.Send(Fetch("orders", default, (0, 0), (1, 0), (2, 0)), 11);
            var (answer, frame) = await client.ReceiveWithFrame<FetchResponse>();
            for (var i = 0; i < 3; i++)
            {
                Assert.Equal(kafka.Node["orders", i].Batches[0], answer.Responses[0].Partitions[i].Records.In(frame).ToArray());
            }
        }

        for (var round = 0; round < 20; round++)
        {
            var leaving = kafka.Connect();
            leaving.Send(Fetch("orders", default, (0, 0), (1, 0), (2, 0)), 11);
            leaving.Raw.Abort();
            await NetHarness.Until(() => leaving.Connection.IsClosed);
        }

        await NetHarness.Until(() => kafka.Pool.RentedBytes == 0);
    }

    [Fact]
    public async Task Stopping_answers_a_parked_fetch()
    {
        var kafka = new KafkaHarness();
        kafka.Node.With("orders");
        var client = kafka.Connect();
        client.Send(Fetch("orders", default, (0, 0)), 11);
        await NetHarness.Until(() => kafka.Node["orders", 0].ParkedCount == 1);
        var stopping = kafka.Listener.StopAsync();
        Assert.Equal(0, (await client.Receive<FetchResponse>()).Responses[0].Partitions[0].ErrorCode);
        await stopping.WaitAsync(KafkaHarness.Patience, TestContext.Current.CancellationToken);
        await kafka.DisposeAsync();
    }

    [Fact]
    public async Task A_closed_connection_is_no_longer_parked()
    {
        await using var kafka = new KafkaHarness();
        kafka.Node.With("orders", 2);
        var client = kafka.Connect();
        client.Send(Fetch("orders", default, (0, 0), (1, 0)), 11);
        await NetHarness.Until(() => kafka.Node["orders", 1].ParkedCount == 1);
        client.Raw.CloseSending();
        await NetHarness.Until(() => kafka.Node["orders", 0].ParkedCount + kafka.Node["orders", 1].ParkedCount == 0);
    }

    internal static FetchRequest Fetch(string topic, Guid topicId, params (int Partition, long Offset)[] partitions) => new()
    {
        MaxWaitMs = 500,
        MinBytes = 1,
        MaxBytes = 50 << 20,
        SessionEpoch = FetchSession.FinalEpoch,
        Topics =
        [
            new()
            {
                Topic = topic, TopicId = topicId,
                Partitions = [.. partitions.Select(p => new FetchRequestPartition
                {
                    Partition = p.Partition, FetchOffset = p.Offset, PartitionMaxBytes = 1 << 20,
                })],
            },
        ],
    };

    private static async Task<ErrorCode> ErrorOf(KafkaTestClient client, FetchRequest request, short version) =>
        (ErrorCode)(await client.Ask<FetchRequest, FetchResponse>(request, version)).Responses[0].Partitions[0].ErrorCode;
}
