using Actors.Kafka.Wire;

namespace Actors.Tests.KafkaWire;

/// <summary>Valid frames with bytes flipped, cut, or put in: a fault of the wire at worst, and never a memory much larger than the frame.</summary>
public sealed class HostileBytesTests
{
    private const int Rounds = 150;

    // The dearest element is a topic of two bytes on the wire and 48 in memory; the constant is the exception with its stack trace.
    private const int MaxBytesPerByte = 40;
    private const int MaxBytesApart = 24 * 1024;

    public static TheoryData<int> Keys => [.. MessageCodec.Apis.Select(a => a.Key)];

    [Theory]
    [MemberData(nameof(Keys))]
    public void Broken_bytes_are_a_wire_fault_or_a_message_and_never_large(int key)
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        foreach (var codec in new[] { MessageCodec.Find(key, isRequest: true), MessageCodec.Find(key, isRequest: false) })
        {
            foreach (var version in codec.Versions)
            {
                var valid = codec.Write(new RandomMessages(random.Next()).Fill(codec, version), version, RandomMessages.Source);
                for (var round = 0; round < Rounds; round++)
                {
                    var bytes = Break(valid, random);
                    Check(codec, version, bytes, $"seed {seed}, {codec} v{version}: {Convert.ToHexStringLower(bytes)}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Every_truncation_is_a_wire_fault(int key)
    {
        var seed = Random.Shared.Next();
        foreach (var codec in new[] { MessageCodec.Find(key, isRequest: true), MessageCodec.Find(key, isRequest: false) })
        {
            foreach (var version in codec.Versions)
            {
                var valid = codec.Write(new RandomMessages(seed, maxItems: 2).Fill(codec, version), version, RandomMessages.Source);
                var step = Math.Max(1, valid.Length / 60);
                for (var length = 0; length < valid.Length; length += step)
                {
                    Assert.True(IsFault(() => codec.Read(valid.AsMemory(0, length), version)), $"seed {seed}, {codec} v{version}, {length} bytes");
                }

                Assert.True(IsFault(() => codec.Read((byte[])[.. valid, 0], version)), $"seed {seed}, {codec} v{version}: a byte too many");
            }
        }
    }

    [Fact]
    public void The_walks_refuse_what_the_generated_classes_refuse()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var produce = MessageCodec.Find(ProduceRequest.ApiKey, isRequest: true);
        var fetch = MessageCodec.Find(FetchRequest.ApiKey, isRequest: true);
        foreach (var (codec, check) in new (MessageCodec, Func<byte[], short, int>)[]
            { (produce, (b, v) => ProduceRequestReader.Check(b, 0, v)), (fetch, (b, v) => FetchRequestReader.Check(b, 0, v)) })
        {
            foreach (var version in codec.Versions)
            {
                var valid = codec.Write(new RandomMessages(random.Next()).Fill(codec, version), version, RandomMessages.Source);
                for (var round = 0; round < 400; round++)
                {
                    var bytes = Break(valid, random);
                    var walkFails = IsFault(() => check(bytes, version));
                    var readFails = IsFault(() => codec.Read(bytes, version));

                    // Fetch's walk steps over tagged fields that only followers send; Produce has none.
                    Assert.True(walkFails == readFails || (codec == fetch && version >= 12 && readFails),
                        $"seed {seed}, {codec} v{version}: {Convert.ToHexStringLower(bytes)}");
                }
            }
        }
    }

    [Fact]
    public void A_request_cannot_hold_more_elements_than_the_limit()
    {
        using var writer = new KafkaWriter();
        var many = WireLimits.MaxElements + 1;
        writer.WriteArrayCount(many, compact: false);
        for (var i = 0; i < many; i++)
        {
            writer.WriteString("", compact: false);
        }

        Assert.True(IsFault(() => Read(WireLimits.MaxElements)));
        Assert.Equal(many, Read(WireLimits.MaxResponseElements).Topics!.Length);

        MetadataRequest Read(int limit)
        {
            var reader = new KafkaReader(writer.WrittenSpan, 0, limit);
            return MetadataRequest.Read(ref reader, 0);
        }
    }

    private static void Check(MessageCodec codec, short version, byte[] bytes, string what)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            codec.Read(bytes, version);
        }
        catch (WireFault)
        {
        }
        catch (Exception e)
        {
            throw new InvalidOperationException(what, e);
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated <= (long)bytes.Length * MaxBytesPerByte + MaxBytesApart, $"{allocated} bytes for {bytes.Length}; {what}");
    }

    private static bool IsFault(Func<object> read)
    {
        try
        {
            read();
            return false;
        }
        catch (WireFault)
        {
            return true;
        }
    }

    private static byte[] Break(byte[] valid, Random random)
    {
        var bytes = valid.ToList();
        for (var left = random.Next(1, 4); left > 0; left--)
        {
            var at = random.Next(bytes.Count + 1);
            switch (random.Next(5))
            {
                case 0 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1 when at < bytes.Count:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 5), bytes.Count - at));
                    break;
                case 3:
                    bytes.InsertRange(at, Enumerable.Repeat((byte)(random.Next(2) == 0 ? 0xFF : 0x7F), random.Next(1, 6)));
                    break;
                case 4 when at + 4 <= bytes.Count:
                    bytes[at] = (byte)random.Next(0x80);
                    bytes[at + 1] = bytes[at + 2] = bytes[at + 3] = 0xFF;
                    break;
            }
        }

        return [.. bytes];
    }
}
