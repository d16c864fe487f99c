using System.Text;
using Actors.Kafka.Wire;

namespace Actors.Tests.KafkaWire;

/// <summary>Whole frames written down by hand from the protocol's documentation.</summary>
public sealed class HexRowTests
{
    [Theory]
    // client "test" -> key 18 in versions 0-4
    [InlineData(0, "0000000e 0012 0000 00000001 0004 74657374", "00000010 00000001 0000 00000001 0012 0000 0004")]
    // "kcat" "1.7.1": request header 2, but response header 0
    [InlineData(3, "0000001b 0012 0003 00000002 0004 74657374 00 05 6b636174 06 312e372e31 00",
        "00000013 00000002 0000 02 0012 0000 0004 00 00000000 00")]
    public void ApiVersions_frames(short version, string request, string response)
    {
        var asked = CheckRequest<ApiVersionsRequest>(version, request, "test");
        Assert.Equal(version >= 3 ? ("kcat", "1.7.1") : ("", ""), (asked.ClientSoftwareName, asked.ClientSoftwareVersion));
        var answered = CheckResponse<ApiVersionsResponse>(version, response);
        var api = Assert.Single(answered.ApiKeys);
        Assert.Equal((18, 0, 4), (api.ApiKey, api.MinVersion, api.MaxVersion));
    }

    [Theory]
    // all topics -> node 1 at h:9092, topic t with partition 0
    [InlineData(1, "0000000e 0003 0001 00000003 ffff ffffffff",
        "00000041 00000003 00000001 00000001 0001 68 00002384 ffff 00000001 00000001 0000 0001 74 00 "
        + "00000001 0000 00000000 00000001 00000001 00000001 00000001 00000001")]
    [InlineData(12, "0000000f 0003 000c 00000003 ffff 00 00 01 00 00",
        "00000054 00000003 00 00000000 02 00000001 02 68 00002384 00 00 03 6964 00000001 02 0000 02 74 000102030405060708090a0b0c0d0e0f 00 "
        + "02 0000 00000000 00000001 00000007 02 00000001 02 00000001 01 00 80000000 00 00")]
    public void Metadata_frames(short version, string request, string response)
    {
        Assert.Null(CheckRequest<MetadataRequest>(version, request, null).Topics);
        var answered = CheckResponse<MetadataResponse>(version, response);
        var broker = Assert.Single(answered.Brokers);
        Assert.Equal((1, "h", 9092, null), (broker.NodeId, broker.Host, broker.Port, broker.Rack));
        var topic = Assert.Single(answered.Topics);
        Assert.Equal(("t", version >= 12 ? Guid.Parse("00010203-0405-0607-0809-0a0b0c0d0e0f") : Guid.Empty), (topic.Name, topic.TopicId));
        var partition = Assert.Single(topic.Partitions);
        Assert.Equal((0, 1, version >= 12 ? 7 : -1), (partition.PartitionIndex, partition.LeaderId, partition.LeaderEpoch));
        Assert.Equal([1], partition.IsrNodes);
    }

    [Theory]
    // acks 1, 1000 ms, t-0, three bytes of records -> offset 5
    [InlineData(7, "00000029 0000 0007 00000004 0001 63 ffff 0001 000003e8 00000001 0001 74 00000001 00000000 00000003 aabbcc",
        "00000031 00000004 00000001 0001 74 00000001 00000000 0000 0000000000000005 ffffffffffffffff 0000000000000000 00000000")]
    [InlineData(9, "00000022 0000 0009 00000004 0001 63 00 00 0001 000003e8 02 02 74 02 00000000 04 aabbcc 00 00 00",
        "00000030 00000004 00 02 02 74 02 00000000 0000 0000000000000005 ffffffffffffffff 0000000000000000 01 00 00 00 00000000 00")]
    public void Produce_frames(short version, string request, string response)
    {
        var asked = CheckRequest<ProduceRequest>(version, request, "c");
        Assert.Equal((null, 1, 1000), (asked.TransactionalId, asked.Acks, asked.TimeoutMs));
        var partition = Assert.Single(Assert.Single(asked.TopicData).PartitionData);
        Assert.Equal([0xAA, 0xBB, 0xCC], partition.Records.In(Bytes(request).AsSpan(4)).ToArray());
        var answered = Assert.Single(Assert.Single(CheckResponse<ProduceResponse>(version, response).Responses).PartitionResponses);
        Assert.Equal((0, 0, 5L, -1L, 0L), (answered.Index, answered.ErrorCode, answered.BaseOffset, answered.LogAppendTimeMs, answered.LogStartOffset));
    }

    [Theory]
    // 500 ms, 1 byte, 50 MiB; t-0 from offset 3 -> high watermark 4, two bytes
    [InlineData(4, "00000036 0001 0004 00000005 ffff ffffffff 000001f4 00000001 03200000 00 00000001 0001 74 00000001 00000000 0000000000000003 00100000",
        "00000033 00000005 00000000 00000001 0001 74 00000001 00000000 0000 0000000000000004 0000000000000004 ffffffff 00000002 eeff")]
    public void Fetch_frames(short version, string request, string response)
    {
        var asked = CheckRequest<FetchRequest>(version, request, null);
        var partition = Assert.Single(Assert.Single(asked.Topics).Partitions);
        Assert.Equal((-1, 500, 1, 52428800, 3L, 1 << 20),
            (asked.ReplicaId, asked.MaxWaitMs, asked.MinBytes, asked.MaxBytes, partition.FetchOffset, partition.PartitionMaxBytes));
        var answered = Assert.Single(Assert.Single(CheckResponse<FetchResponse>(version, response).Responses).Partitions);
        Assert.Equal((4L, 4L, null, 2), (answered.HighWatermark, answered.LastStableOffset, answered.AbortedTransactions, answered.Records.LengthBytes));
    }

    [Fact]
    public void An_ApiVersions_request_of_an_unknown_version_is_answered_in_version_0_with_error_35_and_key_18()
    {
        using var writer = new KafkaWriter();
        ApiVersionsRefusal.WriteFrame(writer, 7);
        Assert.Equal(Bytes("00000010 00000007 0023 00000001 0012 0000 0004"), writer.WrittenSpan.ToArray());
        CheckResponse<ApiVersionsResponse>(0, "00000010 00000007 0023 00000001 0012 0000 0004");
    }

    private static T CheckRequest<T>(short version, string hex, string? clientId)
        where T : IKafkaMessage<T>
    {
        var frame = Bytes(hex);
        Assert.True(KafkaApis.TryGet((short)T.Api, out var api));
        var reader = new KafkaReader(frame.AsSpan(4));
        var header = RequestHeader.ReadFixed(ref reader);
        Assert.Equal(((short)T.Api, version, frame.Length - 4), (header.ApiKey, header.ApiVersion, frame[3] | frame[2] << 8));
        header = header.ReadRest(ref reader, api.RequestHeaderVersion(version));
        Assert.Equal(clientId, header.ClientId.IsNull ? null : Encoding.UTF8.GetString(header.ClientId.In(reader.Frame)));
        var message = T.Read(ref reader, version);
        reader.EnsureEnd();

        using var writer = new KafkaWriter();
        var mark = writer.BeginFrame();
        RequestHeader.Write(writer, api, version, header.CorrelationId, clientId);
        message.Write(writer, version);
        writer.EndFrame(mark);
        Assert.Equal(frame, writer.ToArray(offset => frame.AsMemory(4 + offset)));
        return message;
    }

    private static T CheckResponse<T>(short version, string hex)
        where T : IKafkaMessage<T>
    {
        var frame = Bytes(hex);
        Assert.True(KafkaApis.TryGet((short)T.Api, out var api));
        var reader = new KafkaReader(frame, 4);
        var correlationId = ResponseHeader.Read(ref reader, api, version);
        var message = T.Read(ref reader, version);
        reader.EnsureEnd();

        using var writer = new KafkaWriter();
        var mark = writer.BeginFrame();
        ResponseHeader.Write(writer, api, version, correlationId);
        message.Write(writer, version);
        writer.EndFrame(mark);
        Assert.Equal(frame, writer.ToArray(offset => frame.AsMemory(offset)));
        return message;
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
