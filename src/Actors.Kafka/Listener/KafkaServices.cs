using Actors.Model.Leases;
using Actors.Model.Ports;
using Actors.Net;

namespace Actors.Kafka.Listener;

/// <summary>What the handlers of one listener share.</summary>
internal sealed record KafkaServices
{
    public required KafkaListenerOptions Options { get; init; }
    public required ILocalPartitions Partitions { get; init; }
    public required ICatalog Catalog { get; init; }
    public required ICatalogCommands Commands { get; init; }
    public required ILocalGroups Groups { get; init; }
    public required IBatchInflater Inflater { get; init; }
    public required LeasePool Pool { get; init; }
    public required TimeProvider Time { get; init; }
    public required TimerWheel Wheel { get; init; }
    public required FetchSessionCache FetchSessions { get; init; }
    public required IKafkaAuthorizer Authorizer { get; init; }

    public KafkaLimits Limits => Options.Limits;
}
