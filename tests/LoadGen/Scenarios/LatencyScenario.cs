using HdrHistogram;
using LoadGen.Drivers;
using LoadGen.Platform;
using LoadGen.Protocol;
using LoadGen.Report;

namespace LoadGen.Scenarios;

/// <summary>An open-loop load of a fixed rate, in slices, with the disk's own latency measured between the slices.</summary>
internal static class LatencyScenario
{
    private const int Slices = 5;

    /// <summary><paramref name="perSecond"/> requests per second over the shape's connections and partitions.</summary>
    public static LatencyResult Run(Target target, ProduceShape shape, LoadBudget budget, double perSecond, string diskDirectory)
    {
        using var topic = target.NewTopic("latency", shape.Partitions, shape.TopicConfigs);
        var version = target.Admin.Versions.Choose(ApiKey.Produce, shape.Version);
        var template = new ProduceTemplate(topic.Name, version, shape.Acks, shape.Prepare());
        using var probe = new DiskProbe(diskDirectory);
        var lateness = new LongHistogram(LoadWorker.MaxLatencyNs, 3);
        var slices = new List<LoadResult>();
        for (var i = 0; i < Slices; i++)
        {
            target.Progress.Say($"{shape.Name}: the disk alone, slice {i + 1} of {Slices}");
            probe.Run(budget.Seconds / Slices / 2, perSecond);
            var window = new RunWindow(budget.MaxBytes, budget.MaxRequests);
            var worker = new OpenLoopProducer(window, target.Address, template, shape.Connections, shape.Partitions, perSecond);
            var length = new RunLength(i == 0 ? budget.WarmUpSeconds : 0.5, budget.Seconds / Slices);
            slices.Add(LoadRun.Execute(shape.Name, [worker], window, length, target.Meter, target.Progress));
            lateness.Add(worker.LatenessNs);
        }

        var load = Merge(slices);
        topic.CheckHolds(load.TotalRecords);
        return new LatencyResult(load, probe.SyncNs, probe.LatencyNs, lateness);
    }

    private static LoadResult Merge(IReadOnlyList<LoadResult> slices)
    {
        var latency = new LongHistogram(LoadWorker.MaxLatencyNs, 3);
        foreach (var slice in slices)
        {
            latency.Add(slice.LatencyNs);
        }

        return slices[^1] with
        {
            Seconds = slices.Sum(s => s.Seconds),
            Requests = slices.Sum(s => s.Requests),
            Records = slices.Sum(s => s.Records),
            Bytes = slices.Sum(s => s.Bytes),
            TotalRecords = slices.Sum(s => s.TotalRecords),
            LatencyNs = latency,
            ClientCpuSeconds = slices.Sum(s => s.ClientCpuSeconds),
            ServerCpuSeconds = slices.Sum(s => s.ServerCpuSeconds),
        };
    }
}

/// <summary>Latencies of the load beside those of the disk in the same minutes.</summary>
/// <param name="SyncNs">fdatasync alone.</param>
/// <param name="AppendNs">Write of 4 KB and fdatasync.</param>
/// <param name="LatenessNs">How late the client sent.</param>
internal sealed record LatencyResult(LoadResult Load, LongHistogram SyncNs, LongHistogram AppendNs, LongHistogram LatenessNs)
{
    public double SyncMs(double percentile) => Ms(SyncNs, percentile);

    public IReadOnlyList<string> Notes =>
    [
        FormattableString.Invariant($"fdatasync p50 {Ms(SyncNs, 50):N3} ms, p99 {Ms(SyncNs, 99):N3} ms, p99.9 {Ms(SyncNs, 99.9):N3} ms"),
        FormattableString.Invariant($"4 KB write and fdatasync p50 {Ms(AppendNs, 50):N3} ms, p99 {Ms(AppendNs, 99):N3} ms"),
        FormattableString.Invariant($"requests left later than due by p50 {Ms(LatenessNs, 50):N3} ms, p99 {Ms(LatenessNs, 99):N3} ms"),
    ];

    private static double Ms(LongHistogram histogram, double percentile) =>
        histogram.TotalCount == 0 ? 0 : histogram.GetValueAtPercentile(percentile) / 1e6;
}
