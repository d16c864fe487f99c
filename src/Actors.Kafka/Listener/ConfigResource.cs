using System.Globalization;
using Actors.Model;
using Actors.Model.Ports;
using Actors.Model.Topics;

namespace Actors.Kafka.Listener;

/// <summary>Kinds of things that have settings, with Kafka's numbers.</summary>
internal enum ConfigResourceType : sbyte
{
    /// <summary>A topic.</summary>
    Topic = 2,
    /// <summary>A node; the empty name means all.</summary>
    Broker = 4,
    /// <summary>A node's log levels.</summary>
    BrokerLogger = 8,
    /// <summary>Subscriptions of client metrics (KIP-714).</summary>
    ClientMetrics = 16,
    /// <summary>A group.</summary>
    Group = 32,
}

/// <summary>One resource of AlterConfigs or IncrementalAlterConfigs, with what is to become of its settings.</summary>
/// <param name="Type">Its kind.</param>
/// <param name="Name">Its name.</param>
/// <param name="Changes">The changes, in order; values as they came.</param>
/// <param name="ReplaceAll">What is not set here goes back to its default (AlterConfigs).</param>
internal sealed record ConfigResource(sbyte Type, string Name, IReadOnlyList<ConfigChange> Changes, bool ReplaceAll)
{
    /// <summary>
    /// Makes the changes and tells the outcome. Topics' settings are commands of the cluster log; a node's come from its configuration:
    /// they are refused as Kafka refuses settings that only a restart changes. Errors and sentences: Kafka's ConfigAdminManager.
    /// </summary>
    public async ValueTask<(ErrorCode Error, string? Message)> ChangeAsync(
        KafkaConnection connection, RequestContext context, bool validateOnly)
    {
        if (Changes.Select(c => c.Name).Distinct(StringComparer.Ordinal).Count() != Changes.Count)
        {
            return (ErrorCode.InvalidRequest, "Error due to duplicate config keys");
        }

        var empty = Changes.Where(c => c.Operation != ConfigOperation.Delete && c.Value is null).Select(c => c.Name).ToArray();
        if (empty.Length > 0)
        {
            return (ErrorCode.InvalidRequest, $"Null value not supported for : {string.Join(",", empty)}");
        }

        if (Changes.FirstOrDefault(c => c.Operation > ConfigOperation.Subtract) is { } unknown)
        {
            return (ErrorCode.InvalidRequest, $"Unknown operation type {(byte)unknown.Operation} for {unknown.Name}.");
        }

        return (ConfigResourceType)Type switch
        {
            ConfigResourceType.Topic => await ChangeTopicAsync(connection, context, validateOnly).ConfigureAwait(false),
            ConfigResourceType.Broker => ChangeBroker(connection, context),
            ConfigResourceType.BrokerLogger => (ErrorCode.InvalidRequest, "Log levels cannot be changed while a node runs."),
            ConfigResourceType.ClientMetrics => (ErrorCode.InvalidRequest, "Client metrics are not collected by this node."),
            ConfigResourceType.Group => (ErrorCode.InvalidRequest, "Groups have no settings of their own on this node."),
            _ => (ErrorCode.InvalidRequest, $"Unknown resource type {Type}"),
        };
    }

    private async ValueTask<(ErrorCode Error, string? Message)> ChangeTopicAsync(
        KafkaConnection connection, RequestContext context, bool validateOnly)
    {
        var services = connection.Services;
        if (!services.Authorizer.IsAllowed(context, KafkaOperation.AlterConfigs, KafkaResource.Topic, Name))
        {
            return (ErrorCode.TopicAuthorizationFailed, null);
        }

        if (TopicName.Check(Name) is { } wrong)
        {
            return (ErrorCode.InvalidTopicException, wrong);
        }

        if (services.Catalog.TryGetTopic(Name, out var topic) && topic.IsInternal)
        {
            var kept = Changes.Where(c => !ReservedTopics.MayChange(c.Name)).Select(c => c.Name)
                .Concat(ReplaceAll ? topic.Configs.Keys.Where(k => !ReservedTopics.MayChange(k)) : [])
                .ToArray();
            if (kept.Length > 0)
            {
                return (ErrorCode.InvalidTopicException,
                    $"{string.Join(", ", kept)} of the internal topic {Name} cannot be changed: the node relies on it.");
            }
        }

        var changes = new TopicConfigChanges { Topic = Name, ReplaceAll = ReplaceAll, Changes = Changes, ValidateOnly = validateOnly };
        var outcome = await connection
            .ChangeAsync(services.Limits.ConfigChangeTimeoutMs, token => services.Commands.ChangeTopicConfigsAsync(changes, token))
            .ConfigureAwait(false);
        return (outcome.Error, outcome.Message);
    }

    private (ErrorCode Error, string? Message) ChangeBroker(KafkaConnection connection, RequestContext context)
    {
        var nodeId = connection.Services.Catalog.NodeId;
        if (!connection.Services.Authorizer.IsAllowed(context, KafkaOperation.AlterConfigs, KafkaResource.Cluster, "kafka-cluster"))
        {
            return (ErrorCode.ClusterAuthorizationFailed, null);
        }

        if (Name.Length > 0)
        {
            if (!int.TryParse(Name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id))
            {
                return (ErrorCode.InvalidRequest, $"Node id must be an integer, but it is: {Name}");
            }

            if (id != nodeId)
            {
                return (ErrorCode.InvalidRequest, $"Unexpected broker id, expected {nodeId}, but received {Name}");
            }
        }

        var shown = ShownBrokerConfigs.Of(connection).Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        var unknown = Changes.Where(c => !shown.Contains(c.Name)).Select(c => c.Name).ToArray();
        return Changes.Count == 0 ? (ErrorCode.None, null)
            : unknown.Length > 0 ? (ErrorCode.InvalidConfig, $"Unknown broker config name: {string.Join(", ", unknown)}")
            : (ErrorCode.InvalidRequest, $"Cannot update these configs dynamically: Set({string.Join(", ", Changes.Select(c => c.Name))})");
    }
}
