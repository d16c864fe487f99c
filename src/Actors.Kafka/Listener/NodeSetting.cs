using Actors.Model.Topics;

namespace Actors.Kafka.Listener;

/// <summary>
/// A setting of this node that the listener itself does not go by (groups, retention, compaction), as DescribeConfigs shows it.
/// </summary>
/// <param name="Name">Kafka's name.</param>
/// <param name="Value">The value in force.</param>
/// <param name="DefaultValue">Kafka's default. Where the value is another, it is shown as given in the node's configuration.</param>
/// <param name="Type">Its type.</param>
/// <param name="Documentation">What it does.</param>
public sealed record NodeSetting(string Name, string Value, string DefaultValue, TopicConfigType Type, string Documentation);
