using System.Buffers.Binary;
using System.Diagnostics;
using Actors.Model.Records;
using Actors.Storage;
using Actors.Storage.Codecs;
using Actors.Storage.Devices;

namespace Actors.Tests.Storage;

/// <summary>Kafka's own dump tool over our files. Needs Java and KAFKA_HOME, a folder with Kafka's <c>kafka</c> script.</summary>
public sealed class KafkaDumpTests(ITestOutputHelper output) : IDisposable
{
    private static readonly string? s_kafkaHome = Environment.GetEnvironmentVariable("KAFKA_HOME") is { Length: > 0 } home ? home : null;
    private readonly string _root = Path.Combine(Path.GetTempPath(), $"actors-dump-{Guid.NewGuid():N}");

    public void Dispose()
    {
        if (Directory.Exists(_root))
        {
            Directory.Delete(_root, recursive: true);
        }
    }

    [Fact]
    public async Task Kafkas_dump_tool_reads_segments_indexes_and_snapshots()
    {
        Assert.SkipWhen(s_kafkaHome is null, "KAFKA_HOME is not set: no real Apache Kafka beside us");
        var directory = new TestDirectory(new PosixStorageDevice(), root: _root);
        var log = directory.Open(config: new LogConfig { SegmentBytes = 20_000, IndexIntervalBytes = 512 });
        for (var i = 0; i < 300; i++)
        {
            var plain = Batches.Make(i * 5, 5, 40, epoch: i / 100, timestampMs: 1_700_000_000_000 + (i * 1000), producerId: 7, sequence: i * 5);
            directory.Submit(log, Compress(plain, (CompressionCodec)(i % 5)));
            directory.Directory.RunRound();
        }

        directory.Directory.CloseClean();
        var dump = await DumpAsync("--print-data-log", ".log");
        var batches = dump.Split('\n').Where(l => l.StartsWith("baseOffset", StringComparison.Ordinal)).ToArray();
        Assert.Equal(300, batches.Length);
        Assert.All(batches, l => Assert.Contains("isvalid: true", l, StringComparison.Ordinal));
        Assert.Equal(1500, dump.Split('\n').Count(l => l.Contains("| offset:", StringComparison.Ordinal)));

        var sane = await DumpAsync("--index-sanity-check", ".index", ".timeindex");
        Assert.Equal(2 * log.Segments.Length, sane.Split('\n').Count(l => l.EndsWith("passed sanity check.", StringComparison.Ordinal)));
        await DumpAsync("--verify-index-only", ".index", ".timeindex");
        Assert.Contains("producerId: 7 producerEpoch: 0", await DumpAsync("--deep-iteration", ".snapshot"), StringComparison.Ordinal);
    }

    private static byte[] Compress(byte[] batch, CompressionCodec codec)
    {
        var records = new BatchInflater().Deflate(codec, batch.AsSpan(RecordBatch.HeaderBytes));
        var compressed = new byte[RecordBatch.HeaderBytes + records.Length];
        batch.AsSpan(0, RecordBatch.HeaderBytes).CopyTo(compressed);
        records.CopyTo(compressed, RecordBatch.HeaderBytes);
        BinaryPrimitives.WriteInt32BigEndian(compressed.AsSpan(RecordBatch.LengthAt), compressed.Length - RecordBatch.LogOverheadBytes);
        compressed[RecordBatch.AttributesAt + 1] = (byte)codec;
        RecordBatch.WriteCrc(compressed);
        return compressed;
    }

    private async Task<string> DumpAsync(string option, params string[] suffixes)
    {
        var files = Directory.GetFiles(Path.Combine(_root, "orders-0")).Where(f => suffixes.Contains(Path.GetExtension(f))).Order(StringComparer.Ordinal);
        var start = new ProcessStartInfo(Path.Combine(s_kafkaHome!, "kafka"), ["tool", "dump-log", option, "--files", string.Join(',', files)])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var text = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        output.WriteLine($"{option}\n{text[..Math.Min(600, text.Length)]}\n{await error}");
        Assert.True(process.ExitCode == 0, await error);
        Assert.DoesNotContain("Mismatches", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Found ", text, StringComparison.Ordinal);
        return text;
    }
}
