using LoadGen.Scenarios;

namespace LoadGen.Comparison;

/// <summary>A thousand records per second, open loop; the bare column is the disk's fdatasync in the same minutes.</summary>
internal sealed class LatencyRow(string id, string title, params FigureLine[] lines) : LoadRow(id, title)
{
    private const double PerSecond = 1_000;

    public override IReadOnlyList<FigureLine> Lines => lines;

    public override RowFigures Measure(LoadContext context)
    {
        var shape = new ProduceShape
        {
            Name = $"{Id}, {context.Peer.Name}", RecordsPerBatch = 1, TopicConfigs = context.Peer.DurableConfigs,
        };
        var result = LatencyScenario.Run(context.Target, shape, context.Scale.Budget, PerSecond, context.Work.Path);
        return RowFigures.Of(result.Load with { Notes = result.Notes }) with
        {
            BareValues = new Dictionary<string, double>
            {
                [Figures.P50] = result.SyncMs(50), [Figures.P99] = result.SyncMs(99), [Figures.P999] = result.SyncMs(99.9),
            },
        };
    }
}
