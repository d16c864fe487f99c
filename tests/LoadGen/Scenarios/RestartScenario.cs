using System.Diagnostics;
using LoadGen.Drivers;
using LoadGen.Peers;
using LoadGen.Protocol;
using LoadGen.Report;

namespace LoadGen.Scenarios;

/// <summary>Fills a server's logs, kills it with signal 9, starts it again and times that. Everything acknowledged must be there.</summary>
internal static class RestartScenario
{
    private const int Partitions = 8;
    private const double FillSeconds = 1_800;

    public static RestartResult Run(Peer peer, string dataDirectory, long bytes, ProgressLine progress)
    {
        var shape = new ProduceShape
        {
            Name = "filling the logs",
            Connections = 2,
            Partitions = Partitions,
            TopicConfigs = TopicSettings.Unsynced,
        };
        string topic;
        LoadResult filled;
        TimeSpan firstStart;
        using (var server = peer.Start(dataDirectory, progress))
        {
            firstStart = server.StartTime;
            using var target = new Target(server.Address, server.Process, progress);
            topic = $"loadgen-restart-{Environment.ProcessId}";
            target.Admin.Create(topic, Partitions, shape.TopicConfigs);
            filled = Fill(target, topic, shape, bytes);
            server.Kill();
        }

        var killedAt = Stopwatch.GetTimestamp();
        using var again = peer.Start(dataDirectory, progress);
        var ready = again.StartTime;
        using var after = new Target(again.Address, again.Process, progress);
        after.Admin.AwaitLeaders(topic, Partitions);
        var served = Stopwatch.GetElapsedTime(killedAt);
        var held = after.Admin.SumEndOffsets(topic, Partitions);
        return held == filled.TotalRecords
            ? new RestartResult(firstStart, ready, served, filled.Bytes, filled.TotalRecords)
            : throw new ProtocolFault($"{filled.TotalRecords} records were acknowledged before kill -9; {held} are there after it");
    }

    private static LoadResult Fill(Target target, string topic, ProduceShape shape, long bytes)
    {
        var window = new RunWindow(bytes, long.MaxValue);
        var version = target.Admin.Versions.Best(ApiKey.Produce);
        var template = new ProduceTemplate(topic, version, shape.Acks, shape.Prepare());
        return LoadRun.Execute(
            shape.Name, ProduceScenario.Workers(target.Address, template, shape, window), window,
            new RunLength(0, FillSeconds), target.Meter, target.Progress);
    }
}

/// <summary>How a restart went.</summary>
/// <param name="FirstStart">Start on an empty directory.</param>
/// <param name="Ready">From the second start command to ready.</param>
/// <param name="Served">From the second start command until every partition answered for its log.</param>
internal sealed record RestartResult(TimeSpan FirstStart, TimeSpan Ready, TimeSpan Served, long Bytes, long Records);
