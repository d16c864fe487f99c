using System.Buffers.Binary;
using System.IO.Compression;
using Actors.Model;
using Actors.Model.Ports;
using Actors.Model.Records;

namespace Actors.Tests.Model;

public sealed class RecordBatchValidatorTests
{
    private const long NowMs = 1_700_000_000_000;

    private static readonly BatchRules s_rules = new()
    {
        MaxBatchBytes = 1_048_588,
        MaxInflatedBytes = 1 << 20,
        TimestampBeforeMaxMs = long.MaxValue,
        TimestampAfterMaxMs = 3_600_000,
        ValidateCompressed = true,
    };

    [Fact]
    public void A_good_batch_passes_and_its_bytes_stay()
    {
        var batch = BatchBytes.Of("a", "b", "");
        var before = batch.ToArray();
        Assert.Equal(ErrorCode.None, Check(batch, s_rules, out var info).Error);
        Assert.Equal(3, info.RecordCount);
        Assert.Equal(before, batch);
    }

    [Fact]
    public void A_flipped_bit_anywhere_under_the_crc_is_found()
    {
        var good = BatchBytes.Of("some", "records");
        for (var bit = RecordBatch.CrcAt * 8; bit < good.Length * 8; bit++)
        {
            var bad = good.ToArray();
            bad[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Equal(ErrorCode.CorruptMessage, Check(bad).Error);
        }
    }

    public static TheoryData<string, ErrorCode> Lies => new()
    {
        { "empty", ErrorCode.InvalidRecord },
        { "magic 1", ErrorCode.InvalidRecord },
        { "short", ErrorCode.CorruptMessage },
        { "too short length", ErrorCode.CorruptMessage },
        { "too long length", ErrorCode.CorruptMessage },
        { "negative length", ErrorCode.CorruptMessage },
        { "two batches", ErrorCode.InvalidRecord },
        { "too large", ErrorCode.MessageTooLarge },
        { "base offset", ErrorCode.InvalidRecord },
        { "count high", ErrorCode.InvalidRecord },
        { "count low", ErrorCode.InvalidRecord },
        { "count 0", ErrorCode.InvalidRecord },
        { "count negative", ErrorCode.InvalidRecord },
        { "last offset delta", ErrorCode.InvalidRecord },
        { "control", ErrorCode.InvalidRecord },
        { "delete horizon", ErrorCode.InvalidRecord },
        { "no sequence", ErrorCode.InvalidRecord },
        { "codec 5", ErrorCode.UnsupportedCompressionType },
        { "magic 3", ErrorCode.CorruptMessage },
        { "offset delta", ErrorCode.InvalidRecord },
    };

    [Theory]
    [MemberData(nameof(Lies))]
    public void A_batch_that_lies_is_refused(string lie, ErrorCode expected)
    {
        var one = new PlainRecord("k", "v");
        var batch = lie switch
        {
            "empty" => [],
            "magic 1" => With(BatchBytes.Of("a"), b => b[RecordBatch.MagicAt] = 1),
            "short" => BatchBytes.Of("a")[..60],
            "too short length" => With(BatchBytes.Of("a"), b => BinaryPrimitives.WriteInt32BigEndian(b.AsSpan(8), 48)),
            "too long length" => With(BatchBytes.Of("a"), b => BinaryPrimitives.WriteInt32BigEndian(b.AsSpan(8), b.Length)),
            "negative length" => With(BatchBytes.Of("a"), b => BinaryPrimitives.WriteInt32BigEndian(b.AsSpan(8), int.MinValue)),
            "two batches" => [.. BatchBytes.Of("a"), .. BatchBytes.Of("b")],
            "too large" => BatchBytes.OfSize(11, 100_000),
            "base offset" => new BatchBytes { BaseOffset = 5 }.Build(one),
            "count high" => new BatchBytes { RecordCount = 3, LastOffsetDelta = 2 }.Build(one, one),
            "count low" => new BatchBytes { RecordCount = 1, LastOffsetDelta = 0 }.Build(one, one),
            "count 0" => new BatchBytes { RecordCount = 0, LastOffsetDelta = -1 }.Build(one),
            "count negative" => new BatchBytes { RecordCount = int.MinValue, LastOffsetDelta = int.MaxValue }.Build(one),
            "last offset delta" => new BatchBytes { LastOffsetDelta = 7 }.Build(one, one),
            "control" => new BatchBytes { Attributes = BatchAttributes.Control }.Build(one),
            "delete horizon" => new BatchBytes { Attributes = BatchAttributes.DeleteHorizon }.Build(one),
            "no sequence" => new BatchBytes { ProducerId = 5, ProducerEpoch = 0, BaseSequence = -1 }.Build(one),
            "codec 5" => new BatchBytes { Attributes = (BatchAttributes)5 }.Build(one),
            "magic 3" => With(BatchBytes.Of("a"), b => b[RecordBatch.MagicAt] = 3),
            _ => new BatchBytes().Build(one, one with { OffsetDelta = 2 }),
        };
        var verdict = Check(batch);
        Assert.Equal(expected, verdict.Error);
        Assert.NotEmpty(verdict.Message!);
    }

    [Fact]
    public void The_max_timestamp_is_corrected_as_in_Kafka()
    {
        var batch = new BatchBytes { BaseTimestampMs = NowMs - 1000, MaxTimestampMs = 5 }
            .Build(new("k", "v", 10), new("k", "v", 70), new("k", "v", 30));
        Assert.True(Check(batch, s_rules, out var info).IsGood);
        Assert.Equal(NowMs - 930, info.MaxTimestampMs);
        Assert.Equal(NowMs - 930, RecordBatch.ReadInfo(batch).MaxTimestampMs);
        Assert.True(RecordBatch.HasValidCrc(batch));
    }

    [Fact]
    public void A_claim_of_log_append_time_is_corrected_as_in_Kafka()
    {
        var batch = new BatchBytes { Attributes = BatchAttributes.LogAppendTime, MaxTimestampMs = NowMs }.Build(new PlainRecord("k", "v"));
        Assert.True(Check(batch, s_rules, out var info).IsGood);
        Assert.Equal(BatchAttributes.None, info.Attributes);
        Assert.Equal(info, RecordBatch.ReadInfo(batch));
        Assert.True(RecordBatch.HasValidCrc(batch));
    }

    [Fact]
    public void Timestamps_out_of_range_are_named()
    {
        var batch = new BatchBytes { BaseTimestampMs = NowMs }.Build(new("k", "v"), new("k", "v", 3_600_001), new("k", "v"));
        var verdict = Check(batch);
        Assert.Equal(ErrorCode.InvalidTimestamp, verdict.Error);
        Assert.Equal([1], verdict.Records!.Select(r => r.Index));
        Assert.True(Check(batch, s_rules with { LogAppendTime = true }).IsGood);
        Assert.Equal(ErrorCode.InvalidTimestamp, Check(BatchBytes.Of("a"), s_rules with { TimestampBeforeMaxMs = 10 }, NowMs + 11).Error);
    }

    [Fact]
    public void A_record_without_a_key_is_refused_where_keys_are_needed()
    {
        var verdict = Check(new BatchBytes().Build(new("k", "v"), new(null, "v"), new("", "v")), s_rules with { RequireKeys = true });
        Assert.Equal(ErrorCode.InvalidRecord, verdict.Error);
        Assert.Equal([1], verdict.Records!.Select(r => r.Index));
    }

    [Fact]
    public void Compressed_records_are_inflated_and_walked()
    {
        var records = Enumerable.Range(0, 500).Select(i => new PlainRecord($"key{i}", new string('x', i), i % 7)).ToArray();
        Assert.True(Check(Gzip().Build(records)).IsGood);
        records[300] = records[300] with { OffsetDelta = 299 };
        var verdict = Check(Gzip().Build(records));
        Assert.Equal(ErrorCode.InvalidRecord, verdict.Error);
        Assert.Equal([300], verdict.Records!.Select(r => r.Index));
        Assert.True(Check(Gzip().Build(records), s_rules with { ValidateCompressed = false }).IsGood);
        Assert.Equal(ErrorCode.CorruptMessage, Check(new BatchBytes { Attributes = (BatchAttributes)1 }.Build(records)).Error);
    }

    [Fact]
    public void A_bomb_is_refused_at_the_cap()
    {
        var bomb = Gzip().Build(new PlainRecord(null, new string('0', 2 << 20)));
        Assert.Equal(ErrorCode.MessageTooLarge, Check(bomb).Error);
    }

    [Fact]
    public void Both_walks_agree_on_mutated_records_however_they_are_cut()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < 3_000; round++)
        {
            var records = Enumerable.Range(0, random.Next(1, 8)).Select(i => new PlainRecord(
                random.Next(3) == 0 ? null : new string('k', random.Next(100)),
                random.Next(5) == 0 ? null : new string('v', random.Next(300)), random.Next(-1000, 1_000_000))
            {
                Headers = random.Next(3) == 0 ? [("h", "1"), ("i", null)] : [],
            }).ToArray();
            var batch = new BatchBytes().Build(records);
            var info = RecordBatch.ReadInfo(batch);
            var body = batch.AsSpan(RecordBatch.HeaderBytes).ToArray();
            for (var changes = random.Next(3); changes > 0; changes--)
            {
                body[random.Next(body.Length)] = (byte)random.Next(256);
            }

            body = random.Next(10) == 0 ? body[..random.Next(body.Length)] : body;
            var summary = RecordWalk.Walk(body, info, out var broken);
            var walker = new RecordWalker(info);
            for (var at = 0; at < body.Length;)
            {
                var piece = Math.Min(body.Length - at, random.Next(1, random.Next(2) == 0 ? 4 : 400));
                if (!walker.Take(body.AsSpan(at, piece)))
                {
                    break;
                }

                at += piece;
            }

            walker.Finish();
            Assert.Equal(broken is null, walker.Broken is null);
            if (broken is null)
            {
                Assert.Equal(summary, walker.Summary);
            }
        }
    }

    private static BatchVerdict Check(byte[] batch) => Check(batch, s_rules);

    private static BatchVerdict Check(byte[] batch, BatchRules rules, long nowMs = NowMs) =>
        RecordBatchValidator.Validate(batch, rules, new GzipInflater(), nowMs, out _);

    private static BatchVerdict Check(byte[] batch, BatchRules rules, out RecordBatchInfo info) =>
        RecordBatchValidator.Validate(batch, rules, new GzipInflater(), NowMs, out info);

    private static byte[] With(byte[] batch, Action<byte[]> change)
    {
        change(batch);
        return batch;
    }

    private static BatchBytes Gzip() => new() { Attributes = (BatchAttributes)CompressionCodec.Gzip, Compress = GzipInflater.Deflate };
}

/// <summary>gzip alone, for tests that need some compression.</summary>
internal sealed class GzipInflater : IBatchInflater
{
    public static byte[] Deflate(byte[] records)
    {
        using var into = new MemoryStream();
        using (var gzip = new GZipStream(into, CompressionLevel.Fastest))
        {
            gzip.Write(records);
        }

        return into.ToArray();
    }

    public ErrorCode Inflate(CompressionCodec codec, ReadOnlyMemory<byte> compressed, long maxBytes, IInflatedSink sink)
    {
        if (codec != CompressionCodec.Gzip)
        {
            return ErrorCode.UnsupportedCompressionType;
        }

        try
        {
            using var gzip = new GZipStream(new MemoryStream(compressed.ToArray()), CompressionMode.Decompress);
            var piece = new byte[777];
            long total = 0;
            for (int read; (read = gzip.Read(piece)) > 0;)
            {
                total += read;
                if (total > maxBytes)
                {
                    return ErrorCode.MessageTooLarge;
                }

                if (!sink.Take(piece.AsSpan(0, read)))
                {
                    break;
                }
            }

            return ErrorCode.None;
        }
        catch (InvalidDataException)
        {
            return ErrorCode.CorruptMessage;
        }
    }

    public byte[] Deflate(CompressionCodec codec, ReadOnlySpan<byte> records) => Deflate(records.ToArray());
}
