using Conformance.Fixtures;
using Conformance.Wire;

namespace Conformance.Clients;

/// <summary>A large text through kcat and back: byte for byte, in order, once per line; also when the node is killed under it.</summary>
public sealed class KcatTextTests
{
    private const long TextBytes = 100 * 1024 * 1024;
    private const int Seed = 20_240_607;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Explicit = true, Timeout = 300_000)]
    [InlineData("false")]
    [InlineData("true")]
    public async Task A_text_of_100_MB_comes_back_byte_for_byte(string idempotent)
    {
        using var folder = new TempFolder("text");
        await using var node = new NodeUnderTest();
        await node.InitializeAsync();
        var topic = NodeUnderTest.NewTopic("text");
        await Prose.WriteAsync(folder.File("sent"), TextBytes, Seed, Cancellation);

        await using (var sent = File.OpenRead(folder.File("sent")))
        {
            (await Kcat.RunAsync(node.Bootstrap, sent, null,
                "-P", "-t", topic, "-X", "enable.idempotence=" + idempotent, "-X", "linger.ms=5")).Succeeded();
        }

        await ConsumeAsync(node.Bootstrap, topic, folder.File("received"));
        await Prose.AssertSameAsync(folder.File("sent"), folder.File("received"), Cancellation);
    }

    [Fact(Explicit = true, Timeout = 300_000)]
    public async Task A_text_sent_across_two_kills_comes_back_byte_for_byte_each_line_once()
    {
        using var data = new TempFolder("killed");
        using var folder = new TempFolder("text");
        var topic = NodeUnderTest.NewTopic("killed-text");
        var lines = await Prose.WriteAsync(folder.File("sent"), TextBytes, Seed + 1, Cancellation);
        var silo = await SiloProcess.StartAsync(SiloSettings.WithFixedKafkaPort(data.Path), Cancellation);
        try
        {
            await using var sent = File.OpenRead(folder.File("sent"));
            // -E: a broker that is away for a moment is no reason to give up. Idempotence makes "once" a promise over resends.
            var producing = Kcat.RunAsync(silo.Kafka, sent, null,
                "-P", "-t", topic, "-E", "-X", "enable.idempotence=true", "-X", "linger.ms=5", "-X", "message.timeout.ms=170000",
                "-X", "reconnect.backoff.ms=50", "-X", "reconnect.backoff.max.ms=500", "-X", "queue.buffering.max.messages=50000");
            foreach (var share in new[] { 0.2, 0.6 })
            {
                using (var offsets = await PartitionOffsets.OpenAsync(silo.Kafka, Cancellation))
                {
                    await offsets.WaitForEndAsync(topic, 0, (long)(lines * share), Cancellation);
                }

                Assert.False(producing.IsCompleted, "kcat was done before the node could be killed under it");
                await silo.Kill9Async();
                var killed = silo;
                silo = await killed.RestartAsync(Cancellation);
                await killed.DisposeAsync();
            }

            (await producing).Succeeded();
            await ConsumeAsync(silo.Kafka, topic, folder.File("received"));
            await Prose.AssertSameAsync(folder.File("sent"), folder.File("received"), Cancellation);
            Assert.Equal(0, await silo.TerminateAsync());
        }
        finally
        {
            await silo.DisposeAsync();
        }
    }

    private static async Task ConsumeAsync(string bootstrap, string topic, string file)
    {
        await using var received = File.Create(file);
        (await Kcat.RunAsync(bootstrap, Stream.Null, received, "-C", "-t", topic, "-e", "-q", "-o", "beginning")).Succeeded();
    }
}
