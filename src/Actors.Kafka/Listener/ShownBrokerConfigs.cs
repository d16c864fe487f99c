using System.Globalization;
using Actors.Model.Topics;

namespace Actors.Kafka.Listener;

/// <summary>
/// A node's settings under Kafka's names: those that tools and clients ask for and that mean something here. All are read-only: they come
/// from the node's configuration.
/// </summary>
internal static class ShownBrokerConfigs
{
    public static IReadOnlyList<ShownConfig> Of(KafkaConnection connection)
    {
        var services = connection.Services;
        var options = services.Options;
        var net = options.Limits.Net;
        var catalog = services.Catalog;
        var self = catalog.Nodes.FirstOrDefault(n => n.Id == catalog.NodeId);
        var address = self is null ? "" : $"{options.ListenerName}://{connection.HostOf(self)}:{connection.PortOf(self)}";
        var node = catalog.NodeId.ToString(CultureInfo.InvariantCulture);
        List<ShownConfig> shown =
        [
            Given("advertised.listeners", TopicConfigType.List, address, "Address that clients are told."),
            Set("auto.create.topics.enable", TopicConfigType.Boolean, options.AutoCreateTopics ? "true" : "false", "true",
                "Whether a metadata request creates the topics it names."),
            Given("broker.id", TopicConfigType.Int32, node, "Id of this node."),
            Given("broker.rack", TopicConfigType.Text, self?.Rack, "Rack of this node."),
            Set("connections.max.idle.ms", TopicConfigType.Int64, Text(net.IdleMs), "600000", "Time after which an idle connection is closed."),
            Set("default.replication.factor", TopicConfigType.Int32, Text(options.DefaultReplicationFactor), "1",
                "Replicas of a topic that does not say."),
            Fixed("delete.topic.enable", TopicConfigType.Boolean, "true", "Whether topics can be deleted."),
            Set("fetch.max.bytes", TopicConfigType.Int32, Text(options.Limits.MaxFetchBytes), "57671680", "Most bytes of one fetch answer."),
            Fixed("group.coordinator.rebalance.protocols", TopicConfigType.List, "classic", "Group protocols that are served."),
            Given("listeners", TopicConfigType.List, address, "Address of the listener."),
            Given("log.dirs", TopicConfigType.Text, string.Join(',', services.Partitions.LogDirectories.Select(d => d.Path)),
                "Directories of the logs."),
            Given("max.connections", TopicConfigType.Int32, Text(net.MaxConnections), "Most open connections; 0: no limit."),
            Given("max.connections.per.ip", TopicConfigType.Int32, Text(net.MaxConnectionsPerAddress),
                "Most open connections from one address; 0: no limit."),
            Set("max.incremental.fetch.session.cache.slots", TopicConfigType.Int32, Text(options.Limits.FetchSessionSlots), "1000",
                "Fetch sessions kept."),
            Given("node.id", TopicConfigType.Int32, node, "Id of this node."),
            Set("num.partitions", TopicConfigType.Int32, Text(options.DefaultPartitions), "1", "Partitions of a topic that does not say."),
            Fixed("process.roles", TopicConfigType.List, "broker,controller", "Every node is both."),
            Set("socket.request.max.bytes", TopicConfigType.Int32, Text(net.MaxFrameBytes), "104857600", "Largest request."),
            .. options.NodeSettings.Select(s => Set(s.Name, s.Type, s.Value, s.DefaultValue, s.Documentation)),
        ];
        foreach (var topic in TopicConfigs.All)
        {
            if (topic.BrokerName is { } name)
            {
                shown.Add(Fixed(name, topic.Type, topic.DefaultValue, $"Default of {topic.Name}. {topic.Documentation}"));
            }
        }

        shown.Sort(static (left, right) => string.CompareOrdinal(left.Name, right.Name));
        return shown;
    }

    private static ShownConfig Given(string name, TopicConfigType type, string? value, string documentation) =>
        new(name, value, ConfigSource.StaticBroker, type, ReadOnly: true, documentation, null, null);

    /// <summary>What has Kafka's default counts as not given, as where nobody wrote it into Kafka's file.</summary>
    private static ShownConfig Set(string name, TopicConfigType type, string value, string defaultValue, string documentation) => new(
        name, value, value == defaultValue ? ConfigSource.Default : ConfigSource.StaticBroker, type, ReadOnly: true, documentation, null,
        defaultValue);

    private static ShownConfig Fixed(string name, TopicConfigType type, string value, string documentation) =>
        new(name, value, ConfigSource.Default, type, ReadOnly: true, documentation, null, value);

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
