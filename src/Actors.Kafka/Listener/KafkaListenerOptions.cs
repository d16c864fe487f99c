using System.Net;

namespace Actors.Kafka.Listener;

/// <summary>How the Kafka listener is set up.</summary>
public sealed record KafkaListenerOptions
{
    /// <summary>Address to listen on. Default 127.0.0.1 (<c>Actors:Listen</c>).</summary>
    public IPAddress Listen { get; init; } = IPAddress.Loopback;

    /// <summary>Port; 0: a free one. Default 9092 (<c>Actors:Kafka:Port</c>).</summary>
    public int Port { get; init; } = 9092;

    /// <summary>
    /// Whether Metadata creates unknown topics. Default true (<c>Actors:Topics:AutoCreate</c>, Kafka's auto.create.topics.enable).
    /// </summary>
    public bool AutoCreateTopics { get; init; } = true;

    /// <summary>
    /// Partitions of a topic that does not say. Default 1 (<c>Actors:Topics:DefaultPartitions</c>); shown as num.partitions.
    /// </summary>
    public int DefaultPartitions { get; init; } = 1;

    /// <summary>Replicas of a topic that does not say. Default 1 (<c>Actors:Topics:DefaultReplicationFactor</c>).</summary>
    public int DefaultReplicationFactor { get; init; } = 1;

    /// <summary>Name of the listener, in request contexts and shown settings. Default PLAINTEXT.</summary>
    public string ListenerName { get; init; } = "PLAINTEXT";

    /// <summary>What else DescribeConfigs shows of this node. Default nothing.</summary>
    public IReadOnlyList<NodeSetting> NodeSettings { get; init; } = [];

    /// <summary>The limits.</summary>
    public KafkaLimits Limits { get; init; } = new();
}
