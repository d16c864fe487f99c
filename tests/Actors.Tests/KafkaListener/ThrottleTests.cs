using System.Buffers.Binary;
using System.Reflection;
using Actors.Kafka.Wire;

namespace Actors.Tests.KafkaListener;

/// <summary>There are no quotas: no client is told to wait.</summary>
public sealed class ThrottleTests
{
    [Fact]
    public async Task No_reply_of_any_version_asks_its_client_to_wait()
    {
        await using var kafka = new KafkaHarness();
        kafka.Node.With("orders");
        var told = new HashSet<string>();
        foreach (var frame in RequestCorpus.Frames(kafka.Node))
        {
            var (key, version, correlationId) = (Int16At(frame, 4), Int16At(frame, 6), BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(8)));
            Assert.True(KafkaApis.TryGet(key, out var api));
            var client = kafka.Connect();
            client.Raw.Send(frame);
            if (key == (short)KafkaApi.Produce && frame.AsSpan().IndexOf(new byte[] { 0, 0, 0, 0, 0x75, 0x30 }) > 0)
            {
                continue; // acks 0: no reply
            }

            var reply = Decode(await client.ReceiveFrame(), api, version, correlationId);
            if (reply.GetType().GetProperty("ThrottleTimeMs") is { } throttle)
            {
                Assert.True(throttle.GetValue(reply) is 0, $"{reply.GetType().Name} of version {version}: {throttle.GetValue(reply)}");
                told.Add(reply.GetType().Name);
            }
        }

        // All replies that have the field, but for those of requests the corpus does not hold.
        var all = typeof(MetadataResponse).Assembly.GetTypes().Where(t => t.GetProperty("ThrottleTimeMs") is not null).Select(t => t.Name);
        Assert.Empty(all.Where(n => Enum.GetNames<KafkaApi>().Any(a => $"{a}Response" == n)).Except(told));
        Assert.True(told.Count > 30, $"{told.Count} kinds of replies have the field");
    }

    private static short Int16At(byte[] frame, int at) => BinaryPrimitives.ReadInt16BigEndian(frame.AsSpan(at));

    private static object Decode(byte[] frame, KafkaApiVersions api, short version, int correlationId)
    {
        var type = typeof(MetadataResponse).Assembly.GetType($"{typeof(MetadataResponse).Namespace}.{api.Api}Response", throwOnError: true)!;
        var read = typeof(KafkaTestClient).GetMethod(nameof(KafkaTestClient.Read), BindingFlags.Public | BindingFlags.Static)!;
        return read.MakeGenericMethod(type).Invoke(null, [frame, api, version, correlationId])!;
    }
}
