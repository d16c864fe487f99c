namespace Actors.Model.Ports;

/// <summary>
/// Counters of one listener (Kafka's, ZooKeeper's), for the live page and the metrics. Everything only grows since the process
/// started unless it says otherwise; reading is cheap and never blocks the listener.
/// </summary>
public interface IListenerStatistics
{
    /// <summary>The protocol: <c>kafka</c> or <c>zookeeper</c>.</summary>
    string Protocol { get; }

    /// <summary>The totals at this moment.</summary>
    ListenerTotals Totals { get; }

    /// <summary>Adds the open connections, at most <paramref name="limit"/> of them.</summary>
    void CopyConnections(ICollection<ConnectionStatistics> into, int limit);

    /// <summary>One open connection; null if it is not open.</summary>
    ConnectionStatistics? Find(long connection) => null;

    /// <summary>How long requests took; zeros where the listener does not measure it.</summary>
    RequestTimes Times => default;
}

/// <summary>How long a listener's requests took, from their arrival to their reply.</summary>
/// <param name="Answered">Requests answered and measured.</param>
/// <param name="Outstanding">Requests that have come and are not answered.</param>
/// <param name="SumMicros">Time that all took together, microseconds.</param>
/// <param name="MinMicros">The shortest, microseconds; 0 before the first.</param>
/// <param name="MaxMicros">The longest, microseconds.</param>
public readonly record struct RequestTimes(long Answered, long Outstanding, long SumMicros, long MinMicros, long MaxMicros)
{
    /// <summary>The mean in ms; 0 before the first.</summary>
    public double MeanMs => Answered == 0 ? 0 : SumMicros / 1000.0 / Answered;
}

/// <summary>Totals of one listener.</summary>
/// <param name="OpenConnections">Connections open now.</param>
/// <param name="AcceptedConnections">Connections ever accepted.</param>
/// <param name="RefusedConnections">Connections refused at a limit.</param>
/// <param name="BytesReceived">Bytes read from sockets.</param>
/// <param name="BytesSent">Bytes written to sockets.</param>
/// <param name="Requests">Requests answered, errors included.</param>
/// <param name="ClosedByFault">Connections ended because the peer broke the protocol or let a deadline pass.</param>
public readonly record struct ListenerTotals(
    long OpenConnections,
    long AcceptedConnections,
    long RefusedConnections,
    long BytesReceived,
    long BytesSent,
    long Requests,
    long ClosedByFault);

/// <summary>One open connection.</summary>
/// <param name="Id">Unique within the listener since the process started.</param>
/// <param name="RemoteAddress">The client's address and port.</param>
/// <param name="ClientId">What the client calls itself, or null.</param>
/// <param name="Library">Client library and version as it told (KIP-511), or null.</param>
/// <param name="ConnectedAtMs">Milliseconds since 1970.</param>
/// <param name="BytesReceived">Bytes read from it.</param>
/// <param name="BytesSent">Bytes written to it.</param>
/// <param name="Requests">Requests answered.</param>
public sealed record ConnectionStatistics(
    long Id,
    string RemoteAddress,
    string? ClientId,
    string? Library,
    long ConnectedAtMs,
    long BytesReceived,
    long BytesSent,
    long Requests);
