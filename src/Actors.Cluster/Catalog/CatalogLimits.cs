namespace Actors.Cluster.Catalog;

/// <summary>Bounds of the catalog. They decide outcomes, so they change with the cluster's feature level only.</summary>
public static class CatalogLimits
{
    /// <summary>Most partitions one command may add: Kafka's ReplicationControlManager.MAX_PARTITIONS_PER_BATCH.</summary>
    public const int MaxPartitionsPerCommand = 10_000;

    /// <summary>Most partitions of all topics together; the catalog is in memory on every node.</summary>
    public const int MaxPartitions = 1_000_000;

    /// <summary>Most replicas of a partition.</summary>
    public const int MaxReplicas = 32;

    /// <summary>Most nodes.</summary>
    public const int MaxNodes = 1_000;
}
