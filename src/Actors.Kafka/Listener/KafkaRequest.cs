using Actors.Kafka.Wire;
using Actors.Model.Leases;

namespace Actors.Kafka.Listener;

/// <summary>One request whose header has been read.</summary>
internal readonly struct KafkaRequest
{
    /// <summary>The frame; who keeps bytes of it beyond the handler's call adds a reference.</summary>
    public required LeaseSlice Frame { get; init; }
    /// <summary>Where the body begins.</summary>
    public required int BodyStart { get; init; }
    /// <summary>The API.</summary>
    public required KafkaApiVersions Api { get; init; }
    /// <summary>Version of the request; one that is served.</summary>
    public required short Version { get; init; }
    /// <summary>Comes back in the response.</summary>
    public required int CorrelationId { get; init; }
    /// <summary>Who asks.</summary>
    public required RequestContext Context { get; init; }

    /// <summary>
    /// Decodes the body. What follows it is ignored, as Kafka ignores it: librdkafka 2.16 writes the null array of Metadata v13 in four
    /// bytes where one is read, which leaves three behind.
    /// </summary>
    /// <exception cref="WireFault">The bytes break the protocol.</exception>
    public TMessage Read<TMessage>()
        where TMessage : IKafkaMessage<TMessage>
    {
        var reader = new KafkaReader(Frame.Span, BodyStart);
        return TMessage.Read(ref reader, Version);
    }
}
