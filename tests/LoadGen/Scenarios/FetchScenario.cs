using LoadGen.Drivers;
using LoadGen.Platform;
using LoadGen.Protocol;
using LoadGen.Report;

namespace LoadGen.Scenarios;

/// <summary>What a consuming load looks like.</summary>
internal sealed record FetchShape
{
    public required string Name { get; init; }

    /// <summary>Consumers, each with a connection and a partition of its own.</summary>
    public int Connections { get; init; } = 4;

    /// <summary>Bytes asked for per fetch.</summary>
    public int MaxBytes { get; init; } = 1 << 20;

    /// <summary>Bytes produced beforehand, over all partitions; they should fit into the page cache.</summary>
    public long DataBytes { get; init; } = 1_000_000_000;

    /// <summary>Producing rate at the tail, over all partitions.</summary>
    public long TailBytesPerSecond { get; init; } = 300_000_000;

    public bool VerifyCrc { get; init; }

    /// <summary>Fetch version, 4 to 12; 0: the greatest both sides know.</summary>
    public short Version { get; init; }

    /// <summary>What is produced beforehand, or at the tail.</summary>
    public required ProduceShape Data { get; init; }
}

/// <summary>Consuming: from the page cache, as fast as it goes, or at the log's end beside a producer of a fixed rate.</summary>
internal static class FetchScenario
{
    private const int MaxWaitMs = 500;
    private const int NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Produces the data, reads it once, then again and again from the start.</summary>
    public static LoadResult Run(Target target, FetchShape shape, LoadBudget budget)
    {
        var data = shape.Data with { Connections = shape.Connections, Partitions = shape.Connections, EpollThreads = 0 };
        using var topic = target.NewTopic("fetch", data.Partitions, data.TopicConfigs);
        var batch = data.Prepare();
        var filled = Fill(target, topic, data, batch, Math.Min(shape.DataBytes, budget.MaxBytes));
        topic.CheckHolds(filled.TotalRecords);
        PageCache.Settle(target.Progress);
        var window = new RunWindow(long.MaxValue, budget.MaxRequests);
        var consumers = Consumers(target, topic, shape, batch, window, atTail: false);
        return LoadRun.Execute(
            shape.Name, consumers, window, new RunLength(budget.WarmUpSeconds, budget.Seconds), target.Meter, target.Progress) with
        {
            Notes = [$"{filled.Bytes / 1e9:N2} GB over {data.Partitions} partitions, {shape.MaxBytes:N0} bytes asked for"],
        };
    }

    /// <summary>
    /// Producers of a fixed rate alone, then the same with consumers at the tail: the second run's further CPU is what
    /// consuming costs.
    /// </summary>
    public static TailResult RunTail(Target target, FetchShape shape, LoadBudget budget)
    {
        var data = shape.Data with { Connections = shape.Connections, Partitions = shape.Connections, EpollThreads = 0 };
        var batch = data.Prepare();
        var seconds = Math.Min(budget.Seconds, budget.MaxBytes / (double)shape.TailBytesPerSecond);
        var length = new RunLength(Math.Min(budget.WarmUpSeconds, seconds / 4), seconds * 3 / 4);
        var intervalNs = NanosecondsPerSecond * (long)batch.Bytes.Length * shape.Connections / shape.TailBytesPerSecond;
        var (alone, _) = TailPass(target, shape, data, batch, length, intervalNs, consume: false);
        PageCache.Settle(target.Progress);
        var (produced, consumed) = TailPass(target, shape, data, batch, length, intervalNs, consume: true);
        return new TailResult(alone, produced, consumed!);
    }

    private static (LoadResult Produced, LoadResult? Consumed) TailPass(
        Target target, FetchShape shape, ProduceShape data, PreparedBatch batch, RunLength length, long intervalNs, bool consume)
    {
        using var topic = target.NewTopic("tail", data.Partitions, data.TopicConfigs);
        var window = new RunWindow(long.MaxValue, long.MaxValue);
        var template = new ProduceTemplate(topic.Name, target.Admin.Versions.Choose(ApiKey.Produce, data.Version), data.Acks, batch);
        LoadWorker[] producers = [.. Enumerable.Range(0, shape.Connections)
            .Select(p => new PipelinedProducer(window, target.Address, template, data.InFlight, [p], intervalNs))];
        var consumers = consume ? Consumers(target, topic, shape, batch, window, atTail: true) : [];
        var name = consume ? "produce with consumers" : "produce alone";
        var span = LoadRun.Run(name, [.. producers, .. consumers], window, length, target.Meter, target.Progress);
        var produced = LoadRun.Sum(name, producers, span);
        topic.CheckHolds(produced.TotalRecords);
        return (produced, consume ? LoadRun.Sum("consume at the tail", consumers, span) : null);
    }

    private static LoadResult Fill(Target target, LoadTopic topic, ProduceShape data, PreparedBatch batch, long bytes)
    {
        var window = new RunWindow(bytes, long.MaxValue);
        var template = new ProduceTemplate(topic.Name, target.Admin.Versions.Choose(ApiKey.Produce, data.Version), data.Acks, batch);
        return LoadRun.Execute(
            "producing the data", ProduceScenario.Workers(target.Address, template, data, window), window,
            new RunLength(0, 600), target.Meter, target.Progress);
    }

    private static LoadWorker[] Consumers(
        Target target, LoadTopic topic, FetchShape shape, PreparedBatch batch, RunWindow window, bool atTail)
    {
        var version = target.Admin.Versions.Choose(ApiKey.Fetch, shape.Version);
        var template = new FetchTemplate(topic.Name, version, shape.MaxBytes, MaxWaitMs, minBytes: 1);
        return [.. Enumerable.Range(0, shape.Connections).Select(p => new FetchWorker(
            window, target.Address, template,
            new FetchPlan(p, shape.MaxBytes, batch.Bytes.Length, shape.VerifyCrc, atTail)))];
    }
}

/// <summary>Both passes at the tail.</summary>
internal sealed record TailResult(LoadResult Alone, LoadResult Produced, LoadResult Consumed)
{
    /// <summary>Server CPU that the consumers added, seconds per GB consumed.</summary>
    public double? ConsumeCpuPerGigabyte => Produced.ServerCpuSeconds is null || Consumed.Bytes == 0
        ? null
        : (Produced.ServerCpuSeconds - (Alone.ServerCpuPerGigabyte * Produced.Bytes / 1e9)) / (Consumed.Bytes / 1e9);
}
