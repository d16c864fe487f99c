using System.Globalization;
using Actors.Kafka.Wire;
using Actors.Model;
using Actors.Model.Topics;

namespace Actors.Kafka.Listener;

/// <summary>
/// DescribeConfigs, key 32.
/// Versions: 1-4 (Kafka 4.3: 1-4). Promise: all settings of a topic or of this node, or those asked for, with value, source, synonyms, type
/// and documentation under Kafka's names; the empty broker name, loggers, client metrics and groups have none. Gaps: broker settings that
/// mean nothing here are not shown.
/// </summary>
internal static class DescribeConfigsHandler
{
    private const sbyte Topic = 2;
    private const sbyte Broker = 4;
    private const sbyte BrokerLogger = 8;
    private const sbyte ClientMetrics = 16;
    private const sbyte Group = 32;

    public static void Handle(KafkaConnection connection, in KafkaRequest request)
    {
        var asked = request.Read<DescribeConfigsRequest>();
        var context = request.Context;
        connection.Send(request, new DescribeConfigsResponse
        {
            ThrottleTimeMs = context.ThrottleMs,
            Results = [.. asked.Resources.Select(r => Describe(connection, context, asked, r))],
        });
    }

    private static DescribeConfigsResponseResult Describe(
        KafkaConnection connection, RequestContext context, DescribeConfigsRequest asked, DescribeConfigsRequestResource resource)
    {
        var (error, message, shown) = Find(connection, context, resource);
        var keys = resource.ConfigurationKeys?.ToHashSet(StringComparer.Ordinal);
        return new DescribeConfigsResponseResult
        {
            ErrorCode = (short)error,
            ErrorMessage = message,
            ResourceType = resource.ResourceType,
            ResourceName = resource.ResourceName,
            Configs = [.. shown.Where(c => keys is null || keys.Contains(c.Name)).Select(c => Show(c, asked))],
        };
    }

    private static (ErrorCode Error, string? Message, IEnumerable<ShownConfig> Configs) Find(
        KafkaConnection connection, RequestContext context, DescribeConfigsRequestResource resource)
    {
        var name = resource.ResourceName;
        var catalog = connection.Services.Catalog;
        switch (resource.ResourceType)
        {
            case Topic when !connection.Services.Authorizer.IsAllowed(context, KafkaOperation.DescribeConfigs, KafkaResource.Topic, name):
                return (ErrorCode.TopicAuthorizationFailed, null, []);
            case Topic when TopicName.Check(name) is { } wrong:
                return (ErrorCode.InvalidTopicException, wrong, []);
            case Topic:
                return catalog.TryGetTopic(name, out var topic)
                    ? (ErrorCode.None, null, ShownTopicConfigs.Of(topic))
                    : (ErrorCode.UnknownTopicOrPartition, null, []);
            case Broker when name == catalog.NodeId.ToString(CultureInfo.InvariantCulture):
                return (ErrorCode.None, null, ShownBrokerConfigs.Of(connection));
            case Broker when name.Length > 0:
                return (ErrorCode.InvalidRequest,
                    $"Unexpected broker id, expected {catalog.NodeId} or empty string, but received {name}", []);
            case BrokerLogger when name != catalog.NodeId.ToString(CultureInfo.InvariantCulture):
                return (ErrorCode.InvalidRequest, $"Unexpected broker id, expected {catalog.NodeId} but received {name}", []);
            case ClientMetrics when name.Length == 0:
                return (ErrorCode.InvalidRequest, "Client metrics subscription name must not be empty", []);
            case Broker or BrokerLogger or ClientMetrics or Group:
                return (ErrorCode.None, null, []);
            default:
                return (ErrorCode.InvalidRequest, $"Unsupported resource type: {resource.ResourceType}", []);
        }
    }

    private static DescribeConfigsResponseConfig Show(in ShownConfig config, DescribeConfigsRequest asked) => new()
    {
        Name = config.Name,
        Value = config.Value,
        ReadOnly = config.ReadOnly,
        ConfigSource = (sbyte)config.Source,
        ConfigType = (sbyte)config.Type,
        Documentation = asked.IncludeDocumentation ? config.Documentation : null,
        Synonyms = asked.IncludeSynonyms ? [.. Synonyms(config)] : [],
    };

    private static IEnumerable<DescribeConfigsResponseSynonym> Synonyms(ShownConfig config)
    {
        if (config.Source != ConfigSource.Default)
        {
            yield return new() { Name = config.Name, Value = config.Value, Source = (sbyte)config.Source };
        }

        if (config.DefaultValue is { } value && (config.BrokerName is not null || config.ReadOnly))
        {
            yield return new() { Name = config.BrokerName ?? config.Name, Value = value, Source = (sbyte)ConfigSource.Default };
        }
    }
}
