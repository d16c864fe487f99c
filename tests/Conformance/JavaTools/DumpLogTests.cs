using System.Text.RegularExpressions;
using Confluent.Kafka;
using Conformance.Clients;
using Conformance.Fixtures;

namespace Conformance.JavaTools;

/// <summary>
/// Apache Kafka's own dump tool over our files: the strongest witness that a partition's folder is laid out as Kafka's. Logs, indexes,
/// and what it finds when it checks one against the other.
/// </summary>
public sealed partial class DumpLogTests : IDisposable
{
    private const int Records = 30_000;

    private readonly TempFolder _data = new("dump");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Explicit = true, Timeout = 400_000)]
    public async Task Kafka_dump_log_reads_every_segment_and_finds_the_indexes_sane()
    {
        KafkaHome.Require();
        await WriteAsync();
        var logs = Directory.GetFiles(_data.Path, "*.log", SearchOption.AllDirectories)
            .Where(f => Path.GetFileName(Path.GetDirectoryName(f)) == "dumped-0").Order(StringComparer.Ordinal).ToArray();
        Assert.True(logs.Length > 1, "segments of 1 MiB should have rolled");

        var dumped = await DumpAsync("--print-data-log", logs);
        var offsets = RecordOffset().Matches(dumped).Select(m => long.Parse(m.Groups[1].Value, null)).ToArray();
        Assert.Equal(Enumerable.Range(0, Records).Select(i => (long)i), offsets);
        Assert.Contains("compresscodec: lz4", dumped, StringComparison.OrdinalIgnoreCase);
        Assert.Contains($"payload: value {Records - 1}", dumped, StringComparison.Ordinal);
        Assert.DoesNotContain("isvalid: false", dumped, StringComparison.Ordinal);

        foreach (var index in logs.SelectMany(l => new[] { Path.ChangeExtension(l, ".index"), Path.ChangeExtension(l, ".timeindex") }))
        {
            Assert.True(File.Exists(index), $"{index} is missing");
            var sane = await DumpAsync("--index-sanity-check", index);
            Assert.DoesNotContain("Mismatches", sane, StringComparison.Ordinal);
            if (!index.EndsWith(".timeindex", StringComparison.Ordinal))
            {
                Assert.Contains("passed sanity check", sane, StringComparison.Ordinal);
            }

            var verified = await DumpAsync("--deep-iteration", index);
            Assert.DoesNotContain("ismatch", verified, StringComparison.Ordinal); // "Mismatches in", "Found timestamp mismatch in"
            Assert.DoesNotContain("out of order", verified, StringComparison.Ordinal);
        }
    }

    public void Dispose() => _data.Dispose();

    private async Task WriteAsync()
    {
        await using var silo = await SiloProcess.StartAsync(new SiloSettings(_data.Path), Cancellation);
        await ConfluentClients.CreateTopicAsync(silo.Kafka, "dumped", configs: new() { ["segment.bytes"] = "1048576" });
        foreach (var (codec, first) in new[] { (CompressionType.None, 0), (CompressionType.Lz4, Records / 2) })
        {
            using var producer = ConfluentClients.Producer(silo.Kafka, c =>
            {
                c.CompressionType = codec;
                c.BatchSize = 16_000;
                c.EnableIdempotence = true;
            });
            for (var i = 0; i < Records / 2; i++)
            {
                var message = ConfluentProducerTests.Numbered(first + i);
                message.Headers = new Headers { { "padding", new byte[i % 200] } };
                producer.Produce("dumped", message);
            }

            producer.Flush(Cancellation);
        }

        Assert.Equal(0, await silo.TerminateAsync());
    }

    private static async Task<string> DumpAsync(string option, params string[] files)
    {
        var result = await KafkaHome.RunAsync(null, "tool", "dump-log", option, "--files", string.Join(',', files));
        Assert.True(result.ExitCode == 0, result.Error + result.Output);
        return result.Output + result.Error;
    }

    [GeneratedRegex(@"^\|? ?offset: (\d+) ", RegexOptions.Multiline)]
    private static partial Regex RecordOffset();
}
