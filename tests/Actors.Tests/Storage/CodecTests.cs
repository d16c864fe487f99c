using Actors.Model;
using Actors.Model.Ports;
using Actors.Model.Records;
using Actors.Storage.Codecs;

namespace Actors.Tests.Storage;

public sealed class CodecTests
{
    private static readonly BatchInflater s_inflater = new();

    public static TheoryData<CompressionCodec> Codecs =>
        [CompressionCodec.None, CompressionCodec.Gzip, CompressionCodec.Snappy, CompressionCodec.Lz4, CompressionCodec.Zstd];

    [Theory]
    [MemberData(nameof(Codecs))]
    public void What_was_deflated_inflates_to_the_same(CompressionCodec codec)
    {
        foreach (var length in new[] { 0, 1, 100, 70_000, 1_000_000 })
        {
            var plain = Sample(length);
            var sink = new Sink();
            Assert.Equal(ErrorCode.None, s_inflater.Inflate(codec, s_inflater.Deflate(codec, plain), length, sink));
            Assert.Equal(plain, sink.Bytes.ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void A_bomb_ends_at_the_cap(CompressionCodec codec)
    {
        var bomb = s_inflater.Deflate(codec, new byte[20_000_000]);
        var sink = new Sink();
        Assert.Equal(ErrorCode.MessageTooLarge, s_inflater.Inflate(codec, bomb, 1_000_000, sink));
        Assert.True(sink.Bytes.Length <= 1_000_000);
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Damaged_bytes_are_corrupt_and_never_throw(CompressionCodec codec)
    {
        var plain = Sample(50_000);
        var good = s_inflater.Deflate(codec, plain);
        var random = new Random((int)codec);
        for (var i = 0; i < 300; i++)
        {
            var bad = good.ToArray();
            for (var flips = random.Next(1, 5); flips > 0; flips--)
            {
                bad[random.Next(Math.Min(bad.Length, 400))] ^= (byte)(1 << random.Next(8));
            }

            var error = s_inflater.Inflate(codec, bad.AsMemory(0, random.Next(bad.Length + 1)), 100_000, new Sink());
            Assert.True(error is ErrorCode.None or ErrorCode.CorruptMessage or ErrorCode.MessageTooLarge, $"{error}");
        }
    }

    [Fact]
    public void A_raw_snappy_block_is_taken_as_librdkafka_sends_it()
    {
        var plain = Sample(10_000);
        var sink = new Sink();
        Assert.Equal(ErrorCode.None, s_inflater.Inflate(CompressionCodec.Snappy, Snappier.Snappy.CompressToArray(plain), 10_000, sink));
        Assert.Equal(plain, sink.Bytes.ToArray());
    }

    [Fact]
    public void A_sink_that_has_enough_stops_the_inflater()
    {
        var sink = new Sink { StopAfter = 1 };
        Assert.Equal(ErrorCode.None, s_inflater.Inflate(CompressionCodec.Zstd, s_inflater.Deflate(CompressionCodec.Zstd, Sample(1_000_000)), 1_000_000, sink));
        Assert.Equal(1, sink.Calls);
    }

    [Fact]
    public void An_unknown_codec_is_named_as_unsupported() =>
        Assert.Equal(ErrorCode.UnsupportedCompressionType, s_inflater.Inflate((CompressionCodec)5, new byte[10], 100, new Sink()));

    private static byte[] Sample(int length)
    {
        var bytes = new byte[length];
        for (var i = 0; i < length; i++)
        {
            bytes[i] = (byte)("the log is the truth "[i % 21] + (i / 1000 % 7));
        }

        return bytes;
    }

    private sealed class Sink : IInflatedSink
    {
        public MemoryStream Bytes { get; } = new();
        public int StopAfter { get; init; } = int.MaxValue;
        public int Calls { get; private set; }

        public bool Take(ReadOnlySpan<byte> bytes)
        {
            Bytes.Write(bytes);
            return ++Calls < StopAfter;
        }
    }
}
