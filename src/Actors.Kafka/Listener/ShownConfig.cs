using Actors.Model.Ports;
using Actors.Model.Topics;

namespace Actors.Kafka.Listener;

/// <summary>Where a setting's value comes from, with Kafka's numbers (KIP-226).</summary>
internal enum ConfigSource : sbyte
{
    /// <summary>Given for the topic.</summary>
    DynamicTopic = 1,
    /// <summary>The node's configuration.</summary>
    StaticBroker = 4,
    /// <summary>The default.</summary>
    Default = 5,
}

/// <summary>A setting as it is shown.</summary>
/// <param name="Name">Kafka's name.</param>
/// <param name="Value">The value in force.</param>
/// <param name="Source">Where it comes from.</param>
/// <param name="Type">Its type.</param>
/// <param name="ReadOnly">Whether it cannot be changed while the node runs.</param>
/// <param name="Documentation">What it does.</param>
/// <param name="BrokerName">Name of the broker setting behind a topic's, or null.</param>
/// <param name="DefaultValue">The default.</param>
internal readonly record struct ShownConfig(
    string Name, string? Value, ConfigSource Source, TopicConfigType Type, bool ReadOnly, string Documentation, string? BrokerName,
    string? DefaultValue);

/// <summary>A topic's settings as they are shown.</summary>
internal static class ShownTopicConfigs
{
    public static IEnumerable<ShownConfig> Of(TopicDescription topic) => TopicConfigs.All.Select(d => new ShownConfig(
        d.Name, d.Get(topic.Configs), topic.Configs.ContainsKey(d.Name) ? ConfigSource.DynamicTopic : ConfigSource.Default,
        d.Type, ReadOnly: false, d.Documentation, d.BrokerName, d.DefaultValue));
}
