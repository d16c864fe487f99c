namespace Actors.Hosting.Configuration;

/// <summary>
/// All settings of a node, section <c>Actors</c> of the configuration. <see cref="SettingsTable"/> has each one's key and meaning.
/// </summary>
public sealed class ActorsOptions
{
    /// <summary>Where logs, snapshots and <c>node.json</c> live; locked by one process. Default <c>./data</c>.</summary>
    public string DataDirectory { get; set; } = "./data";

    /// <summary>Stable id ≥ 0, Kafka's broker id. Default 1.</summary>
    public int NodeId { get; set; } = 1;

    /// <summary>Address to bind: an IP address, <c>localhost</c>, or <c>*</c>. Default 127.0.0.1.</summary>
    public string Listen { get; set; } = "127.0.0.1";

    /// <summary>What clients and nodes are told; empty: the address on which the connection arrived.</summary>
    public string Advertise { get; set; } = "";

    /// <summary>Needed for a non-loopback listener without authentication. Default false.</summary>
    public bool AllowInsecureListen { get; set; }

    /// <summary>The Kafka listener.</summary>
    public KafkaOptions Kafka { get; } = new();

    /// <summary>The ZooKeeper listener.</summary>
    public ZooKeeperOptions ZooKeeper { get; } = new();

    /// <summary>The live page.</summary>
    public DashboardOptions Dashboard { get; } = new();

    /// <summary>Orleans' own ports.</summary>
    public SiloOptions Silo { get; } = new();

    /// <summary>Replication between nodes.</summary>
    public ReplicationOptions Replication { get; } = new();

    /// <summary>Membership of several nodes.</summary>
    public ClusterOptions Cluster { get; } = new();

    /// <summary>Topics.</summary>
    public TopicsOptions Topics { get; } = new();

    /// <summary>Consumer groups.</summary>
    public GroupsOptions Groups { get; } = new();

    /// <summary>Compaction.</summary>
    public CleanerOptions Cleaner { get; } = new();
}

/// <summary><c>Actors:Kafka</c>.</summary>
public sealed class KafkaOptions
{
    /// <summary>0: a free one; -1: off. Default 9092.</summary>
    public int Port { get; set; } = 9092;

    /// <summary>Milliseconds after which a silent connection is closed, Kafka's <c>connections.max.idle.ms</c>. Default 600000.</summary>
    public int ConnectionsMaxIdleMs { get; set; } = 600_000;
}

/// <summary><c>Actors:ZooKeeper</c>.</summary>
public sealed class ZooKeeperOptions
{
    /// <summary>0: a free one; -1: off. Default 2181.</summary>
    public int Port { get; set; } = 2181;

    /// <summary>Milliseconds per tick. Default 2000.</summary>
    public int TickTimeMs { get; set; } = 2000;

    /// <summary>Shortest session timeout in milliseconds; null: two ticks.</summary>
    public int? MinSessionTimeoutMs { get; set; }

    /// <summary>Longest session timeout in milliseconds; null: twenty ticks.</summary>
    public int? MaxSessionTimeoutMs { get; set; }

    /// <summary>Four-letter words that are answered, by comma; <c>*</c>: all.</summary>
    public string FourLetterWords { get; set; } = "srvr,ruok,stat,conf,envi,isro,mntr";

    /// <summary>Connections from one address; 0: no limit. Default 60.</summary>
    public int MaxConnectionsPerAddress { get; set; } = 60;

    /// <summary>Sessions opened per second, in bursts of up to a second's worth; 0: no limit. Default 0.</summary>
    public int MaxNewSessionsPerSecond { get; set; }

    /// <summary>Largest request in bytes, ZooKeeper's <c>jute.maxbuffer</c>. Default 1048575.</summary>
    public int MaxBufferBytes { get; set; } = 1_048_575;

    /// <summary>TTL nodes. Default true.</summary>
    public bool ExtendedTypes { get; set; } = true;

    /// <summary>Quotas refuse. Default true.</summary>
    public bool EnforceQuota { get; set; } = true;

    /// <summary><c>super:HASH</c>, or empty.</summary>
    public string SuperDigest { get; set; } = "";

    /// <summary>Milliseconds between checks for empty containers. Default 60000.</summary>
    public int ContainerCheckIntervalMs { get; set; } = 60_000;
}

/// <summary><c>Actors:Dashboard</c>.</summary>
public sealed class DashboardOptions
{
    /// <summary>0: a free one; -1: off. Default 8080.</summary>
    public int Port { get; set; } = 8080;
}

/// <summary><c>Actors:Silo</c>.</summary>
public sealed class SiloOptions
{
    /// <summary>Orleans between silos. 0: a free one. Default 11111.</summary>
    public int Port { get; set; } = 11111;

    /// <summary>Orleans' clients. 0: a free one. Default 30000.</summary>
    public int GatewayPort { get; set; } = 30000;
}

/// <summary><c>Actors:Replication</c>; accepted, not used yet.</summary>
public sealed class ReplicationOptions
{
    /// <summary>0: a free one. Default 11112.</summary>
    public int Port { get; set; } = 11112;
}

/// <summary><c>Actors:Cluster</c>.</summary>
public sealed class ClusterOptions
{
    /// <summary>PostgreSQL; empty: a cluster of one. Refused until clusters exist.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>Shared secret of the nodes.</summary>
    public string Secret { get; set; } = "";
}

/// <summary><c>Actors:Topics</c>.</summary>
public sealed class TopicsOptions
{
    /// <summary>A topic that is asked for is created. Default true.</summary>
    public bool AutoCreate { get; set; } = true;

    /// <summary>Partitions of a topic that is created without a number. Default 1.</summary>
    public int DefaultPartitions { get; set; } = 1;

    /// <summary>Replicas of a topic that is created without a number. Default 1 (3 in a cluster of three or more).</summary>
    public int DefaultReplicationFactor { get; set; } = 1;

    /// <summary>Milliseconds between two looks for what retention deletes, Kafka's <c>log.retention.check.interval.ms</c>. Default 300000.</summary>
    public int RetentionCheckIntervalMs { get; set; } = 300_000;
}

/// <summary><c>Actors:Cleaner</c>: compaction, as Kafka's <c>log.cleaner.*</c> settings. One thread cleans; it begins with the dirtiest log.</summary>
public sealed class CleanerOptions
{
    /// <summary>Most memory for the keys of one cleaning, 24 bytes per key, Kafka's <c>log.cleaner.dedupe.buffer.size</c>. Default 134217728.</summary>
    public int DedupeBufferBytes { get; set; } = 128 << 20;

    /// <summary>Bytes read and written per second at most, Kafka's <c>log.cleaner.io.max.bytes.per.second</c>. Default 0: no limit.</summary>
    public int IoMaxBytesPerSecond { get; set; }

    /// <summary>Milliseconds between two looks for something to clean, Kafka's <c>log.cleaner.backoff.ms</c>. Default 15000.</summary>
    public int BackoffMs { get; set; } = 15_000;
}

/// <summary><c>Actors:Groups</c>: consumer groups, as Kafka's <c>group.*</c> settings.</summary>
public sealed class GroupsOptions
{
    /// <summary>Milliseconds a new group waits for more members. Default 3000.</summary>
    public int InitialRebalanceDelayMs { get; set; } = 3000;

    /// <summary>Shortest session timeout in milliseconds. Default 6000.</summary>
    public int MinSessionTimeoutMs { get; set; } = 6000;

    /// <summary>Longest session timeout in milliseconds. Default 1800000.</summary>
    public int MaxSessionTimeoutMs { get; set; } = 1_800_000;

    /// <summary>Most members of one group, Kafka's <c>group.max.size</c>. Default 2147483647.</summary>
    public int MaxSize { get; set; } = int.MaxValue;

    /// <summary>Minutes that offsets stay once their group is empty, Kafka's <c>offsets.retention.minutes</c>. Default 10080, 7 days.</summary>
    public int OffsetsRetentionMinutes { get; set; } = 10_080;

    /// <summary>Milliseconds between two looks for expired offsets, Kafka's <c>offsets.retention.check.interval.ms</c>. Default 600000.</summary>
    public int OffsetsRetentionCheckIntervalMs { get; set; } = 600_000;
}
