using Actors.Kafka.Wire;

namespace Actors.Kafka.Listener;

/// <summary>
/// ListConfigResources, key 74.
/// Versions: 0-1 (Kafka 4.3: 0-1). Promise: version 0 lists client metrics (there are none); version 1 lists topics, this node and its loggers for
/// the kinds asked for, all where none is named. Gaps: groups and client metrics do not exist.
/// </summary>
internal static class ListConfigResourcesHandler
{
    private const sbyte TopicResource = 2;
    private const sbyte BrokerResource = 4;
    private const sbyte LoggerResource = 8;

    public static void Handle(KafkaConnection connection, in KafkaRequest request)
    {
        var asked = request.Read<ListConfigResourcesRequest>();
        var found = new List<ListConfigResourcesResponseResource>();
        if (request.Version >= 1)
        {
            var catalog = connection.Services.Catalog;
            var node = catalog.NodeId.ToString(System.Globalization.CultureInfo.InvariantCulture);
            Add(TopicResource, catalog.Topics.Select(t => t.Name));
            Add(BrokerResource, [node]);
            Add(LoggerResource, [node]);
        }

        connection.Send(request, new ListConfigResourcesResponse { ThrottleTimeMs = request.Context.ThrottleMs, ConfigResources = [.. found] });

        void Add(sbyte type, IEnumerable<string> names)
        {
            if (asked.ResourceTypes.Length == 0 || asked.ResourceTypes.Contains(type))
            {
                found.AddRange(names.Select(n => new ListConfigResourcesResponseResource { ResourceName = n, ResourceType = type }));
            }
        }
    }
}
