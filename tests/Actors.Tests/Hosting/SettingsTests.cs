using Actors.Hosting;
using Actors.Hosting.Configuration;
using Actors.Tests.Tidy;
using Microsoft.Extensions.Configuration;

namespace Actors.Tests.Hosting;

public sealed class SettingsTests
{
    [Fact]
    public void Without_settings_every_default_is_the_documented_one()
    {
        var options = Load();
        Assert.Equal("./data", options.DataDirectory);
        Assert.Equal(1, options.NodeId);
        Assert.Equal("127.0.0.1", options.Listen);
        Assert.Equal("", options.Advertise);
        Assert.Equal((9092, 2181, 8080), (options.Kafka.Port, options.ZooKeeper.Port, options.Dashboard.Port));
        Assert.Equal((11111, 30000, 11112), (options.Silo.Port, options.Silo.GatewayPort, options.Replication.Port));
        Assert.False(options.AllowInsecureListen);
        Assert.True(options.Topics.AutoCreate);
        Assert.Equal((1, 1), (options.Topics.DefaultPartitions, options.Topics.DefaultReplicationFactor));
        Assert.Equal(3000, options.Groups.InitialRebalanceDelayMs);
        Assert.Equal((6000, 1_800_000), (options.Groups.MinSessionTimeoutMs, options.Groups.MaxSessionTimeoutMs));
        Assert.Equal(
            (int.MaxValue, 10_080, 600_000),
            (options.Groups.MaxSize, options.Groups.OffsetsRetentionMinutes, options.Groups.OffsetsRetentionCheckIntervalMs));
        Assert.Equal(
            (134_217_728, 0, 15_000), (options.Cleaner.DedupeBufferBytes, options.Cleaner.IoMaxBytesPerSecond, options.Cleaner.BackoffMs));
        Assert.Equal((300_000, 600_000), (options.Topics.RetentionCheckIntervalMs, options.Kafka.ConnectionsMaxIdleMs));
    }

    [Fact]
    public void The_three_sources_and_any_letter_case_reach_the_same_setting()
    {
        using var json = new MemoryStream("""{"actors":{"kafka":{"port":1},"nodeId":5}}"""u8.ToArray());
        var configuration = new ConfigurationBuilder()
            .AddJsonStream(json)
            .AddInMemoryCollection([new("ACTORS:KAFKA:PORT", "2")]) // how the environment's ACTORS__KAFKA__PORT arrives
            .AddCommandLine(["--Actors:Kafka:Port=3"])
            .Build();
        var options = ActorsConfiguration.Load(configuration);
        Assert.Equal(3, options.Kafka.Port);
        Assert.Equal(5, options.NodeId);
    }

    [Theory]
    [InlineData("Actors:Kafka:Prot", "1", "Actors:Kafka:Prot is not a setting; did you mean Actors:Kafka:Port?")]
    [InlineData("Actors:Nonsense", "1", "Actors:Nonsense is not a setting; --help lists all settings")]
    [InlineData("Actors:Kafka", "9092", "Actors:Kafka is not a setting; --help lists all settings")]
    [InlineData("Actors:Kafka:Port:Deep", "1", "Actors:Kafka:Port:Deep is not a setting; --help lists all settings")]
    [InlineData("Actors:Kafka:Port", "abc", "Actors:Kafka:Port is \"abc\", which is not a whole number from -1 to 65535.")]
    [InlineData("Actors:Kafka:Port", "65536", "Actors:Kafka:Port is \"65536\", which is not a whole number from -1 to 65535.")]
    [InlineData("Actors:Kafka:Port", "", "Actors:Kafka:Port is \"\", which is not a whole number from -1 to 65535.")]
    [InlineData("Actors:Silo:Port", "-1", "Actors:Silo:Port is \"-1\", which is not a whole number from 0 to 65535.")]
    [InlineData("Actors:NodeId", "-1", "Actors:NodeId is \"-1\", which is not a whole number of at least 0.")]
    [InlineData("Actors:Topics:AutoCreate", "yes", "Actors:Topics:AutoCreate is \"yes\", which is not true or false.")]
    [InlineData("Actors:Groups:MaxSize", "0", "Actors:Groups:MaxSize is \"0\", which is not a whole number of at least 1.")]
    [InlineData(
        "Actors:Groups:OffsetsRetentionMinutes", "0", "Actors:Groups:OffsetsRetentionMinutes is \"0\", which is not a whole number of at least 1.")]
    [InlineData("Actors:Listen", "nowhere", "Actors:Listen is \"nowhere\", which is not an IP address, localhost or *.")]
    [InlineData("Actors:DataDirectory", "", "Actors:DataDirectory is \"\", which is not the path of a directory.")]
    [InlineData("Actors:Advertise", "h:1", "Actors:Advertise is \"h:1\", which is not a host name or an IP address without a port.")]
    public void A_bad_key_or_value_is_refused_in_one_sentence_that_names_it(string key, string value, string sentence)
    {
        var refused = Assert.Throws<StartRefusedException>(() => Load((key, value)));
        Assert.Equal(sentence, refused.Message);
        Assert.Equal(2, refused.ExitCode);
    }

    [Fact]
    public void Values_set_by_code_are_checked_too()
    {
        var refused = Assert.Throws<StartRefusedException>(
            () => ActorsConfiguration.Load(new ConfigurationBuilder().Build(), o => o.Kafka.Port = 70000));
        Assert.StartsWith("Actors:Kafka:Port is \"70000\"", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cluster_is_refused_until_there_are_clusters() =>
        Assert.Contains(
            "Actors:Cluster:ConnectionString",
            Assert.Throws<StartRefusedException>(() => Load(("Actors:Cluster:ConnectionString", "Host=db"))).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("*")]
    [InlineData("::")]
    [InlineData("10.1.2.3")]
    public void An_address_that_others_can_reach_needs_consent(string listen)
    {
        var refused = Assert.Throws<StartRefusedException>(() => Load(("Actors:Listen", listen)));
        Assert.Contains("set Actors:AllowInsecureListen=true", refused.Message, StringComparison.Ordinal);
        Assert.Equal(listen, Load(("Actors:Listen", listen), ("Actors:AllowInsecureListen", "true")).Listen);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.2")]
    [InlineData("::1")]
    public void Loopback_needs_none(string listen) => Assert.Equal(listen, Load(("Actors:Listen", listen)).Listen);

    [Fact]
    public void Two_listeners_on_one_port_are_refused()
    {
        Assert.Contains("are both 8080", Refusal(("Actors:Kafka:Port", "8080")), StringComparison.Ordinal);
        Assert.Equal(0, Load(("Actors:Kafka:Port", "0"), ("Actors:Dashboard:Port", "0")).Kafka.Port);
    }

    [Fact]
    public void A_lowest_timeout_above_the_highest_is_refused() =>
        Assert.Contains("is above", Refusal(("Actors:Groups:MinSessionTimeoutMs", "2000000")), StringComparison.Ordinal);

    [Theory]
    [InlineData("--Kafka:Port=1", "did you mean --Actors:Kafka:Port?")]
    [InlineData("start", "\"start\" is not an argument")]
    [InlineData("--Actors:NodeId", "--Actors:NodeId has no value.")]
    public void An_argument_that_sets_nothing_is_refused(string argument, string part) =>
        Assert.Contains(part, Assert.Throws<StartRefusedException>(() => CommandLine.Check([argument])).Message, StringComparison.Ordinal);

    [Fact]
    public void Help_names_every_setting_with_default_and_meaning()
    {
        Assert.True(CommandLine.AsksForText(["--help"], out var help));
        foreach (var setting in SettingsTable.All)
        {
            Assert.Contains(setting.FullKey + " = " + setting.DefaultText, help, StringComparison.Ordinal);
            Assert.Contains(setting.Meaning, help, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_option_has_a_row_in_the_table()
    {
        var properties = typeof(ActorsOptions).GetProperties().SelectMany(p => p.CanWrite
            ? [p.Name]
            : p.PropertyType.GetProperties().Select(inner => p.Name + ":" + inner.Name));
        Assert.Equal(properties.Order(StringComparer.Ordinal), SettingsTable.All.Select(s => s.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_shipped_settings_file_is_accepted() =>
        ActorsConfiguration.Load(
            new ConfigurationBuilder().AddJsonFile(Path.Combine(RepositoryFiles.Root, "silo", "appsettings.json")).Build());

    private static string Refusal(params (string Key, string Value)[] settings) =>
        Assert.Throws<StartRefusedException>(() => Load(settings)).Message;

    private static ActorsOptions Load(params (string Key, string Value)[] settings) =>
        ActorsConfiguration.Load(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build());
}
