using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Conformance.Fixtures;
using Conformance.Wire;

namespace Conformance.Clients;

/// <summary>
/// Three services read one topic, each at its own offset, and retention passes two of them: offsets stay committed, a reader below the
/// log start is told so, and its reset policy applies.
/// </summary>
public sealed class OutrunTests : IAsyncLifetime
{
    private const int Records = 1000;
    private const int ValueBytes = 4100;
    private const string RetentionBytes = "3000000";

    private readonly TempFolder _folder = new("outrun");
    private SiloProcess? _silo;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Bootstrap => _silo!.Kafka;

    public async ValueTask InitializeAsync() =>
        _silo = await SiloProcess.StartAsync(
            new SiloSettings(_folder.Path)
            {
                Arguments = ["--Actors:Groups:InitialRebalanceDelayMs=100", "--Actors:Topics:RetentionCheckIntervalMs=500"],
            },
            Cancellation);

    public async ValueTask DisposeAsync()
    {
        await _silo!.DisposeAsync();
        _folder.Dispose();
    }

    [Fact(Explicit = true, Timeout = 180_000)]
    public async Task Three_services_keep_their_offsets_when_retention_passes_two_of_them()
    {
        const string topic = "letters";
        await ConfluentClients.CreateTopicAsync(Bootstrap, topic, configs: new() { ["segment.bytes"] = "1048576" });
        Produce(topic);
        var services = new Dictionary<string, int>
        {
            ["mails"] = 102, ["reports"] = 200, ["archive"] = 800, [topic + "-earliest"] = 102, [topic + "-none"] = 200,
        };
        foreach (var (service, count) in services)
        {
            ReadAndCommit(service, topic, count);
        }

        using var admin = ConfluentClients.Admin(Bootstrap);
        await admin.IncrementalAlterConfigsAsync(new Dictionary<ConfigResource, List<ConfigEntry>>
        {
            [new ConfigResource { Type = ResourceType.Topic, Name = topic }] =
                [new() { Name = "retention.bytes", Value = RetentionBytes, IncrementalOperation = AlterConfigOpType.Set }],
        });
        var start = await WaitForLogStartAsync(topic);
        Assert.InRange(start, 201, 799);
        foreach (var (service, count) in services)
        {
            using var consumer = ConfluentClients.Consumer(Bootstrap, c => c.GroupId = service);
            var committed = consumer.Committed([new TopicPartition(topic, 0)], ConfluentClients.Patience).Single();
            Assert.Equal(count, committed.Offset.Value);
        }

        Assert.Equal((short)1, await FetchErrorAsync(topic, 102)); // OFFSET_OUT_OF_RANGE
        Assert.Equal((short)0, await FetchErrorAsync(topic, start));
        Assert.Equal(start, Next("mails", topic, AutoOffsetReset.Earliest));
        Assert.Equal(800, Next("archive", topic, AutoOffsetReset.Error));
        var outrun = Assert.Throws<ConsumeException>(() => Next("reports", topic, AutoOffsetReset.Error));
        Assert.Equal(ErrorCode.Local_AutoOffsetReset, outrun.Error.Code);
        Assert.Contains("out of range", outrun.Error.Reason, StringComparison.OrdinalIgnoreCase);

        var python = await ClientProcess.RunAsync(
            "/usr/bin/python3", [Checkout.Script("kafka_python.py"), Bootstrap, "outrun_by_retention", topic], Cancellation);
        Assert.Equal("ok", python.Succeeded().Output.Trim());
    }

    /// <summary>What a user pastes does what the page says.</summary>
    [Fact(Explicit = true, Timeout = 180_000)]
    public async Task The_commands_of_the_README_show_it()
    {
        var readme = await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "README.md"), Cancellation);
        var from = readme.IndexOf("# outrun\n", StringComparison.Ordinal);
        Assert.True(from > 0, "README.md has no block that begins with \"# outrun\"");
        var script = readme[from..readme.IndexOf("```", from, StringComparison.Ordinal)]
            .Replace("127.0.0.1:9092", Bootstrap, StringComparison.Ordinal)
            .Replace("python3 ", "/usr/bin/python3 ", StringComparison.Ordinal);
        var result = await ClientProcess.RunAsync("bash", ["-euo", "pipefail", "-c", script], Cancellation);
        var lines = result.Succeeded().Lines;
        var start = int.Parse(lines[3].Split(' ')[^1], null);
        Assert.InRange(start, 201, 799);
        Assert.Equal(["101", "199", "799", $"letters [0] offset {start}", "[102, 200, 800]", $"{start}", "outrun", "800"], lines);
    }

    private void Produce(string topic)
    {
        using var producer = ConfluentClients.Producer(Bootstrap, c => c.BatchNumMessages = 50);
        for (var i = 0; i < Records; i++)
        {
            producer.Produce(topic, new Message<string?, byte[]> { Value = new byte[ValueBytes] });
        }

        producer.Flush(Cancellation);
    }

    private void ReadAndCommit(string service, string topic, int count)
    {
        using var consumer = Join(service, topic, AutoOffsetReset.Earliest);
        for (var i = 0; i < count; i++)
        {
            Assert.Equal(i, ReadOne(consumer).Offset.Value);
        }

        consumer.Commit([new TopicPartitionOffset(topic, 0, count)]);
        consumer.Close();
    }

    private long Next(string service, string topic, AutoOffsetReset policy)
    {
        using var consumer = Join(service, topic, policy);
        return ReadOne(consumer).Offset.Value;
    }

    private IConsumer<string?, byte[]> Join(string service, string topic, AutoOffsetReset policy)
    {
        var consumer = ConfluentClients.Consumer(Bootstrap, c => (c.GroupId, c.AutoOffsetReset, c.EnablePartitionEof) = (service, policy, false));
        consumer.Subscribe(topic);
        return consumer;
    }

    private static ConsumeResult<string?, byte[]> ReadOne(IConsumer<string?, byte[]> consumer) =>
        consumer.Consume(ConfluentClients.Patience) ?? throw new TimeoutException("nothing was read");

    private async Task<long> WaitForLogStartAsync(string topic)
    {
        using var consumer = ConfluentClients.Consumer(Bootstrap);
        var deadline = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(deadline) < ConfluentClients.Patience)
        {
            var low = consumer.QueryWatermarkOffsets(new TopicPartition(topic, 0), ConfluentClients.Patience).Low.Value;
            if (low > 0)
            {
                return low;
            }

            await Task.Yield();
        }

        throw new TimeoutException("retention did not move the log start");
    }

    /// <summary>The partition's error code in the answer to a Fetch v4.</summary>
    private async Task<short> FetchErrorAsync(string topic, long offset)
    {
        using var connection = await RawConnection.OpenAsync(Bootstrap, Cancellation);
        var body = new WireWriter().Int32(-1).Int32(100).Int32(1).Int32(1 << 20).Int8(0)
            .Int32(1).String(topic).Int32(1).Int32(0).Int64(offset).Int32(1 << 20).ToArray();
        var answer = await connection.CallAsync(1, 4, body, flexibleRequest: false, flexibleResponse: false, Cancellation);
        answer.Int32(); // throttle
        Assert.Equal(1, answer.Int32());
        Assert.Equal(topic, answer.String());
        Assert.Equal(1, answer.Int32());
        Assert.Equal(0, answer.Int32());
        return answer.Int16();
    }
}
