using LoadGen.Drivers;
using LoadGen.Platform;
using LoadGen.Protocol;
using LoadGen.Report;

namespace LoadGen.Scenarios;

/// <summary>Consumers that wait at a log's end: for nothing, or each for the same record.</summary>
internal static class TailConsumersScenario
{
    private const int MaxBytes = 1 << 20;
    private const double IdleSeconds = 5;

    /// <summary>
    /// Runs them; with <paramref name="recordsPerSecond"/> above 0 a record is appended so often. The server alone is measured before and
    /// after, for <paramref name="aloneSeconds"/> each: what the consumers cost is the difference.
    /// </summary>
    public static LoadResult Run(
        Target target, int consumers, int maxWaitMs, double recordsPerSecond, RunLength length, double aloneSeconds)
    {
        using var topic = target.NewTopic("tail", 1, TopicSettings.None);
        var before = IdleShare(target.Meter, aloneSeconds);
        var versions = target.Admin.Versions;
        var fetch = new FetchTemplate(topic.Name, versions.Best(ApiKey.Fetch), MaxBytes, maxWaitMs, minBytes: 1);
        var batch = RecordBatchBuilder.Of(1, 100, BatchCodec.None, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        var produce = recordsPerSecond > 0 ? new ProduceTemplate(topic.Name, versions.Best(ApiKey.Produce), -1, batch) : null;
        var window = new RunWindow(long.MaxValue, long.MaxValue);
        var worker = new TailConsumers(window, target.Address, fetch, produce, consumers, recordsPerSecond);
        var name = produce is null ? $"{consumers} consumers wait" : $"a record to {consumers} consumers";
        var result = LoadRun.Execute(name, [worker], window, length, target.Meter, target.Progress);
        var notes = new List<string> { FormattableString.Invariant($"{worker.Answers / result.Seconds:N0} polls answered per second") };
        if (result.ServerCpuSeconds is { } cpu && IdleShare(target.Meter, aloneSeconds) is { } after)
        {
            var share = cpu / result.Seconds;
            var more = share - ((before!.Value + after) / 2);
            notes.Add(FormattableString.Invariant($"{share:P2} of one core in the server; without anybody {before:P2} before, {after:P2} after"));
            notes.Add(FormattableString.Invariant(
                $"{more:P2} of one core for them, {more * result.Seconds * 1e6 / Math.Max(1, worker.Answers):N1} µs per poll"));
        }

        return result with { Notes = notes };
    }

    /// <summary>CPU of a server that nobody uses, of one core.</summary>
    public static double? IdleShare(IServerMeter? meter, double seconds = IdleSeconds)
    {
        if (meter is null)
        {
            return null;
        }

        var before = meter.CpuSeconds;
        Thread.Sleep(TimeSpan.FromSeconds(seconds));
        return (meter.CpuSeconds - before) / seconds;
    }
}
