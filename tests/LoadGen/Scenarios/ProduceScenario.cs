using System.Net;
using LoadGen.Bare;
using LoadGen.Drivers;
using LoadGen.Platform;
using LoadGen.Protocol;
using LoadGen.Report;

namespace LoadGen.Scenarios;

/// <summary>Producing in any shape, against a server or against the bare loop.</summary>
internal static class ProduceScenario
{
    /// <summary>
    /// Warms up, then measures. Blocking connections write gigabytes, so each of the two has a fresh topic and the machine's
    /// dirty pages are let go between them; small requests warm up and are measured in one go on one topic.
    /// </summary>
    public static LoadResult Run(Target target, ProduceShape shape, LoadBudget budget)
    {
        if (shape.EpollThreads > 0)
        {
            return OnFreshTopic(target, shape, budget);
        }

        if (budget.WarmUpSeconds > 0)
        {
            OnFreshTopic(target, shape, budget with { Seconds = budget.WarmUpSeconds, WarmUpSeconds = 0 });
        }

        PageCache.Settle(target.Progress);
        return OnFreshTopic(target, shape, budget with { WarmUpSeconds = 0 });
    }

    /// <summary>The same load against the bare loop, on fresh files in <paramref name="directory"/>.</summary>
    public static LoadResult RunBare(string directory, BareSync sync, ProduceShape shape, LoadBudget budget, ProgressLine progress)
    {
        if (shape.EpollThreads > 0)
        {
            return OnFreshBare(directory, sync, shape, budget, progress);
        }

        if (budget.WarmUpSeconds > 0)
        {
            OnFreshBare(directory, sync, shape, budget with { Seconds = budget.WarmUpSeconds, WarmUpSeconds = 0 }, progress);
        }

        PageCache.Settle(progress);
        return OnFreshBare(directory, sync, shape, budget with { WarmUpSeconds = 0 }, progress);
    }

    /// <summary>The workers of a shape, sharing its connections and partitions out.</summary>
    public static IReadOnlyList<LoadWorker> Workers(EndPoint address, ProduceTemplate template, ProduceShape shape, RunWindow window)
    {
        if (shape.EpollThreads > 0)
        {
            return [.. Enumerable.Range(0, shape.EpollThreads)
                .Select(i => new EpollProducer(
                    window, address, template, Share(shape.Connections, shape.EpollThreads, i), shape.InFlight, shape.Partitions, i))];
        }

        return [.. Enumerable.Range(0, shape.Connections)
            .Select(i => new PipelinedProducer(window, address, template, shape.InFlight, PartitionsOf(i, shape)))];
    }

    private static LoadResult OnFreshTopic(Target target, ProduceShape shape, LoadBudget budget)
    {
        using var topic = target.NewTopic("produce", shape.Partitions, shape.TopicConfigs);
        var version = target.Admin.Versions.Choose(ApiKey.Produce, shape.Version);
        var batch = shape.Prepare();
        var window = new RunWindow(budget.MaxBytes, budget.MaxRequests);
        var workers = Workers(target.Address, new ProduceTemplate(topic.Name, version, shape.Acks, batch), shape, window);
        var result = LoadRun.Execute(
            shape.Name, workers, window, new RunLength(budget.WarmUpSeconds, budget.Seconds), target.Meter, target.Progress);
        if (shape.Acks == 0)
        {
            topic.AwaitHolds(result.TotalRecords);
        }
        else
        {
            topic.CheckHolds(result.TotalRecords);
        }

        return result with { Notes = [BatchNote(batch)] };
    }

    private static LoadResult OnFreshBare(
        string directory, BareSync sync, ProduceShape shape, LoadBudget budget, ProgressLine progress)
    {
        using var server = new BareServer(directory, shape.Connections, sync);
        var batch = shape.Prepare();
        var window = new RunWindow(budget.MaxBytes, budget.MaxRequests);
        var workers = Workers(server.Address, new ProduceTemplate("bare", BareServer.ProduceVersion, shape.Acks, batch), shape, window);
        var name = sync == BareSync.Group ? "bare loop, group fdatasync" : "bare loop";
        var result = LoadRun.Execute(name, workers, window, new RunLength(budget.WarmUpSeconds, budget.Seconds), server, progress);
        if (server.Fault is { } fault)
        {
            throw new InvalidOperationException("the bare loop failed: " + fault.Message, fault);
        }

        return result with { ServerResidentBytes = null, Notes = [BatchNote(batch)] };
    }

    private static string BatchNote(PreparedBatch batch) =>
        batch.Bytes.Length == batch.UncompressedBytes
            ? $"{batch.Records:N0} records and {batch.Bytes.Length:N0} bytes per batch"
            : $"{batch.Records:N0} records and {batch.Bytes.Length:N0} bytes per batch, {batch.UncompressedBytes:N0} before compression";

    private static int Share(int total, int parts, int index) => (total / parts) + (index < total % parts ? 1 : 0);

    // As many connections as partitions or more: one partition each. Fewer: a connection goes round its own share.
    private static int[] PartitionsOf(int connection, ProduceShape shape) =>
        shape.Connections >= shape.Partitions
            ? [connection % shape.Partitions]
            : [.. Enumerable.Range(0, shape.Partitions).Where(p => p % shape.Connections == connection)];
}
