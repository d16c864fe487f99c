using Actors.Kafka.Wire;
using Actors.Model;

namespace Actors.Tests.KafkaWire;

public sealed class AllocationTests
{
    private static readonly byte[] s_topic = "orders"u8.ToArray();

    public static TheoryData<short> ProduceVersions => [3, 8, 9, 12, 13];

    public static TheoryData<short> FetchVersions => [4, 11, 12, 13, 18];

    [Theory]
    [MemberData(nameof(ProduceVersions))]
    public void Walking_a_produce_request_allocates_nothing(short version)
    {
        var codec = MessageCodec.Find(ProduceRequest.ApiKey, isRequest: true);
        var body = codec.Write(new RandomMessages(7).Fill(codec, version), version, RandomMessages.Source);
        Assert.Equal(0, Allocated(() => ProduceRequestReader.Check(body, 0, version)));
    }

    [Theory]
    [MemberData(nameof(FetchVersions))]
    public void Walking_a_fetch_request_allocates_nothing(short version)
    {
        var codec = MessageCodec.Find(FetchRequest.ApiKey, isRequest: true);
        var body = codec.Write(new RandomMessages(7).Fill(codec, version), version, RandomMessages.Source);
        Assert.Equal(0, Allocated(() => FetchRequestReader.Check(body, 0, version)));
    }

    [Theory]
    [MemberData(nameof(ProduceVersions))]
    public void Writing_a_produce_response_allocates_nothing(short version)
    {
        Assert.True(KafkaApis.TryGet(ProduceRequest.ApiKey, out var api));
        using var writer = new KafkaWriter();
        Assert.Equal(0, Allocated(() =>
        {
            writer.Reset();
            var frame = writer.BeginFrame();
            ResponseHeader.Write(writer, api, version, 1);
            var response = new ProduceResponseWriter(writer, version);
            response.BeginTopics(1);
            response.BeginTopic(s_topic, Guid.Empty, 1);
            response.Partition(new ProducePartitionAnswer { Partition = 0, Error = ErrorCode.None, BaseOffset = 5 });
            response.EndTopic();
            response.End(0, []);
            writer.EndFrame(frame);
        }));
    }

    [Theory]
    [MemberData(nameof(FetchVersions))]
    public void Writing_a_fetch_response_allocates_nothing(short version)
    {
        Assert.True(KafkaApis.TryGet(FetchRequest.ApiKey, out var api));
        using var writer = new KafkaWriter();
        Assert.Equal(0, Allocated(() =>
        {
            writer.Reset();
            var frame = writer.BeginFrame();
            ResponseHeader.Write(writer, api, version, 1);
            var response = new FetchResponseWriter(writer, version);
            response.Begin(0, ErrorCode.None, 0, 1);
            response.BeginTopic(s_topic, Guid.Empty, 2);
            response.Partition(new FetchPartitionAnswer { Partition = 0, Error = ErrorCode.None, Records = new WireRange(0, 1000) });
            response.Partition(new FetchPartitionAnswer { Partition = 1, Error = ErrorCode.None, Records = new WireRange(1, 1000) });
            response.EndTopic();
            response.End([]);
            writer.EndFrame(frame);
        }));
    }

    /// <summary>Bytes allocated by the last of several runs: the first ones fill caches and pools.</summary>
    private static long Allocated(Action run)
    {
        var least = long.MaxValue;
        for (var i = 0; i < 20; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            run();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
