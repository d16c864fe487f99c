using System.Diagnostics;
using System.Globalization;
using LoadGen.Protocol;
using LoadGen.Report;

namespace LoadGen.Scenarios;

/// <summary>What is to be compacted.</summary>
internal sealed record CompactShape
{
    public required string LogDirectory { get; init; }
    public required long Bytes { get; init; }
    public required long Keys { get; init; }
    public required int ValueBytes { get; init; }
    public required BatchCodec Codec { get; init; }
    public required int SegmentBytes { get; init; }

    /// <summary>How long producers run beside it, and before it alone; 0: none.</summary>
    public required double ProduceSeconds { get; init; }
    public required int Connections { get; init; }
}

/// <summary>Fills a compacted topic, lets it be compacted, and times that by the checkpoint of what is clean, which Kafka writes as well.</summary>
internal static class CompactScenario
{
    private const int Batches = 400;
    private const int BatchBytes = 256 * 1024;
    private const int PollMs = 5;
    private const int SettleMs = 8_000;
    private const int PatienceMs = 600_000;

    public static List<string> Run(Target target, CompactShape shape)
    {
        using var topic = target.NewTopic("compact", 1, new Dictionary<string, string>
        {
            ["cleanup.policy"] = "compact",
            ["segment.bytes"] = shape.SegmentBytes.ToString(CultureInfo.InvariantCulture),
            ["min.cleanable.dirty.ratio"] = "1",
            ["flush.messages"] = long.MaxValue.ToString(CultureInfo.InvariantCulture),
        });
        var records = Fill(target, topic.Name, shape);
        var dirtyBytes = DirtyBytes(shape, topic.Name);
        target.Progress.Say("letting checkpoints pass");
        Thread.Sleep(SettleMs);
        var lines = new List<string>();
        LoadResult? alone = null;
        LoadResult? beside = null;
        if (shape.ProduceSeconds > 0)
        {
            alone = Produce(target, shape, "producers alone");
            Thread.Sleep(SettleMs);
        }

        var cpuBefore = target.Meter?.CpuSeconds ?? 0;
        var begunAt = Stopwatch.GetTimestamp();
        target.Admin.Set(topic.Name, "min.cleanable.dirty.ratio", "0.01");
        var cleaned = 0.0;
        var watch = new Thread(() => cleaned = AwaitCleaned(shape, topic.Name, begunAt));
        watch.Start();
        if (shape.ProduceSeconds > 0)
        {
            beside = Produce(target, shape, "producers beside");
        }

        watch.Join();
        var cpu = (target.Meter?.CpuSeconds ?? 0) - cpuBefore;
        var millions = records * (dirtyBytes / (double)shape.Bytes) / 1e6;
        var megabytes = dirtyBytes / 1e6;
        lines.Add(Invariant(
            $"{megabytes:N0} MB of dirty log ({millions:N2} million records, {shape.Codec}) in {cleaned:N2} s: {megabytes / cleaned:N0} MB/s"));
        if (alone is null || beside is null)
        {
            lines.Add(target.Meter is null
                ? "no process was named: CPU is not known"
                : Invariant($"server CPU {cpu:N2} s, {cpu / millions:N3} s per million records"));
            return lines;
        }

        var (before, during) = (alone.MegabytesPerSecond, beside.MegabytesPerSecond);
        lines.Add(Invariant($"producers: {before:N0} MB/s alone, {during:N0} MB/s beside: {during / before:P0}"));
        lines.Add(Invariant($"{Math.Min(1, cleaned / beside.Seconds):P0} of the producers' {beside.Seconds:N1} s were beside the cleaning"));
        return lines;
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    private static LoadResult Produce(Target target, CompactShape shape, string name) => ProduceScenario.Run(
        target,
        new ProduceShape
        {
            Name = name, Connections = shape.Connections, Partitions = shape.Connections, BatchBytes = 64 * 1024, TopicConfigs = TopicSettings.Unsynced,
        },
        new LoadBudget { WarmUpSeconds = 0, Seconds = shape.ProduceSeconds, MaxBytes = long.MaxValue });

    private static long Fill(Target target, string topic, CompactShape shape)
    {
        var random = new Random(1);
        var nowMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var version = target.Admin.Versions.Best(ApiKey.Produce);
        var records = 0L;
        var bytes = 0L;
        using var connection = new KafkaConnection(target.Address);
        var prepared = Enumerable.Range(0, Batches)
            .Select(_ => KeyedBatchBuilder.FillTo(BatchBytes, shape.ValueBytes, shape.Keys, shape.Codec, random, nowMs)).ToArray();
        for (var i = 0; bytes < shape.Bytes; i++)
        {
            var batch = prepared[i % Batches];
            bytes += connection.Produce(topic, version, batch);
            records += batch.Records;
            if (i % 100 == 0)
            {
                target.Progress.Show("filling", (double)bytes / shape.Bytes, i, records);
            }
        }

        return records;
    }

    /// <summary>All segments but the newest one, which is never cleaned.</summary>
    private static long DirtyBytes(CompactShape shape, string topic)
    {
        var logs = Directory.GetFiles(Path.Combine(shape.LogDirectory, topic + "-0"), "*.log");
        Array.Sort(logs, StringComparer.Ordinal);
        return logs.SkipLast(1).Sum(l => new FileInfo(l).Length);
    }

    private static double AwaitCleaned(CompactShape shape, string topic, long begunAt)
    {
        var path = Path.Combine(shape.LogDirectory, "cleaner-offset-checkpoint");
        for (var waitedMs = 0; waitedMs < PatienceMs; waitedMs += PollMs)
        {
            if (File.Exists(path) && Array.Exists(File.ReadAllLines(path), l => IsCleaned(l, topic)))
            {
                break;
            }

            Thread.Sleep(PollMs);
        }

        return Stopwatch.GetElapsedTime(begunAt).TotalSeconds;
    }

    private static bool IsCleaned(string line, string topic) =>
        line.StartsWith(topic + " 0 ", StringComparison.Ordinal) && !line.EndsWith(" 0", StringComparison.Ordinal);
}
