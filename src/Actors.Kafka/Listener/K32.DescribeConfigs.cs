using System.Globalization;
using Actors.Kafka.Wire;
using Actors.Model;

namespace Actors.Kafka.Listener;

/// <summary>
/// DescribeConfigs, key 32.
/// Versions: 1-4 (Kafka 4.3: 1-4). Promise: topics and this node (resource name: its id, or empty for the cluster-wide defaults, of which there are
/// none); names, defaults, types, sources, synonyms and documentation as Kafka's; an unknown topic is error 3. Gaps: broker loggers, groups and
/// client metrics are answered empty.
/// </summary>
internal static class DescribeConfigsHandler
{
    private const sbyte TopicResource = 2;
    private const sbyte BrokerResource = 4;
    private const sbyte LoggerResource = 8;
    private const sbyte ClientMetricsResource = 16;
    private const sbyte GroupResource = 32;

    public static void Handle(KafkaConnection connection, in KafkaRequest request)
    {
        var asked = request.Read<DescribeConfigsRequest>();
        var results = new DescribeConfigsResponseResult[asked.Resources.Length];
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = Describe(connection.Services, asked.Resources[i], asked.IncludeSynonyms, asked.IncludeDocumentation);
        }

        connection.Send(request, new DescribeConfigsResponse { ThrottleTimeMs = request.Context.ThrottleMs, Results = results });
    }

    private static DescribeConfigsResponseResult Describe(
        KafkaServices services, DescribeConfigsRequestResource asked, bool synonyms, bool documentation)
    {
        var result = new DescribeConfigsResponseResult { ResourceType = asked.ResourceType, ResourceName = asked.ResourceName };
        switch (asked.ResourceType)
        {
            case TopicResource when services.Catalog.TryGetTopic(asked.ResourceName, out var topic):
                result.Configs = Select(ConfigEntries.OfTopic(topic), asked.ConfigurationKeys, synonyms, documentation);
                break;
            case TopicResource:
                Fail(result, ErrorCode.UnknownTopicOrPartition, null);
                break;
            case BrokerResource when asked.ResourceName.Length == 0:
                break; // cluster-wide defaults: none are set
            case BrokerResource when !int.TryParse(asked.ResourceName, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                                     || id != services.Catalog.NodeId:
                Fail(result, ErrorCode.InvalidRequest,
                    $"Unexpected broker id, expected {services.Catalog.NodeId} or empty string, but received {asked.ResourceName}");
                break;
            case BrokerResource:
                result.Configs = Select(ConfigEntries.OfBroker(services), asked.ConfigurationKeys, synonyms, documentation);
                break;
            case LoggerResource or ClientMetricsResource or GroupResource:
                break;
            default:
                Fail(result, ErrorCode.InvalidRequest, $"Unexpected resource type {asked.ResourceType}");
                break;
        }

        return result;
    }

    private static void Fail(DescribeConfigsResponseResult result, ErrorCode error, string? message)
    {
        result.ErrorCode = (short)error;
        result.ErrorMessage = message;
    }

    private static DescribeConfigsResponseConfig[] Select(
        IEnumerable<ConfigEntry> entries, string[]? keys, bool synonyms, bool documentation) =>
    [
        .. entries.Where(e => keys is null || keys.Contains(e.Name, StringComparer.Ordinal)).Select(e => new DescribeConfigsResponseConfig
        {
            Name = e.Name,
            Value = e.Value,
            ReadOnly = e.ReadOnly,
            ConfigSource = e.Source,
            ConfigType = e.Type,
            Synonyms = synonyms ? e.Synonyms : [],
            Documentation = documentation ? e.Documentation : null,
        }),
    ];
}
