namespace LoadGen.Comparison;

/// <summary>Resident memory of the server that has carried all the loads before.</summary>
internal sealed class ResidentRow(string id, string title, params FigureLine[] lines) : LoadRow(id, title)
{
    public const string Resident = "resident MB";
    public const string Peak = "peak resident MB";

    public override IReadOnlyList<FigureLine> Lines => lines;

    public override RowFigures Measure(LoadContext context)
    {
        Thread.Sleep(TimeSpan.FromSeconds(context.Scale.IdleSeconds));
        return new RowFigures(
            new Dictionary<string, double>
            {
                [Resident] = context.Server.Process.ResidentBytes / 1e6, [Peak] = context.Server.Process.PeakResidentBytes / 1e6,
            },
            []);
    }
}
