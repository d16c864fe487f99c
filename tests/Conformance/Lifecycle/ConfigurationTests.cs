using Confluent.Kafka;
using Conformance.Clients;
using Conformance.Fixtures;

namespace Conformance.Lifecycle;

/// <summary>The configuration contract: a typing error stops the start, and the sentence names it.</summary>
public sealed class ConfigurationTests : IDisposable
{
    private static readonly string[] Keys =
    [
        "Actors:DataDirectory", "Actors:NodeId", "Actors:Listen", "Actors:Advertise", "Actors:Kafka:Port", "Actors:ZooKeeper:Port",
        "Actors:Dashboard:Port", "Actors:Silo:Port", "Actors:Silo:GatewayPort", "Actors:Replication:Port", "Actors:Cluster:ConnectionString",
        "Actors:Cluster:Secret", "Actors:AllowInsecureListen", "Actors:Topics:AutoCreate", "Actors:Topics:DefaultPartitions",
        "Actors:Topics:DefaultReplicationFactor", "Actors:Groups:InitialRebalanceDelayMs", "Actors:Groups:MinSessionTimeoutMs",
        "Actors:Groups:MaxSessionTimeoutMs", "Actors:ZooKeeper:TickTimeMs", "Actors:ZooKeeper:MinSessionTimeoutMs",
        "Actors:ZooKeeper:MaxSessionTimeoutMs", "Actors:ZooKeeper:FourLetterWords", "Actors:ZooKeeper:MaxConnectionsPerAddress",
        "Actors:ZooKeeper:MaxBufferBytes", "Actors:ZooKeeper:ExtendedTypes", "Actors:ZooKeeper:EnforceQuota", "Actors:ZooKeeper:SuperDigest",
        "Actors:ZooKeeper:ContainerCheckIntervalMs",
    ];

    private readonly TempFolder _data = new("configuration");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Explicit = true, Timeout = 120_000)]
    [InlineData("--Actors:Kafka:Prot=9092", "Actors:Kafka:Prot")]
    [InlineData("--Actors:DataDirectry=x", "Actors:DataDirectry")]
    [InlineData("--Actors:NodeId=-3", "Actors:NodeId")]
    [InlineData("--Actors:NodeId=one", "Actors:NodeId")]
    [InlineData("--Actors:Kafka:Port=70000", "Actors:Kafka:Port")]
    [InlineData("--Actors:Topics:AutoCreate=perhaps", "Actors:Topics:AutoCreate")]
    [InlineData("--Actors:Topics:DefaultPartitions=0", "Actors:Topics:DefaultPartitions")]
    [InlineData("--Actors:Listen=not-an-address", "Actors:Listen")]
    [InlineData("--Actors:Cluster:ConnectionString=Host=nowhere", "Actors:Cluster:ConnectionString")]
    public async Task An_unknown_key_or_a_bad_value_stops_the_start_and_is_named(string argument, string named)
    {
        await using var silo = SiloProcess.Launch(new SiloSettings(_data.Path) { Arguments = [argument] });

        Assert.NotEqual(0, await silo.ExitCodeAsync());
        Assert.Contains(named, silo.Output, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("   at ", silo.Output, StringComparison.Ordinal); // a sentence, not a stack trace
    }

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task The_environment_sets_keys_and_an_unknown_one_there_is_named_too()
    {
        await using (var silo = SiloProcess.Launch(With("ACTORS__KAFKA__PROT", "1")))
        {
            Assert.NotEqual(0, await silo.ExitCodeAsync());
            Assert.Contains("KAFKA:PROT", silo.Output, StringComparison.OrdinalIgnoreCase);
        }

        await using var named = await SiloProcess.StartAsync(With("ACTORS__NODEID", "12"), Cancellation);
        using var admin = ConfluentClients.Admin(named.Kafka);
        Assert.Equal(12, admin.GetMetadata(ConfluentClients.Patience).Brokers.Single().BrokerId);
    }

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task Help_lists_every_key_and_starts_nothing()
    {
        var help = (await ClientProcess.RunAsync("dotnet", [Checkout.SiloAssembly, "--help"], Cancellation)).Succeeded().Output;

        Assert.All(Keys, key => Assert.Contains(key, help, StringComparison.Ordinal));
        Assert.DoesNotContain('\n' + ReadyLine.Prefix, '\n' + help, StringComparison.Ordinal);
    }

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task Topics_are_not_made_by_writing_to_them_where_that_is_off()
    {
        await using var silo = await SiloProcess.StartAsync(
            new SiloSettings(_data.Path) { Arguments = ["--Actors:Topics:AutoCreate=false"] }, Cancellation);
        using var producer = ConfluentClients.Producer(silo.Kafka, c =>
        {
            c.MessageTimeoutMs = 10_000;
            c.Set("topic.metadata.propagation.max.ms", "100");
        });

        var refused = await Assert.ThrowsAsync<ProduceException<string?, byte[]>>(() =>
            producer.ProduceAsync("unmade", new Message<string?, byte[]> { Value = [1] }, Cancellation));

        Assert.Contains(refused.Error.Code,
            new[] { ErrorCode.UnknownTopicOrPart, ErrorCode.Local_UnknownTopic });
    }

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task Topics_made_by_writing_get_the_configured_partitions()
    {
        await using var silo = await SiloProcess.StartAsync(
            new SiloSettings(_data.Path) { Arguments = ["--Actors:Topics:DefaultPartitions=6"] }, Cancellation);

        (await Kcat.RunAsync(silo.Kafka, "one\n", "-P", "-t", "six")).Succeeded();

        using var admin = ConfluentClients.Admin(silo.Kafka);
        Assert.Equal(6, admin.GetMetadata("six", ConfluentClients.Patience).Topics.Single().Partitions.Count);
    }

    public void Dispose() => _data.Dispose();

    private SiloSettings With(string name, string value) =>
        new(_data.Path) { Environment = new Dictionary<string, string> { [name] = value } };
}
