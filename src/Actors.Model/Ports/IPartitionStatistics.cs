namespace Actors.Model.Ports;

/// <summary>
/// What has gone through the partitions of this node, for the live page and the metrics. Counters are kept per batch and per read,
/// never per record.
/// </summary>
public interface IPartitionStatistics
{
    /// <summary>Totals over all partitions since the process started; closing a partition does not lower them.</summary>
    PartitionTraffic Totals { get; }

    /// <summary>Partitions open at this moment.</summary>
    int OpenPartitions { get; }

    /// <summary>One partition's traffic since it was opened; false if it is cold or not here.</summary>
    bool TryGetTraffic(TopicPartitionId id, out PartitionTraffic traffic);
}

/// <summary>Traffic of one partition, or of all.</summary>
/// <param name="RecordsIn">Records appended.</param>
/// <param name="BytesIn">Bytes of batches appended.</param>
/// <param name="BatchesIn">Batches appended.</param>
/// <param name="BytesOut">Bytes of batches read.</param>
/// <param name="Reads">Reads answered.</param>
public readonly record struct PartitionTraffic(long RecordsIn, long BytesIn, long BatchesIn, long BytesOut, long Reads)
{
    /// <summary>The sum of two.</summary>
    public static PartitionTraffic operator +(PartitionTraffic a, PartitionTraffic b) => new(
        a.RecordsIn + b.RecordsIn, a.BytesIn + b.BytesIn, a.BatchesIn + b.BatchesIn, a.BytesOut + b.BytesOut, a.Reads + b.Reads);

    /// <summary>The sum of two.</summary>
    public static PartitionTraffic Add(PartitionTraffic left, PartitionTraffic right) => left + right;
}
