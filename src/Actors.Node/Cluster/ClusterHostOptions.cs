using System.Security.Cryptography;
using Actors.Cluster.Commands;
using Actors.Cluster.Znodes;
using Actors.Node.Tree;

namespace Actors.Node.Cluster;

/// <summary>Settings and limits of the cluster log on this node.</summary>
public sealed record ClusterHostOptions
{
    /// <summary>Most commands in one batch, default 1,000.</summary>
    public const int MaxBatchCommands = 1000;

    /// <summary>Most bytes of one batch, default 1 MiB and room for its framing: one command of the largest size fits.</summary>
    public const int MaxBatchBytes = ClusterCommand.MaxBytes + 4096;

    /// <summary>
    /// Batches of this node under way at once, default 5: an idempotent producer's resends are recognized only within its last five.
    /// </summary>
    public const int MaxBatchesInFlight = 5;

    /// <summary>Data directory; the log is in its folder <see cref="NodeIdentity.ClusterFolder"/>.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The node's Kafka listener and others, as clients and nodes are told.</summary>
    public IReadOnlyList<NodeEndpoint> Endpoints { get; init; } = [];

    /// <summary>Rack, or null.</summary>
    public string? Rack { get; init; }

    /// <summary>Version of the program, for people.</summary>
    public string SoftwareVersion { get; init; } = "0.0.0";

    /// <summary>Partitions of a topic created without a number, default 1: <c>Actors:Topics:DefaultPartitions</c>.</summary>
    public int DefaultPartitions { get; init; } = 1;

    /// <summary>Replicas of a topic created without a number, default 1: <c>Actors:Topics:DefaultReplicationFactor</c>.</summary>
    public short DefaultReplicationFactor { get; init; } = 1;

    /// <summary>How long a command may take before its caller is told that the outcome is unknown, default 30 s (Kafka's request.timeout.ms).</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Commands that may wait for their batch, default 10,000; beyond it they are refused with a retriable error.</summary>
    public int MaxQueuedCommands { get; init; } = 10_000;

    /// <summary>Commands between snapshots, default 250,000: what a start has to apply again at most, a second's work or less.</summary>
    public int SnapshotCommands { get; init; } = 250_000;

    /// <summary>Bytes of log between snapshots, default 64 MiB.</summary>
    public long SnapshotBytes { get; init; } = 64L << 20;

    /// <summary>Size of a segment of the cluster log, default 64 MiB.</summary>
    public int SegmentBytes { get; init; } = 64 << 20;

    /// <summary>Zeros written ahead of the cluster log's end, default 1 MiB: overwriting makes a sync about twice as fast as appending.</summary>
    public int PrewriteBytes { get; init; } = 1 << 20;

    /// <summary>What session passwords are made with, the same on every node.</summary>
    public byte[] SessionSecret { get; init; } = RandomNumberGenerator.GetBytes(32);

    /// <summary>What changes outcomes in the tree: the leader puts it into the log when it differs from what is there.</summary>
    public TreeSettings TreeSettings { get; init; } = TreeSettings.Default;

    /// <summary>How often empty containers and znodes past their time are looked for, default a minute (znode.container.checkIntervalMs).</summary>
    public TimeSpan ContainerCheckPeriod { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How often silent sessions are looked for, default 200 ms: a session lives on for as long, at most, beyond its timeout.</summary>
    public TimeSpan SessionLookPeriod { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Bytes of the tree's last changes that are kept for subscribers who come back, default 64 MiB.</summary>
    public int EventRingBytes { get; init; } = 64 << 20;

    /// <summary>Bytes of one block of them, in which they are let go, default 1 MiB.</summary>
    public int EventRingBlockBytes { get; init; } = TreeEventRing.DefaultBlockBytes;

    /// <summary>Changes older than this give their room to newer ones before the bytes are used up, default 5 min.</summary>
    public TimeSpan EventRingAge { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Bytes of changes that wait for one subscriber before it has to read from the ring, default 1 MiB.</summary>
    public int FeedQueueBytes { get; init; } = 1 << 20;

    /// <summary>Fault points, null in ordinary life.</summary>
    public Actors.Storage.Faults.IFaultPoints? Faults { get; init; }

    /// <summary>How often the quorum's machine sees the clock, default 250 ms.</summary>
    public TimeSpan TickPeriod { get; init; } = TimeSpan.FromMilliseconds(250);
}
