using System.Globalization;
using Actors.Kafka.Wire;
using Actors.Model;

namespace Actors.Kafka.Listener;

/// <summary>
/// ListConfigResources, key 74 (KIP-1142; version 0 was ListClientMetricsResources).
/// Versions: 0-1 (Kafka 4.3: 0-1). Promise: topics, brokers and broker loggers by name; there are no client metrics and no groups with
/// settings; a type that is none of these is UNSUPPORTED_VERSION, as in Kafka. Gaps: none known.
/// </summary>
internal static class ListConfigResourcesHandler
{
    private const sbyte Topic = 2;
    private const sbyte Broker = 4;
    private const sbyte BrokerLogger = 8;
    private const sbyte ClientMetrics = 16;
    private const sbyte Group = 32;

    private static readonly sbyte[] s_types = [Topic, Broker, BrokerLogger, ClientMetrics, Group];

    public static void Handle(KafkaConnection connection, in KafkaRequest request)
    {
        var asked = request.Read<ListConfigResourcesRequest>();
        var types = request.Version == 0 ? [ClientMetrics] : asked.ResourceTypes.Length == 0 ? s_types : asked.ResourceTypes;
        var known = types.All(s_types.Contains);
        var catalog = connection.Services.Catalog;
        connection.Send(request, new ListConfigResourcesResponse
        {
            ThrottleTimeMs = request.Context.ThrottleMs,
            ErrorCode = (short)(known ? ErrorCode.None : ErrorCode.UnsupportedVersion),
            ConfigResources = known
                ? [.. types.Distinct().SelectMany(type => Names(catalog, type).Select(n => new ListConfigResourcesResponseResource
                {
                    ResourceName = n, ResourceType = type,
                }))]
                : [],
        });
    }

    private static IEnumerable<string> Names(Model.Ports.ICatalog catalog, sbyte type) => type switch
    {
        Topic => catalog.Topics.Select(t => t.Name),
        Broker or BrokerLogger => catalog.Nodes.Select(n => n.Id.ToString(CultureInfo.InvariantCulture)),
        _ => [],
    };
}
