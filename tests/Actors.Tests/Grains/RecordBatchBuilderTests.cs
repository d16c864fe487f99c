using System.Text;
using Actors.Model;
using Actors.Model.Records;
using Record = Actors.Model.Records.Record;

namespace Actors.Tests.Grains;

public sealed class RecordBatchBuilderTests
{
    // Written by Apache Kafka 4.3.1's own MemoryRecords.withIdempotentRecords for the records of Sample().
    private static readonly byte[] s_golden = Convert.FromHexString(
        "00000000000000000000013bffffffff02006d31a60000000000030000018bcfe568000000018bcfe74a400000000000001267000300000046000000"
        + "04480000000a6b65792d311276616c7565206f6e65040a747261636506616263086ec3a468011200cf0f020104c3bc00120080890f04026b01009e03"
        + "000206009003"
        + string.Concat(Enumerable.Repeat("78", 200)) + "00");

    [Fact]
    public void A_built_batch_is_byte_for_byte_what_Kafka_writes()
    {
        var builder = new RecordBatchBuilder();
        Assert.All(Sample(), record => Assert.True(builder.TryAdd(record)));
        Assert.Equal(s_golden.Length, builder.SizeBytes);

        var batch = builder.Build(producerId: 4711, producerEpoch: 3, baseSequence: 70);

        Assert.Equal(Convert.ToHexString(s_golden), Convert.ToHexString(batch));
        Assert.True(RecordBatch.HasValidCrc(batch));
        Assert.Equal(0, builder.Count);
    }

    [Fact]
    public void Records_read_from_Kafkas_batch_are_the_ones_written()
    {
        var batch = s_golden.ToArray();
        RecordBatch.Stamp(batch, baseOffset: 1000, leaderEpoch: 5);

        var read = new List<Record>();
        Assert.Equal(ErrorCode.None, Record.ReadAll(batch, fromOffset: 0, read));

        Assert.Equal(Sample().Select((r, i) => Describe(r, 1000 + i)), read.Select(r => Describe(r, r.Offset)));
    }

    [Fact]
    public void Records_below_the_offset_asked_for_are_left_out()
    {
        var batch = s_golden.ToArray();
        RecordBatch.Stamp(batch, baseOffset: 1000, leaderEpoch: 5);

        var read = new List<Record>();
        Record.ReadAll(batch, fromOffset: 1002, read);

        Assert.Equal([1002L, 1003L], read.Select(r => r.Offset));
    }

    [Fact]
    public void A_record_that_does_not_fit_is_refused_and_leaves_the_batch_as_it_was()
    {
        var builder = new RecordBatchBuilder(maxBytes: 200);
        Assert.True(builder.TryAdd(Value(new byte[100])));
        var size = builder.SizeBytes;

        Assert.False(builder.TryAdd(Value(new byte[100])));

        Assert.Equal(size, builder.SizeBytes);
        Assert.Equal(1, builder.Count);
        var exact = new RecordBatchBuilder(maxBytes: size);
        Assert.True(exact.TryAdd(Value(new byte[100])));
        Assert.Equal(size, exact.Build().Length);
        Assert.False(new RecordBatchBuilder(maxBytes: size - 1).TryAdd(Value(new byte[100])));
    }

    [Fact]
    public void A_batch_needs_a_record() => Assert.Throws<InvalidOperationException>(() => new RecordBatchBuilder().Build());

    [Fact]
    public void Random_records_come_back_as_they_were()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < 100; round++)
        {
            var records = Enumerable.Range(0, random.Next(1, 40)).Select(_ => RandomRecord(random)).ToArray();
            var builder = new RecordBatchBuilder(8 * 1024 * 1024);
            Assert.All(records, r => Assert.True(builder.TryAdd(r)));
            var read = new List<Record>();
            Assert.Equal(ErrorCode.None, Record.ReadAll(builder.Build(), 0, read));
            Assert.Equal(records.Select((r, i) => Describe(r, i)), read.Select(r => Describe(r, r.Offset)));
        }
    }

    [Fact]
    public void A_walk_over_damaged_bytes_ends_and_never_reads_outside()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < 20_000; round++)
        {
            var batch = s_golden.AsSpan(0, random.Next(RecordBatch.HeaderBytes, s_golden.Length + 1)).ToArray();
            for (var flips = random.Next(1, 4); flips > 0; flips--)
            {
                batch[random.Next(RecordBatch.RecordCountAt, batch.Length)] = (byte)random.Next(256);
            }

            var read = new List<Record>();
            var error = Record.ReadAll(batch, long.MinValue, read);
            Assert.True(error is ErrorCode.None or ErrorCode.CorruptMessage);
        }
    }

    [Fact]
    public void A_cut_batch_is_reported_as_corrupt()
    {
        for (var length = RecordBatch.HeaderBytes; length < s_golden.Length; length++)
        {
            Assert.Equal(ErrorCode.CorruptMessage, Record.ReadAll(s_golden.AsMemory(0, length), 0, []));
        }
    }

    private static Record[] Sample() =>
    [
        new()
        {
            TimestampMs = 1700000000000, Key = Utf8("key-1"), Value = Utf8("value one"),
            Headers = [new RecordHeader("trace", Utf8("abc")), new RecordHeader("n\u00e4h", null)],
        },
        new() { TimestampMs = 1699999999000, Value = Utf8("\u00fc") },
        new() { TimestampMs = 1700000123456, Key = Utf8("k") },
        new() { TimestampMs = 1700000000001, Key = Utf8(""), Value = Utf8(new string('x', 200)) },
    ];

    private static Record Value(byte[] value) => new() { Value = value };

    private static Record RandomRecord(Random random) => new()
    {
        TimestampMs = random.NextInt64(-1, long.MaxValue / 2),
        Key = NullOr(random, 20),
        Value = NullOr(random, 2000),
        Headers = [.. Enumerable.Range(0, random.Next(3)).Select(i => new RecordHeader($"h{i}", NullOr(random, 5)))],
    };

    private static ReadOnlyMemory<byte>? NullOr(Random random, int maxBytes)
    {
        if (random.Next(4) == 0)
        {
            return null;
        }

        var bytes = new byte[random.Next(maxBytes)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static ReadOnlyMemory<byte>? Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static string Describe(Record record, long offset) =>
        $"{offset} {record.TimestampMs} {Hex(record.Key)} {Hex(record.Value)} "
        + string.Join(',', record.Headers.Select(h => h.Key + "=" + Hex(h.Value)));

    private static string Hex(ReadOnlyMemory<byte>? bytes) => bytes is { } b ? $"[{Convert.ToHexString(b.Span)}]" : "null";
}
