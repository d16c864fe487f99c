using Actors.Dashboard.Health;

namespace Actors.Dashboard.Api;

/// <summary>Answer of <c>GET /api/v1/overview</c>. Fields are only ever added within <c>v1</c>.</summary>
/// <param name="Node">Who answers.</param>
/// <param name="Health">How it is.</param>
/// <param name="Addresses">What it serves.</param>
/// <param name="Totals">Counters since the process started.</param>
/// <param name="Rates">The last second.</param>
/// <param name="Process">The process.</param>
/// <param name="LogDirectories">Its log directories.</param>
/// <param name="Tree">The znode tree, or null before it serves.</param>
public sealed record OverviewAnswer(
    NodeInfo Node,
    HealthAnswer Health,
    IReadOnlyList<NodeAddress> Addresses,
    TotalsInfo Totals,
    RatesInfo Rates,
    ProcessInfo Process,
    IReadOnlyList<LogDirectoryInfo> LogDirectories,
    TreeSummary? Tree);

/// <summary>The answering node.</summary>
/// <param name="Id">Node id; -1 before the node is open.</param>
/// <param name="ClusterId">The cluster's id; empty before the node is open.</param>
/// <param name="ControllerId">The node that answers controller requests, or -1.</param>
/// <param name="Version">Version of the build.</param>
/// <param name="StartedAtMs">Start of the process, milliseconds since 1970.</param>
/// <param name="UptimeMs">Milliseconds since then.</param>
/// <param name="DataDirectory">Its data directory.</param>
public sealed record NodeInfo(
    int Id, string ClusterId, int ControllerId, string Version, long StartedAtMs, long UptimeMs, string DataDirectory);

/// <summary>Counters since the process started, and counts of this moment.</summary>
/// <param name="Topics">Topics in the catalog.</param>
/// <param name="Partitions">Partitions in the catalog.</param>
/// <param name="OpenPartitions">Partitions open on this node.</param>
/// <param name="Connections">Connections open now.</param>
/// <param name="AcceptedConnections">Connections ever accepted.</param>
/// <param name="RefusedConnections">Connections refused at a limit.</param>
/// <param name="BytesReceived">Bytes read from sockets.</param>
/// <param name="BytesSent">Bytes written to sockets.</param>
/// <param name="Requests">Requests answered.</param>
/// <param name="ClosedByFault">Connections ended because the peer broke the protocol or let a deadline pass.</param>
/// <param name="RecordsIn">Records appended to partitions.</param>
/// <param name="BytesIn">Bytes of batches appended.</param>
/// <param name="BytesOut">Bytes of batches read.</param>
public sealed record TotalsInfo(
    int Topics,
    int Partitions,
    int OpenPartitions,
    long Connections,
    long AcceptedConnections,
    long RefusedConnections,
    long BytesReceived,
    long BytesSent,
    long Requests,
    long ClosedByFault,
    long RecordsIn,
    long BytesIn,
    long BytesOut);

/// <summary>Per second, over the last sampling interval.</summary>
/// <param name="RecordsIn">Records appended.</param>
/// <param name="BytesIn">Bytes of batches appended.</param>
/// <param name="BytesOut">Bytes of batches read.</param>
/// <param name="BytesReceived">Bytes read from sockets.</param>
/// <param name="BytesSent">Bytes written to sockets.</param>
/// <param name="Requests">Requests answered.</param>
public sealed record RatesInfo(
    double RecordsIn, double BytesIn, double BytesOut, double BytesReceived, double BytesSent, double Requests)
{
    /// <summary>Nothing moves.</summary>
    public static RatesInfo None { get; } = new(0, 0, 0, 0, 0, 0);
}

/// <summary>The process.</summary>
/// <param name="ResidentBytes">Resident memory.</param>
/// <param name="HeapBytes">Managed heap.</param>
/// <param name="CpuPercent">Processor time of the last interval; 100 is one core.</param>
/// <param name="Threads">Threads of the pool.</param>
/// <param name="CommittedBytes">What the collector has of the system, free room in its heap included.</param>
public sealed record ProcessInfo(long ResidentBytes, long HeapBytes, double CpuPercent, int Threads, long CommittedBytes);

/// <summary>One log directory.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="TotalBytes">Size of its file system.</param>
/// <param name="UsableBytes">Free bytes of its file system.</param>
/// <param name="Failure">Why it failed for good, or null.</param>
public sealed record LogDirectoryInfo(string Path, long TotalBytes, long UsableBytes, string? Failure);

/// <summary>Answer of <c>GET /api/v1/topics</c>.</summary>
/// <param name="CatalogVersion">Rises with every change of the catalog.</param>
/// <param name="Count">Topics that match, of which <paramref name="Topics"/> is one page.</param>
/// <param name="Topics">The page, in ordinal order of name.</param>
public sealed record TopicsAnswer(long CatalogVersion, int Count, IReadOnlyList<TopicInfo> Topics);

/// <summary>One topic.</summary>
/// <param name="Name">The name.</param>
/// <param name="Id">The id.</param>
/// <param name="IsInternal">An internal topic.</param>
/// <param name="Partitions">Number of partitions.</param>
/// <param name="ReplicationFactor">Replicas per partition.</param>
/// <param name="Messages">Records between log start and high watermark in the open partitions led here.</param>
/// <param name="ColdPartitions">Partitions led here that nobody has used yet: their records are not in <paramref name="Messages"/>.</param>
/// <param name="SizeBytes">Bytes on disk of the partitions led here.</param>
/// <param name="RecordsInPerSecond">Records appended per second.</param>
/// <param name="BytesInPerSecond">Bytes appended per second.</param>
/// <param name="BytesOutPerSecond">Bytes read per second.</param>
public sealed record TopicInfo(
    string Name,
    Guid Id,
    bool IsInternal,
    int Partitions,
    int ReplicationFactor,
    long Messages,
    int ColdPartitions,
    long SizeBytes,
    double RecordsInPerSecond,
    double BytesInPerSecond,
    double BytesOutPerSecond);

/// <summary>Answer of <c>GET /api/v1/topics/NAME</c>.</summary>
/// <param name="Topic">The topic as in the list.</param>
/// <param name="Configs">Settings given for it; what is not here has its default.</param>
/// <param name="Partitions">Its partitions (at most <see cref="TopicReader.MaxPartitionsPerAnswer"/>).</param>
public sealed record TopicAnswer(TopicInfo Topic, IReadOnlyDictionary<string, string> Configs, IReadOnlyList<PartitionInfo> Partitions);

/// <summary>One partition. Offsets are -1 where this node cannot tell.</summary>
/// <param name="Partition">Its index.</param>
/// <param name="Leader">Leading node, or -1.</param>
/// <param name="LeaderEpoch">Its epoch.</param>
/// <param name="Replicas">All replicas.</param>
/// <param name="InSyncReplicas">Those in sync.</param>
/// <param name="State"><c>open</c>, <c>cold</c>, <c>remote</c>, or the name of the error that keeps it from opening.</param>
/// <param name="LogStart">First offset kept.</param>
/// <param name="HighWatermark">End of what is committed.</param>
/// <param name="LastStable">End of what read-committed consumers see.</param>
/// <param name="LogEnd">Next offset.</param>
/// <param name="SizeBytes">Bytes on disk.</param>
public sealed record PartitionInfo(
    int Partition,
    int Leader,
    int LeaderEpoch,
    IReadOnlyList<int> Replicas,
    IReadOnlyList<int> InSyncReplicas,
    string State,
    long LogStart,
    long HighWatermark,
    long LastStable,
    long LogEnd,
    long SizeBytes);

/// <summary>Answer of <c>GET /api/v1/connections</c>.</summary>
/// <param name="Count">Connections open.</param>
/// <param name="Connections">The busiest of the last second first.</param>
public sealed record ConnectionsAnswer(long Count, IReadOnlyList<ConnectionInfo> Connections);

/// <summary>One connection.</summary>
/// <param name="Protocol">The listener's protocol.</param>
/// <param name="Id">Unique within the listener.</param>
/// <param name="RemoteAddress">The client's address.</param>
/// <param name="ClientId">What the client calls itself, or null.</param>
/// <param name="Library">Its library and version, or null.</param>
/// <param name="ConnectedAtMs">Milliseconds since 1970.</param>
/// <param name="BytesReceived">Bytes read from it.</param>
/// <param name="BytesSent">Bytes written to it.</param>
/// <param name="Requests">Requests answered.</param>
/// <param name="BytesReceivedPerSecond">Bytes read per second.</param>
/// <param name="BytesSentPerSecond">Bytes written per second.</param>
public sealed record ConnectionInfo(
    string Protocol,
    long Id,
    string RemoteAddress,
    string? ClientId,
    string? Library,
    long ConnectedAtMs,
    long BytesReceived,
    long BytesSent,
    long Requests,
    double BytesReceivedPerSecond,
    double BytesSentPerSecond);

/// <summary>Answer of <c>GET /api/v1/nodes</c>.</summary>
/// <param name="Nodes">The registered nodes.</param>
public sealed record NodesAnswer(IReadOnlyList<ClusterNodeInfo> Nodes);

/// <summary>One node of the cluster.</summary>
/// <param name="Id">Node id.</param>
/// <param name="Host">Advertised host; empty: the address on which a connection arrives.</param>
/// <param name="KafkaPort">Kafka port.</param>
/// <param name="Rack">Rack, or null.</param>
public sealed record ClusterNodeInfo(int Id, string Host, int KafkaPort, string? Rack);

/// <summary>Answer of <c>GET /api/v1/history</c>: columns of equal length, oldest first, for charts.</summary>
/// <param name="IntervalMs">Milliseconds between samples.</param>
/// <param name="AtMs">Time of each sample, milliseconds since 1970.</param>
/// <param name="RecordsIn">Records appended per second.</param>
/// <param name="BytesIn">Bytes appended per second.</param>
/// <param name="BytesOut">Bytes read per second.</param>
/// <param name="Requests">Requests per second.</param>
/// <param name="Connections">Connections open.</param>
/// <param name="CpuPercent">Processor time; 100 is one core.</param>
/// <param name="ResidentBytes">Resident memory.</param>
/// <param name="TreeRequests">ZooKeeper requests per second.</param>
/// <param name="TreeWrites">zxids per second.</param>
/// <param name="TreeLatencyMs">Mean time of ZooKeeper requests, ms.</param>
/// <param name="Sessions">ZooKeeper sessions.</param>
public sealed record HistoryAnswer(
    int IntervalMs,
    IReadOnlyList<long> AtMs,
    IReadOnlyList<double> RecordsIn,
    IReadOnlyList<double> BytesIn,
    IReadOnlyList<double> BytesOut,
    IReadOnlyList<double> Requests,
    IReadOnlyList<long> Connections,
    IReadOnlyList<double> CpuPercent,
    IReadOnlyList<long> ResidentBytes,
    IReadOnlyList<double> TreeRequests,
    IReadOnlyList<double> TreeWrites,
    IReadOnlyList<double> TreeLatencyMs,
    IReadOnlyList<int> Sessions);

/// <summary>
/// One event of <c>GET /api/v1/events</c>. Everything in it is a state and not an increment, so a reader that misses one is only late.
/// </summary>
/// <param name="AtMs">When it was taken, milliseconds since 1970.</param>
/// <param name="CatalogVersion">When it has risen, the list of topics has changed: read it again.</param>
/// <param name="Overview">The overview.</param>
/// <param name="Topics">Topics that moved within the last seconds, the busiest first.</param>
/// <param name="Connections">The busiest connections.</param>
public sealed record TickEvent(
    long AtMs, long CatalogVersion, OverviewAnswer Overview, IReadOnlyList<TopicInfo> Topics, IReadOnlyList<ConnectionInfo> Connections);
