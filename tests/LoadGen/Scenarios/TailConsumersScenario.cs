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

    /// <summary>Runs them; with <paramref name="recordsPerSecond"/> above 0 a record is appended so often.</summary>
    public static LoadResult Run(Target target, int consumers, int maxWaitMs, double recordsPerSecond, RunLength length)
    {
        using var topic = target.NewTopic("tail", 1, TopicSettings.None);
        var idle = IdleShare(target.Meter);
        var versions = target.Admin.Versions;
        var fetch = new FetchTemplate(topic.Name, versions.Best(ApiKey.Fetch), MaxBytes, maxWaitMs, minBytes: 1);
        var batch = RecordBatchBuilder.Of(1, 100, BatchCodec.None, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        var produce = recordsPerSecond > 0 ? new ProduceTemplate(topic.Name, versions.Best(ApiKey.Produce), -1, batch) : null;
        var window = new RunWindow(long.MaxValue, long.MaxValue);
        var worker = new TailConsumers(window, target.Address, fetch, produce, consumers, recordsPerSecond);
        var name = produce is null ? $"{consumers} consumers wait" : $"a record to {consumers} consumers";
        var result = LoadRun.Execute(name, [worker], window, length, target.Meter, target.Progress);
        var notes = new List<string> { FormattableString.Invariant($"{worker.Answers / result.Seconds:N0} polls answered per second") };
        if (result.ServerCpuSeconds is { } cpu)
        {
            notes.Add(FormattableString.Invariant(
                $"{cpu / result.Seconds:P2} of one core in the server; before anybody was connected {idle:P2}"));
        }

        return result with { Notes = notes };
    }

    /// <summary>CPU of a server that nobody uses, of one core.</summary>
    public static double? IdleShare(IServerMeter? meter)
    {
        if (meter is null)
        {
            return null;
        }

        var before = meter.CpuSeconds;
        Thread.Sleep(TimeSpan.FromSeconds(IdleSeconds));
        return (meter.CpuSeconds - before) / IdleSeconds;
    }
}
