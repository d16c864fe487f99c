using HdrHistogram;

namespace LoadGen.Report;

/// <summary>What one run came to. Bytes are record batches as sent, without request headers.</summary>
internal sealed record LoadResult
{
    public required string Name { get; init; }
    public required double Seconds { get; init; }
    public required long Requests { get; init; }
    public required long Records { get; init; }
    public required long Bytes { get; init; }

    /// <summary>Records acknowledged in all, warm-up and draining included: what the log must hold afterwards.</summary>
    public required long TotalRecords { get; init; }

    public required LongHistogram LatencyNs { get; init; }
    public required double ClientCpuSeconds { get; init; }
    public double? ServerCpuSeconds { get; init; }
    public long? ServerResidentBytes { get; init; }

    /// <summary>Further lines for the reader, in order.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    public double RecordsPerSecond => Records / Seconds;
    public double RequestsPerSecond => Requests / Seconds;
    public double MegabytesPerSecond => Bytes / Seconds / 1e6;
    public double GigabytesPerSecond => Bytes / Seconds / 1e9;
    public double? ServerCpuPerMillionRecords => Records == 0 ? null : ServerCpuSeconds / (Records / 1e6);
    public double? ServerCpuPerGigabyte => Bytes == 0 ? null : ServerCpuSeconds / (Bytes / 1e9);
    public double? ServerCpuMicrosPerRequest => Requests == 0 ? null : ServerCpuSeconds / Requests * 1e6;
    public double ClientCpuPerMillionRecords => Records == 0 ? 0 : ClientCpuSeconds / (Records / 1e6);
    public double ClientCpuMicrosPerRequest => Requests == 0 ? 0 : ClientCpuSeconds / Requests * 1e6;

    /// <summary>Latency at a percentile, milliseconds; 0 where nothing was recorded.</summary>
    public double LatencyMs(double percentile) => LatencyNs.TotalCount == 0 ? 0 : LatencyNs.GetValueAtPercentile(percentile) / 1e6;
}
