using System.Net;

namespace Actors.Hosting.Configuration;

/// <summary>Every setting of a node, in the order in which <c>--help</c> shows them. Scripts and tests rely on keys and defaults.</summary>
public static class SettingsTable
{
    /// <summary>The rows.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        .. Node(),
        .. Ports(),
        .. Cluster(),
        .. TopicsAndGroups(),
        .. ZooKeeper(),
    ];

    private static readonly Dictionary<string, Setting> ByKey = All.ToDictionary(s => s.Key, StringComparer.OrdinalIgnoreCase);

    /// <summary>The setting of this key below <c>Actors:</c>, in any letter case.</summary>
    public static Setting? Find(string key) => ByKey.GetValueOrDefault(key);

    private static Setting[] Node() =>
    [
        Setting.Text(
            "DataDirectory", "logs, snapshots, node.json; locked by one process", o => o.DataDirectory, (o, v) => o.DataDirectory = v,
            v => v.Length > 0 && !v.Contains('\0'), "the path of a directory"),
        Setting.Number(
            "NodeId", "stable id, Kafka's broker id; refused when it differs from the one in the data directory", 0, int.MaxValue,
            o => o.NodeId, (o, v) => o.NodeId = v),
        Setting.Text(
            "Listen", "address to bind: an IP address, localhost, or * for all", o => o.Listen, (o, v) => o.Listen = v,
            v => v is "*" or "localhost" || IPAddress.TryParse(v, out _), "an IP address, localhost or *"),
        Setting.Text(
            "Advertise", "host that clients and nodes are told; empty: the address on which the connection arrived",
            o => o.Advertise, (o, v) => o.Advertise = v,
            v => v.Length == 0 || Uri.CheckHostName(v) != UriHostNameType.Unknown, "a host name or an IP address without a port"),
        Setting.Switch(
            "AllowInsecureListen", "needed for a Listen address that others can reach, since nothing asks for a password yet",
            o => o.AllowInsecureListen, (o, v) => o.AllowInsecureListen = v),
    ];

    private static Setting[] Ports() =>
    [
        Setting.Port("Kafka:Port", "Kafka clients", true, o => o.Kafka.Port, (o, v) => o.Kafka.Port = v),
        Setting.Number(
            "Kafka:ConnectionsMaxIdleMs", "a Kafka connection that says nothing for so long is closed, Kafka's connections.max.idle.ms", 1, int.MaxValue,
            o => o.Kafka.ConnectionsMaxIdleMs, (o, v) => o.Kafka.ConnectionsMaxIdleMs = v),
        Setting.Port("ZooKeeper:Port", "ZooKeeper clients", true, o => o.ZooKeeper.Port, (o, v) => o.ZooKeeper.Port = v),
        Setting.Port(
            "Dashboard:Port", "live page, health, metrics", true, o => o.Dashboard.Port, (o, v) => o.Dashboard.Port = v),
        Setting.Port("Silo:Port", "Orleans between silos", false, o => o.Silo.Port, (o, v) => o.Silo.Port = v),
        Setting.Port("Silo:GatewayPort", "Orleans clients", false, o => o.Silo.GatewayPort, (o, v) => o.Silo.GatewayPort = v),
        Setting.Port(
            "Replication:Port", "between nodes (not built yet)", false, o => o.Replication.Port, (o, v) => o.Replication.Port = v),
    ];

    private static Setting[] Cluster() =>
    [
        Setting.Text(
            "Cluster:ConnectionString", "PostgreSQL; empty: a cluster of one, everything embedded (refused until clusters exist)",
            o => o.Cluster.ConnectionString, (o, v) => o.Cluster.ConnectionString = v),
        Setting.Text("Cluster:Secret", "shared by the nodes (not built yet)", o => o.Cluster.Secret, (o, v) => o.Cluster.Secret = v),
    ];

    private static Setting[] TopicsAndGroups() =>
    [
        Setting.Switch(
            "Topics:AutoCreate", "a topic that a client names is created", o => o.Topics.AutoCreate, (o, v) => o.Topics.AutoCreate = v),
        Setting.Number(
            "Topics:DefaultPartitions", "partitions of a topic created without a number", 1, 100_000,
            o => o.Topics.DefaultPartitions, (o, v) => o.Topics.DefaultPartitions = v),
        Setting.Number(
            "Topics:DefaultReplicationFactor", "replicas of a topic created without a number", 1, short.MaxValue,
            o => o.Topics.DefaultReplicationFactor, (o, v) => o.Topics.DefaultReplicationFactor = v,
            "1 (3 in a cluster of three or more)"),
        Setting.Number(
            "Topics:RetentionCheckIntervalMs", "between looks for what retention deletes, Kafka's log.retention.check.interval.ms", 1, int.MaxValue,
            o => o.Topics.RetentionCheckIntervalMs, (o, v) => o.Topics.RetentionCheckIntervalMs = v),
        Setting.Number(
            "Cleaner:DedupeBufferBytes", "memory for the keys of one compaction, Kafka's log.cleaner.dedupe.buffer.size", 1 << 20, int.MaxValue,
            o => o.Cleaner.DedupeBufferBytes, (o, v) => o.Cleaner.DedupeBufferBytes = v),
        Setting.Number(
            "Cleaner:IoMaxBytesPerSecond", "read and written by compaction, 0: no limit", 0, int.MaxValue,
            o => o.Cleaner.IoMaxBytesPerSecond, (o, v) => o.Cleaner.IoMaxBytesPerSecond = v),
        Setting.Number(
            "Cleaner:BackoffMs", "between looks for what is to be compacted, Kafka's log.cleaner.backoff.ms", 1, int.MaxValue,
            o => o.Cleaner.BackoffMs, (o, v) => o.Cleaner.BackoffMs = v),
        Setting.Number(
            "Groups:InitialRebalanceDelayMs", "a new group waits for more members, prolonged while they come", 0, int.MaxValue,
            o => o.Groups.InitialRebalanceDelayMs, (o, v) => o.Groups.InitialRebalanceDelayMs = v),
        Setting.Number(
            "Groups:MinSessionTimeoutMs", "shortest session timeout of a member", 1, int.MaxValue,
            o => o.Groups.MinSessionTimeoutMs, (o, v) => o.Groups.MinSessionTimeoutMs = v),
        Setting.Number(
            "Groups:MaxSessionTimeoutMs", "longest session timeout of a member", 1, int.MaxValue,
            o => o.Groups.MaxSessionTimeoutMs, (o, v) => o.Groups.MaxSessionTimeoutMs = v),
        Setting.Number(
            "Groups:MaxSize", "most members of one group, Kafka's group.max.size", 1, int.MaxValue,
            o => o.Groups.MaxSize, (o, v) => o.Groups.MaxSize = v),
        Setting.Number(
            "Groups:OffsetsRetentionMinutes", "how long offsets stay once their group is empty, Kafka's offsets.retention.minutes", 1, int.MaxValue,
            o => o.Groups.OffsetsRetentionMinutes, (o, v) => o.Groups.OffsetsRetentionMinutes = v),
        Setting.Number(
            "Groups:OffsetsRetentionCheckIntervalMs", "between looks for expired offsets", 1, int.MaxValue,
            o => o.Groups.OffsetsRetentionCheckIntervalMs, (o, v) => o.Groups.OffsetsRetentionCheckIntervalMs = v),
    ];

    private static Setting[] ZooKeeper() =>
    [
        Setting.Number(
            "ZooKeeper:TickTimeMs", "one tick", 1, int.MaxValue,
            o => o.ZooKeeper.TickTimeMs, (o, v) => o.ZooKeeper.TickTimeMs = v),
        Setting.Number(
            "ZooKeeper:MinSessionTimeoutMs", "shortest session timeout", 1, int.MaxValue,
            o => o.ZooKeeper.MinSessionTimeoutMs, (o, v) => o.ZooKeeper.MinSessionTimeoutMs = v, "2 ticks"),
        Setting.Number(
            "ZooKeeper:MaxSessionTimeoutMs", "longest session timeout", 1, int.MaxValue,
            o => o.ZooKeeper.MaxSessionTimeoutMs, (o, v) => o.ZooKeeper.MaxSessionTimeoutMs = v, "20 ticks"),
        Setting.Text(
            "ZooKeeper:FourLetterWords", "words that are answered, * for all",
            o => o.ZooKeeper.FourLetterWords, (o, v) => o.ZooKeeper.FourLetterWords = v,
            v => v is "*" or "" || Array.TrueForAll(v.Split(','), w => w.Trim().Length == 4), "* or words of four letters, by comma"),
        Setting.Number(
            "ZooKeeper:MaxConnectionsPerAddress", "0: no limit", 0, int.MaxValue,
            o => o.ZooKeeper.MaxConnectionsPerAddress, (o, v) => o.ZooKeeper.MaxConnectionsPerAddress = v),
        Setting.Number(
            "ZooKeeper:MaxNewSessionsPerSecond", "sessions opened per second, 0: no limit; as ZooKeeper's connection throttle", 0, int.MaxValue,
            o => o.ZooKeeper.MaxNewSessionsPerSecond, (o, v) => o.ZooKeeper.MaxNewSessionsPerSecond = v),
        Setting.Number(
            "ZooKeeper:MaxBufferBytes", "largest request, jute.maxbuffer", 1024, int.MaxValue,
            o => o.ZooKeeper.MaxBufferBytes, (o, v) => o.ZooKeeper.MaxBufferBytes = v),
        Setting.Switch("ZooKeeper:ExtendedTypes", "TTL nodes", o => o.ZooKeeper.ExtendedTypes, (o, v) => o.ZooKeeper.ExtendedTypes = v),
        Setting.Switch("ZooKeeper:EnforceQuota", "quotas refuse", o => o.ZooKeeper.EnforceQuota, (o, v) => o.ZooKeeper.EnforceQuota = v),
        Setting.Text(
            "ZooKeeper:SuperDigest", "super:HASH, as ZooKeeper's superDigest", o => o.ZooKeeper.SuperDigest,
            (o, v) => o.ZooKeeper.SuperDigest = v,
            v => v.Length == 0 || v.StartsWith("super:", StringComparison.Ordinal), "empty or super:HASH"),
        Setting.Number(
            "ZooKeeper:ContainerCheckIntervalMs", "between looks for empty containers", 1, int.MaxValue,
            o => o.ZooKeeper.ContainerCheckIntervalMs, (o, v) => o.ZooKeeper.ContainerCheckIntervalMs = v),
    ];
}
