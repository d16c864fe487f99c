using LoadGen.Scenarios;

namespace LoadGen.Comparison;

/// <summary>Fetches of 1 MB from the page cache.</summary>
internal sealed class FetchRow(string id, string title, int connections, params FigureLine[] lines) : LoadRow(id, title)
{
    public override IReadOnlyList<FigureLine> Lines => lines;

    public override RowFigures Measure(LoadContext context) => RowFigures.Of(FetchScenario.Run(
        context.Target,
        FetchRowShape.Of($"{Id}, {context.Peer.Name}", connections, context.Scale),
        context.Scale.Budget));
}

/// <summary>Consumers at the log's end beside producers of a fixed rate.</summary>
internal sealed class TailRow(string id, string title, int connections, params FigureLine[] lines) : LoadRow(id, title)
{
    /// <summary>Server CPU that consuming adds.</summary>
    public const string ConsumeCpu = "consuming: server CPU s / GB";

    public override IReadOnlyList<FigureLine> Lines => lines;

    public override RowFigures Measure(LoadContext context)
    {
        var name = $"{Id}, {context.Peer.Name}";
        var result = FetchScenario.RunTail(context.Target, FetchRowShape.Of(name, connections, context.Scale), context.Scale.Budget);
        return new RowFigures(
            new Dictionary<string, double>
            {
                [ConsumeCpu] = result.ConsumeCpuPerGigabyte ?? double.NaN,
                [Figures.GigabytesPerSecond] = result.Consumed.GigabytesPerSecond,
            },
            [
                result.Alone with { Name = $"{name}, {result.Alone.Name}" },
                result.Produced with { Name = $"{name}, {result.Produced.Name}" },
                result.Consumed with { Name = $"{name}, {result.Consumed.Name}" },
            ]);
    }
}

/// <summary>The fetching load that both rows share.</summary>
internal static class FetchRowShape
{
    public static FetchShape Of(string name, int connections, TableScale scale) => new()
    {
        Name = name,
        Connections = connections,
        DataBytes = scale.FetchBytes,
        Data = new ProduceShape { Name = "data", TopicConfigs = TopicSettings.Unsynced },
    };
}
