using System.Diagnostics;
using System.Globalization;
using LoadGen.Peers;
using LoadGen.Platform;
using LoadGen.Report;
using LoadGen.Scenarios;

namespace LoadGen.Comparison;

/// <summary>
/// Measures every row on every server, each alone on the machine in turn, and the bare loop right beside ours. A row that
/// fails is reported as failed, with its reason, and the rest goes on: the table has to show what does not work too.
/// </summary>
internal sealed class ComparisonTable(
    IReadOnlyList<Peer> peers, IReadOnlyList<LoadRow> loads, IReadOnlyList<ServerRow> servers, TableScale scale, WorkDirectory work)
{
    private readonly ProgressLine _progress = new();
    private readonly TableResults _results = new();

    /// <summary>The last peer is ours: the bare loop is measured beside it.</summary>
    public TableResults Run()
    {
        foreach (var peer in peers)
        {
            if (loads.Count > 0)
            {
                RunLoads(peer);
            }

            foreach (var row in servers)
            {
                Guard(row, peer, () => row.Measure(new RowContext(peer, work, scale, _progress)));
            }
        }

        _progress.Clear();
        return _results;
    }

    private void RunLoads(Peer peer)
    {
        const string Sub = "server";
        try
        {
            using var server = peer.Start(work.Sub(Sub), _progress);
            WarmUp(peer, server);
            foreach (var row in loads)
            {
                Guard(row, peer, () => Repeat(peer, server, row));
            }
        }
        finally
        {
            work.Drop(Sub);
        }
    }

    // Ours and the bare loop alternate, so that both meet the same moods of the machine.
    private RowFigures Repeat(Peer peer, RunningServer server, LoadRow row)
    {
        var measured = new List<RowFigures>();
        var bare = new List<RowFigures>();
        var besideBare = peer == peers[^1];
        var needsBare = row.Lines.Any(l => l.Goal.NeedsBare);
        for (var i = 0; i < scale.Repeats; i++)
        {
            var once = i == 0 ? scale : scale with { WarmUpSeconds = 0 };
            using var target = new Target(server.Address, server.Process, _progress);
            measured.Add(row.Measure(new LoadContext(peer, work, once, _progress, server, target)));
            if (besideBare && (i == 0 || needsBare) && row.MeasureBare(work, once, _progress) is { } ceiling)
            {
                bare.Add(ceiling);
            }
        }

        if (bare.Count > 0)
        {
            _results.Add(row, TableResults.Bare, RowFigures.Median(bare));
        }

        return RowFigures.Median(measured);
    }

    private void WarmUp(Peer peer, RunningServer server)
    {
        using var target = new Target(server.Address, server.Process, _progress);
        var budget = scale.Budget with { WarmUpSeconds = 0, Seconds = scale.ServerWarmUpSeconds / 3 };
        var shape = new ProduceShape { Name = $"warming {peer.Name}", TopicConfigs = TopicSettings.Unsynced };
        ProduceScenario.Run(target, shape with { BatchBytes = 64 * 1024, Connections = 2, Partitions = 2 }, budget);
        ProduceScenario.Run(
            target, shape with { RecordsPerBatch = 1, Connections = 64, Partitions = 64, EpollThreads = 1 }, budget);
        FetchScenario.Run(
            target,
            new FetchShape { Name = shape.Name, Connections = 2, DataBytes = scale.FetchBytes / 4, Data = shape },
            budget);
    }

    private void Guard(TableRow row, Peer peer, Func<RowFigures> measure)
    {
        var startedAt = Stopwatch.GetTimestamp();
        try
        {
            var figures = measure();
            _results.Add(row, peer.Name, figures);
            Tell(row, peer, startedAt, string.Join(", ", row.Lines
                .Where(l => figures.Values.ContainsKey(l.Figure))
                .Select(l => $"{figures.Values[l.Figure].ToString(l.Format, CultureInfo.InvariantCulture)} {l.Figure}")));
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            _results.Fail(row, peer.Name, fault.Message);
            Tell(row, peer, startedAt, "failed: " + fault);
        }
    }

    private void Tell(TableRow row, Peer peer, long startedAt, string text)
    {
        _progress.Clear();
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"[{row.Id}] {peer.Name}: {text}  ({Stopwatch.GetElapsedTime(startedAt).TotalSeconds:N0} s)"));
    }
}
