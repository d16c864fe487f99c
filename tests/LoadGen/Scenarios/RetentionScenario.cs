using LoadGen.Drivers;
using LoadGen.Protocol;
using LoadGen.Report;

namespace LoadGen.Scenarios;

/// <summary>
/// A producer of a fixed rate, first beside many small segments that nobody touches, then while retention deletes all of them. Begin the
/// node with <c>--Actors:Topics:RetentionCheckIntervalMs=1000</c>, or wait five minutes for the second part.
/// </summary>
internal static class RetentionScenario
{
    private const int PartitionsPerTopic = 1_000;
    private const int BuildInFlight = 100;
    private const long AgeMs = 86_400_000;

    public static IReadOnlyList<LoadResult> Run(
        Target target, int partitions, int segments, double perSecond, double seconds, string? dataDirectory, string diskDirectory)
    {
        var topics = new List<LoadTopic>();
        try
        {
            for (var left = partitions; left > 0; left -= PartitionsPerTopic)
            {
                topics.Add(target.NewTopic("retention", Math.Min(left, PartitionsPerTopic), new Dictionary<string, string>
                {
                    ["segment.ms"] = "1", ["retention.ms"] = "-1", ["flush.messages"] = $"{long.MaxValue}",
                }));
                Fill(target, topics[^1].Name, Math.Min(left, PartitionsPerTopic), segments);
            }

            var shape = new ProduceShape { Name = "before", RecordsPerBatch = 1 };
            var budget = new LoadBudget { Seconds = seconds, WarmUpSeconds = 3 };
            var before = LatencyScenario.Run(target, shape, budget, perSecond, diskDirectory);
            var there = Count(dataDirectory, topics);
            topics.ForEach(t => target.Admin.Set(t.Name, "retention.ms", "1"));
            var during = LatencyScenario.Run(target, shape with { Name = "while retention deletes" }, budget, perSecond, diskDirectory);
            var still = Count(dataDirectory, topics);
            string[] deleted = there is null ? [] : [FormattableString.Invariant($"{there} segments at its beginning, {still} at its end")];
            return [before.Load with { Notes = before.Notes }, during.Load with { Notes = [.. during.Notes, .. deleted] }];
        }
        finally
        {
            topics.ForEach(t => t.Dispose());
        }
    }

    /// <summary>One record per segment: their times lie so far apart that each begins another one.</summary>
    private static void Fill(Target target, string topic, int partitions, int segments)
    {
        var version = target.Admin.Versions.Choose(ApiKey.Produce, 0);
        var beganMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - AgeMs;
        for (var segment = 0; segment < segments; segment++)
        {
            var batch = RecordBatchBuilder.Of(1, 100, BatchCodec.None, beganMs + (segment * 1000L));
            var window = new RunWindow(long.MaxValue, partitions);
            var template = new ProduceTemplate(topic, version, -1, batch);
            var producer = new PipelinedProducer(window, target.Address, template, BuildInFlight, [.. Enumerable.Range(0, partitions)]);
            LoadRun.Execute($"{topic}: segment {segment}", [producer], window, new RunLength(0, 600), target.Meter, target.Progress);
        }
    }

    private static int? Count(string? dataDirectory, List<LoadTopic> topics) => dataDirectory is null ? null
        : topics.Sum(t => Directory.EnumerateDirectories(dataDirectory, t.Name + "-*").Sum(d => Directory.GetFiles(d, "*.log").Length));
}
