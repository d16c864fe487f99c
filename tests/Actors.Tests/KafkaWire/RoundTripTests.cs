using System.Text.Json.Nodes;
using Actors.Kafka.Wire;
using CsCheck;

namespace Actors.Tests.KafkaWire;

public sealed class RoundTripTests
{
    public static TheoryData<int> Keys => [.. MessageCodec.Apis.Select(a => a.Key)];

    [Theory]
    [MemberData(nameof(Keys))]
    public void What_is_written_is_read_back(int key)
    {
        foreach (var isRequest in new[] { true, false })
        {
            var codec = MessageCodec.Find(key, isRequest);
            var cases = Gen.Select(Gen.Int[0, int.MaxValue], Gen.Int[0, 4], Gen.Short[(short)codec.Api.Versions.First, (short)codec.Api.Versions.Last]);
            cases.Sample((seed, maxItems, version) =>
            {
                var message = new RandomMessages(seed, maxItems).Fill(codec, version);
                var bytes = codec.Write(message, version, RandomMessages.Source);
                var again = codec.Read(bytes, version);
                return JsonNode.DeepEquals(MessageText.Of(message, codec.Schema, version), MessageText.Of(again, codec.Schema, version))
                    && codec.Write(again, version, bytes).AsSpan().SequenceEqual(bytes);
            }, iter: 60 * (codec.Api.Versions.Last - codec.Api.Versions.First + 1), threads: 1, print: c => $"{codec} {c}");
        }
    }

    [Fact]
    public void Every_offered_version_is_listed()
    {
        // What Kafka 4.3 itself lists.
        string[] expected =
        [
            "0:0-13", "1:4-18", "2:1-11", "3:0-13", "10:0-6", "18:0-4", "19:2-7", "20:1-6", "22:0-5", "23:2-4", "32:1-4", "35:1-5", "37:0-3",
            "46:0-0", "60:0-2", "74:0-1", "75:0-0",
        ];
        var listed = KafkaApis.All.ToArray().Select(a => $"{(short)a.Api}:{a.ListedFrom}-{a.MaxVersion}");
        Assert.Empty(expected.Except(listed));
    }

    [Fact]
    public void A_key_that_is_not_known_has_no_versions()
    {
        Assert.False(KafkaApis.TryGet(4, out _));
        Assert.False(KafkaApis.TryGet(-1, out _));
        Assert.True(KafkaApis.TryGet(ProduceRequest.ApiKey, out var produce));
        Assert.False(produce.Serves(2));
        Assert.True(produce.Serves(3));
        Assert.False(produce.Serves(14));
    }
}
