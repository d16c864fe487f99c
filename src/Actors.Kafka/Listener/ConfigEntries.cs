using Actors.Kafka.Wire;
using Actors.Model.Ports;
using Actors.Model.Topics;

namespace Actors.Kafka.Listener;

/// <summary>One setting as DescribeConfigs and CreateTopics show it.</summary>
/// <param name="Name">Kafka's name.</param>
/// <param name="Value">The value in force.</param>
/// <param name="Source">Where it comes from: one of the constants of <see cref="ConfigEntries"/>.</param>
/// <param name="Type">Kafka's number of its type (KIP-569).</param>
/// <param name="Documentation">What it does.</param>
/// <param name="ReadOnly">Whether it cannot be changed while the node runs.</param>
/// <param name="Synonyms">The values it falls back on, the one in force first.</param>
internal sealed record ConfigEntry(
    string Name, string Value, sbyte Source, sbyte Type, string Documentation, bool ReadOnly, DescribeConfigsResponseSynonym[] Synonyms);

/// <summary>The settings of topics and of the node, by Kafka's names.</summary>
internal static class ConfigEntries
{
    public const sbyte TopicSource = 1;
    public const sbyte StaticBrokerSource = 4;
    public const sbyte DefaultSource = 5;

    private const sbyte TextType = 2;
    private const sbyte Int32Type = 3;
    private const sbyte BooleanType = 1;

    /// <summary>All settings of a topic, its own or the default.</summary>
    public static IEnumerable<ConfigEntry> OfTopic(TopicDescription topic)
    {
        foreach (var definition in TopicConfigs.All)
        {
            var own = topic.Configs.TryGetValue(definition.Name, out var value);
            var synonyms = new List<DescribeConfigsResponseSynonym>();
            if (own)
            {
                synonyms.Add(new DescribeConfigsResponseSynonym { Name = definition.Name, Value = value, Source = TopicSource });
            }

            if (definition.BrokerName is { } broker)
            {
                synonyms.Add(new DescribeConfigsResponseSynonym { Name = broker, Value = definition.DefaultValue, Source = DefaultSource });
            }

            yield return new ConfigEntry(
                definition.Name, own ? value! : definition.DefaultValue, own ? TopicSource : DefaultSource, (sbyte)definition.Type,
                definition.Documentation, false, [.. synonyms]);
        }
    }

    /// <summary>The settings of this node that tools ask for; they are set by the node's own configuration, so they are read-only here.</summary>
    public static IEnumerable<ConfigEntry> OfBroker(KafkaServices services)
    {
        var options = services.Options;
        var limits = options.Limits;
        yield return Static("broker.id", Text(services.Catalog.NodeId), Int32Type, "The node's id (Actors:NodeId).");
        yield return Static("node.id", Text(services.Catalog.NodeId), Int32Type, "The node's id (Actors:NodeId).");
        yield return Static(
            "listeners", $"{options.ListenerName}://{options.Listen}:{options.Port}", TextType,
            "Where clients connect (Actors:Listen, Actors:Kafka:Port).");
        yield return Static(
            "log.dirs", string.Join(',', services.Partitions.LogDirectories.Select(d => d.Path)), TextType,
            "Where logs are kept (Actors:DataDirectory).");
        yield return Static(
            "auto.create.topics.enable", options.AutoCreateTopics ? "true" : "false", BooleanType,
            "Whether Metadata creates unknown topics (Actors:Topics:AutoCreate).");
        yield return Static(
            "num.partitions", Text(options.DefaultPartitions), Int32Type,
            "Partitions of a topic that does not say (Actors:Topics:DefaultPartitions).");
        yield return Static(
            "default.replication.factor", Text(options.DefaultReplicationFactor), Int32Type,
            "Replicas of a topic that does not say (Actors:Topics:DefaultReplicationFactor).");
        yield return Static("socket.request.max.bytes", Text(limits.Net.MaxFrameBytes), Int32Type, "Largest request, in bytes.");
        yield return Static(
            "connections.max.idle.ms", Text(limits.Net.IdleMs), Int32Type,
            "Time after which an idle connection is closed, in ms.");
        yield return Static("fetch.max.bytes", Text(limits.MaxFetchBytes), Int32Type, "Most bytes of one fetch answer.");
        yield return Static("max.incremental.fetch.session.cache.slots", Text(limits.FetchSessionSlots), Int32Type, "Fetch sessions kept.");
        foreach (var definition in TopicConfigs.All)
        {
            if (definition.BrokerName is { } broker)
            {
                yield return new ConfigEntry(
                    broker, definition.DefaultValue, DefaultSource, (sbyte)definition.Type, definition.Documentation, true,
                    [new DescribeConfigsResponseSynonym { Name = broker, Value = definition.DefaultValue, Source = DefaultSource }]);
            }
        }
    }

    private static string Text(int value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static ConfigEntry Static(string name, string value, sbyte type, string documentation) => new(
        name, value, StaticBrokerSource, type, documentation, true,
        [new DescribeConfigsResponseSynonym { Name = name, Value = value, Source = StaticBrokerSource }]);
}
