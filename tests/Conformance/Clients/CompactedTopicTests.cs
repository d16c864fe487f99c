using System.Text;
using Confluent.Kafka;
using Conformance.Fixtures;
using Conformance.JavaTools;

namespace Conformance.Clients;

/// <summary>A compacted topic as kcat, kafka-python, librdkafka and Kafka's own dump tool find it: gaps, rewritten batches, empty ones.</summary>
public sealed class CompactedTopicTests : IDisposable
{
    private const string Topic = "compacted-state";
    private const int Records = 12_000;

    /// <summary>The Python script knows this one too.</summary>
    private const int Keys = 100;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    private readonly TempFolder _data = new("compacted");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Explicit = true, Timeout = 300_000)]
    public async Task Every_client_finds_the_newest_record_of_each_key_and_the_end_of_the_log()
    {
        var settings = SiloSettings.WithFixedKafkaPort(_data.Path) with { Arguments = ["--Actors:Cleaner:BackoffMs=20"] };
        await using (var silo = await SiloProcess.StartAsync(settings, Cancellation))
        {
            await ConfluentClients.CreateTopicAsync(silo.Kafka, Topic, configs: new()
            {
                ["cleanup.policy"] = "compact", ["segment.bytes"] = "1048576", ["min.cleanable.dirty.ratio"] = "0.01",
            });
            Fill(silo.Kafka);
            await CleanedAsync(silo);
            var read = ConfluentClients.ReadAll(silo.Kafka, Topic, 0);
            Check(read.Select(r => (r.Message.Key!, Encoding.UTF8.GetString(r.Message.Value))));
            Assert.True(read.Count < Records / 2, $"{read.Count} of {Records} records are left");

            var lines = await Kcat.ConsumeAsync(silo.Kafka, Topic, "%k|%s\\n");
            Check(lines.Select(l => l.Split('|')).Select(l => (l[0], l[1])));
            (await ClientProcess.RunAsync(
                "/usr/bin/python3", [Checkout.Script("kafka_python.py"), silo.Kafka, "compacted", Topic],
                Stream.Null, null, TimeSpan.FromMinutes(1), Cancellation)).Succeeded();
            Assert.Equal(0, await silo.TerminateAsync());
        }

        await DumpAsync();
    }

    public void Dispose() => _data.Dispose();

    private static void Fill(string bootstrap)
    {
        foreach (var codec in Enum.GetValues<CompressionType>())
        {
            using var producer = ConfluentClients.Producer(bootstrap, c =>
            {
                c.CompressionType = codec;
                c.EnableIdempotence = true;
                c.BatchSize = 32 * 1024;
            });
            var each = Records / Enum.GetValues<CompressionType>().Length;
            for (var i = (int)codec * each; i < ((int)codec + 1) * each; i++)
            {
                // Noise, so that segments of 1 MiB fill in every codec.
                var noise = Convert.ToBase64String(System.Security.Cryptography.SHA512.HashData(BitConverter.GetBytes(i)));
                producer.Produce(Topic, new Message<string?, byte[]>
                {
                    Key = $"key {i % Keys}", Value = Encoding.UTF8.GetBytes($"value {i} {string.Concat(Enumerable.Repeat(noise, 12))}"),
                });
            }

            producer.Flush(Cancellation);
        }
    }

    private async Task CleanedAsync(SiloProcess silo)
    {
        var path = Directory.GetDirectories(_data.Path, Topic + "-0", SearchOption.AllDirectories).Single();
        var checkpoint = Path.Combine(Path.GetDirectoryName(path)!, "cleaner-offset-checkpoint");
        for (var waited = TimeSpan.Zero; waited < ConfluentClients.Patience; waited += s_pause)
        {
            // The newest segment is not cleaned, and the one before it may be the last that a checkpoint has behind it.
            var bases = Directory.GetFiles(path, "*.log").Select(f => long.Parse(Path.GetFileNameWithoutExtension(f), null)).Order().ToArray();
            if (File.Exists(checkpoint) && File.ReadAllLines(checkpoint).Any(l => l == $"{Topic} 0 {bases[^1]}"))
            {
                return;
            }

            try
            {
                await silo.Exited.WaitAsync(s_pause, Cancellation);
            }
            catch (TimeoutException)
            {
                continue;
            }

            Assert.Fail($"The node ended.\n{silo.Output}");
        }

        Assert.Fail("The topic was not compacted in time");
    }

    private static void Check(IEnumerable<(string Key, string Value)> records)
    {
        var newest = new Dictionary<string, string>();
        foreach (var (key, value) in records)
        {
            newest[key] = value;
        }

        Assert.Equal(Keys, newest.Count);
        for (var i = Records - Keys; i < Records; i++)
        {
            Assert.StartsWith($"value {i} ", newest[$"key {i % Keys}"], StringComparison.Ordinal);
        }
    }

    private async Task DumpAsync()
    {
        if (KafkaHome.Folder is null)
        {
            return; // the rest needs no Kafka
        }

        var logs = Directory.GetFiles(_data.Path, "*.log", SearchOption.AllDirectories).Where(f => f.Contains(Topic, StringComparison.Ordinal));
        var dump = await KafkaHome.ToolAsync(null, "dump-log", "--print-data-log", "--files", string.Join(',', logs.Order(StringComparer.Ordinal)));
        Assert.DoesNotContain("isvalid: false", dump.Output, StringComparison.Ordinal);
        Assert.Contains($"payload: value {Records - 1} ", dump.Output, StringComparison.Ordinal);
        var indexes = Directory.GetFiles(_data.Path, "*index", SearchOption.AllDirectories).Where(f => f.Contains(Topic, StringComparison.Ordinal));
        foreach (var index in indexes.Where(i => new FileInfo(i).Length > 0))
        {
            var verified = await KafkaHome.ToolAsync(null, "dump-log", "--deep-iteration", "--files", index);
            Assert.DoesNotContain("ismatch", verified.Output + verified.Error, StringComparison.Ordinal);
        }
    }
}
