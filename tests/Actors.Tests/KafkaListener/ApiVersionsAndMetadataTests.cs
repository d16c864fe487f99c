using Actors.Kafka.Listener;
using Actors.Kafka.Wire;
using Actors.Model;

namespace Actors.Tests.KafkaListener;

public sealed class ApiVersionsAndMetadataTests
{
    [Fact]
    public async Task ApiVersions_lists_what_is_served_and_produce_from_zero()
    {
        await using var kafka = new KafkaHarness();
        var client = kafka.Connect();
        for (short version = 0; version <= 4; version++)
        {
            var answer = await client.Ask<ApiVersionsRequest, ApiVersionsResponse>(
                new() { ClientSoftwareName = "some-client", ClientSoftwareVersion = "1.0" }, version);
            Assert.Equal(0, answer.ErrorCode);
            Assert.Equal(KafkaDispatch.Entries.Length, answer.ApiKeys.Length);
            Assert.Equal((0, 13), answer.ApiKeys.Where(k => k.ApiKey == 0).Select(k => (k.MinVersion, k.MaxVersion)).Single());
            Assert.Equal((4, 18), answer.ApiKeys.Where(k => k.ApiKey == 1).Select(k => (k.MinVersion, k.MaxVersion)).Single());
        }

        var described = Assert.Single(kafka.Listener.Connections.Describe());
        Assert.Equal(("test", "some-client", "1.0"), (described.ClientId, described.SoftwareName, described.SoftwareVersion));
        Assert.Equal(5, described.RequestCount);
        Assert.True(described is { BytesIn: > 0, BytesOut: > 0 });
    }

    [Fact]
    public async Task An_unknown_version_of_ApiVersions_is_answered_in_version_0_with_error_35()
    {
        await using var kafka = new KafkaHarness();
        var client = kafka.Connect();
        client.Raw.Send(Convert.FromHexString("0000000c" + "0012" + "0063" + "00000007" + "deadbeef"));
        var frame = await client.ReceiveFrame();
        Assert.Equal("00000007" + "0023" + "00000001" + "0012" + "0000" + "0004", Convert.ToHexString(frame).ToLowerInvariant());
        Assert.Equal(0, (await client.Ask<ApiVersionsRequest, ApiVersionsResponse>(new(), 0)).ErrorCode);
    }

    [Theory]
    [InlineData("0000000a" + "0001" + "0003" + "00000001" + "ffff")] // Fetch 3
    [InlineData("0000000a" + "0000" + "0002" + "00000001" + "ffff")] // Produce 2
    [InlineData("0000000a" + "0000" + "ffff" + "00000001" + "ffff")] // Produce -1
    [InlineData("0000000a" + "0007" + "0000" + "00000001" + "ffff")] // ControlledShutdown
    [InlineData("0000000a" + "ffff" + "0000" + "00000001" + "ffff")] // key -1
    [InlineData("0000000a" + "7fff" + "0000" + "00000001" + "ffff")]
    [InlineData("00000000")]
    [InlineData("00000004" + "00120000")]
    [InlineData("0000000a" + "0003" + "0001" + "00000001" + "0020")] // a client id beyond the frame
    [InlineData("0000000e" + "0003" + "0001" + "00000001" + "ffff" + "7fffffff")] // topics beyond the frame
    [InlineData("474554202f20485454502f312e310d0a")] // GET / HTTP/1.1
    public async Task What_is_not_served_or_not_Kafka_closes_the_connection_only(string hex)
    {
        await using var kafka = new KafkaHarness();
        var client = kafka.Connect();
        var other = kafka.Connect();
        client.Raw.Send(Convert.FromHexString(hex));
        await client.WaitForClose();
        Assert.Equal(0, (await other.Ask<ApiVersionsRequest, ApiVersionsResponse>(new(), 0)).ErrorCode);
        Assert.Equal(0, kafka.Pool.RentedBytes);
    }

    [Fact]
    public async Task Metadata_names_the_address_of_the_connection_where_nothing_is_advertised()
    {
        await using var kafka = new KafkaHarness();
        kafka.Node.With("orders", 3).With("__internal").With("remote", leader: 2);
        var client = kafka.Connect();
        for (short version = 0; version <= 13; version++)
        {
            var answer = await client.Ask<MetadataRequest, MetadataResponse>(new() { Topics = version == 0 ? [] : null }, version);
            Assert.Equal(("127.0.0.1", 9092), (answer.Brokers[0].Host, answer.Brokers[0].Port));
            Assert.Equal(("other", 9093), (answer.Brokers[1].Host, answer.Brokers[1].Port));
            Assert.Equal(["__internal", "orders", "remote"], answer.Topics.Select(t => t.Name));
            Assert.Equal([0, 1, 2], answer.Topics[1].Partitions.Select(p => p.PartitionIndex));
            Assert.Equal(2, answer.Topics[2].Partitions[0].LeaderId);
            Assert.Equal(version >= 1, answer.Topics[0].IsInternal);
            Assert.Equal(version >= 10, answer.Topics[0].TopicId != Guid.Empty);
        }
    }

    [Fact]
    public async Task An_empty_list_means_no_topics_from_version_1_on()
    {
        await using var kafka = new KafkaHarness();
        kafka.Node.With("orders");
        Assert.Empty((await kafka.Connect().Ask<MetadataRequest, MetadataResponse>(new() { Topics = [] }, 1)).Topics);
    }

    [Theory]
    [InlineData(1, true, true, ErrorCode.None)]
    [InlineData(4, true, true, ErrorCode.None)]
    [InlineData(12, true, true, ErrorCode.None)]
    [InlineData(4, false, true, ErrorCode.UnknownTopicOrPartition)]
    [InlineData(1, true, false, ErrorCode.UnknownTopicOrPartition)]
    [InlineData(12, true, false, ErrorCode.UnknownTopicOrPartition)]
    public async Task A_topic_is_created_only_where_request_and_node_allow_it(short version, bool asked, bool enabled, ErrorCode error)
    {
        await using var kafka = new KafkaHarness(new KafkaListenerOptions { AutoCreateTopics = enabled });
        var answer = await kafka.Connect().Ask<MetadataRequest, MetadataResponse>(
            new() { Topics = [new() { Name = "new" }], AllowAutoTopicCreation = asked }, version);
        Assert.Equal((short)error, Assert.Single(answer.Topics).ErrorCode);
        Assert.Equal(error == ErrorCode.None ? 1 : 0, answer.Topics[0].Partitions.Length);
        Assert.Equal(error == ErrorCode.None, kafka.Node.TryGetTopic("new", out _));
    }

    [Fact]
    public async Task Impossible_names_and_unknown_ids_have_their_own_errors()
    {
        await using var kafka = new KafkaHarness();
        var client = kafka.Connect();
        var answer = await client.Ask<MetadataRequest, MetadataResponse>(
            new() { Topics = [new() { Name = "a b" }, new() { Name = "" }, new() { Name = new string('x', 250) }] }, 9);
        Assert.Equal([17, 17, 17], answer.Topics.Select(t => (int)t.ErrorCode));
        kafka.Node.With("known");
        kafka.Node.TryGetTopic("known", out var known);
        answer = await client.Ask<MetadataRequest, MetadataResponse>(
            new() { Topics = [new() { TopicId = Guid.NewGuid() }, new() { TopicId = known!.Id }] }, 12);
        Assert.Equal([100, 0], answer.Topics.Select(t => (int)t.ErrorCode));
        Assert.Equal([null, "known"], answer.Topics.Select(t => t.Name));
    }
}
