using Actors.Model.Ports;

namespace Actors.Dashboard.Sampling;

/// <summary>Counters at one moment.</summary>
internal readonly record struct NodeSample
{
    /// <summary>Milliseconds since 1970, for people.</summary>
    public long AtMs { get; init; }
    /// <summary>The monotonic clock, for rates.</summary>
    public TimeSpan Clock { get; init; }
    public ListenerTotals Listeners { get; init; }
    public PartitionTraffic Partitions { get; init; }
    /// <summary>The tree; null before it serves.</summary>
    public TreeStatistics? Tree { get; init; }
    public long Zxid { get; init; }
    public ListenerTotals ZooKeeper { get; init; }
    public RequestTimes TreeTimes { get; init; }
    public TimeSpan CpuTime { get; init; }
    public long ResidentBytes { get; init; }
    public long HeapBytes { get; init; }
    public long CommittedBytes { get; init; }
}

/// <summary>Sums of listeners' totals.</summary>
internal static class ListenerTotalsSum
{
    public static ListenerTotals Plus(this ListenerTotals a, ListenerTotals b) => new(
        a.OpenConnections + b.OpenConnections,
        a.AcceptedConnections + b.AcceptedConnections,
        a.RefusedConnections + b.RefusedConnections,
        a.BytesReceived + b.BytesReceived,
        a.BytesSent + b.BytesSent,
        a.Requests + b.Requests,
        a.ClosedByFault + b.ClosedByFault);
}
