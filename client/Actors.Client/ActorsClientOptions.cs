using System.Collections.Immutable;
using Actors.Abstractions;

namespace Actors.Client;

/// <summary>How a service reaches a cluster, and how long it tries.</summary>
public sealed class ActorsClientOptions
{
    /// <summary>
    /// Gateways of silos as <c>host:port</c>, separated by commas; one is enough to start with. Default <c>127.0.0.1:30000</c>.
    /// </summary>
    public string Gateways { get; set; } = $"127.0.0.1:{ActorsCluster.DefaultGatewayPort}";

    /// <summary>The cluster's name. A gateway refuses a client that gives another one.</summary>
    public string ClusterId { get; set; } = ActorsCluster.DefaultClusterId;

    /// <summary>The service's name.</summary>
    public string ServiceId { get; set; } = ActorsCluster.DefaultServiceId;

    /// <summary>How long a start waits for a gateway. Default 30 s.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long one call waits for its answer. Default 5 s. An Orleans client is not told when a silo dies: a call on its way there waits
    /// this long, then it is tried again.
    /// </summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long an append is tried, waiting in the queue not counted. Default 30 s; what is not acknowledged then is thrown as a
    /// <see cref="LogException"/>.
    /// </summary>
    public TimeSpan DeliveryTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Records of one partition that may wait to be sent; beyond that appends wait for room. Default 10,000.</summary>
    public int MaxQueuedRecords { get; set; } = 10_000;

    /// <summary>How long the number of a topic's partitions is believed. Default 1 min.</summary>
    public TimeSpan MetadataMaxAge { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Who the service is, for access lists of znodes: <c>digest</c> credentials. Default nobody.</summary>
    public ImmutableArray<TreeCredential> Credentials { get; set; } = [];

    internal void Validate()
    {
        _ = GatewayEndpoints.Parse(Gateways);
        foreach (var (name, value) in new[]
        {
            (nameof(ConnectTimeout), ConnectTimeout), (nameof(ResponseTimeout), ResponseTimeout),
            (nameof(DeliveryTimeout), DeliveryTimeout), (nameof(MetadataMaxAge), MetadataMaxAge),
        })
        {
            if (value <= TimeSpan.Zero)
            {
                throw new ArgumentException($"{nameof(ActorsClientOptions)}.{name} has to be longer than zero, not {value}.");
            }
        }

        if (MaxQueuedRecords <= 0)
        {
            throw new ArgumentException(
                $"{nameof(ActorsClientOptions)}.{nameof(MaxQueuedRecords)} has to be at least 1, not {MaxQueuedRecords}.");
        }
    }
}
