using Actors.Cluster.Commands;
using Actors.Model;
using Actors.Model.Machines;
using Actors.Model.Topics;

namespace Actors.Cluster;

/// <summary>Settings of topics: IncrementalAlterConfigs (KIP-339) and AlterConfigs.</summary>
public sealed partial class ClusterMachine
{
    private CommandOutcome ChangeConfigs(ChangeTopicConfigs change, bool commit, ref Effects<ClusterEvent> events)
    {
        if (!Catalog.TryGetTopic(change.Topic, out var topic))
        {
            return CommandOutcome.Refused(ErrorCode.UnknownTopicOrPartition, $"The topic '{change.Topic}' does not exist.");
        }

        var configs = change.ReplaceAll
            ? new Dictionary<string, string>(StringComparer.Ordinal)
            : topic.Configs.ToDictionary(c => c.Key, c => c.Value, StringComparer.Ordinal);
        foreach (var each in change.Changes)
        {
            if (Alter(configs, each) is { } wrong)
            {
                return CommandOutcome.Refused(ErrorCode.InvalidConfig, wrong);
            }
        }

        if (TopicConfigs.Check(configs) is { } invalid)
        {
            return CommandOutcome.Refused(ErrorCode.InvalidConfig, invalid);
        }

        var after = topic.With(configs);
        if (commit)
        {
            Catalog.Replace(topic, after);
            events.Add(ClusterEvent.TopicChanged(topic, after));
        }

        return CommandOutcome.Changed(after);
    }

    private static string? Alter(Dictionary<string, string> configs, ConfigChange change)
    {
        switch (change.Operation)
        {
            case ConfigOperation.Set:
                configs[change.Name] = change.Value!;
                return null;
            case ConfigOperation.Delete:
                configs.Remove(change.Name);
                return null;
            default:
                if (!TopicConfigs.TryGet(change.Name, out var definition) || definition.Type != TopicConfigType.List)
                {
                    return $"Can't {change.Operation.ToString().ToUpperInvariant()} to key {change.Name} because its type is not LIST.";
                }

                var items = definition.GetList(configs).ToList();
                foreach (var item in change.Value!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                {
                    if (change.Operation == ConfigOperation.Subtract)
                    {
                        items.Remove(item);
                    }
                    else if (!items.Contains(item, StringComparer.Ordinal))
                    {
                        items.Add(item);
                    }
                }

                configs[change.Name] = string.Join(',', items);
                return null;
        }
    }
}
