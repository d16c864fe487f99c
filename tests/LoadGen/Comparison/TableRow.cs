using LoadGen.Platform;
using LoadGen.Report;

namespace LoadGen.Comparison;

/// <summary>One row of the table, of several lines. Rows keep no state: figures go back by name.</summary>
internal abstract class TableRow(string id, string title)
{
    /// <summary>What <c>--rows</c> calls it.</summary>
    public string Id { get; } = id;

    public string Title { get; } = title;

    public abstract IReadOnlyList<FigureLine> Lines { get; }
}

/// <summary>A row that starts servers itself, with nothing else running.</summary>
internal abstract class ServerRow(string id, string title) : TableRow(id, title)
{
    public abstract RowFigures Measure(RowContext context);
}

/// <summary>A row that loads a server which runs and is warm.</summary>
internal abstract class LoadRow(string id, string title) : TableRow(id, title)
{
    public abstract RowFigures Measure(LoadContext context);

    /// <summary>Measures the bare loop in the same shape, where the row has one.</summary>
    public virtual RowFigures? MeasureBare(WorkDirectory work, TableScale scale, ProgressLine progress) => null;
}

/// <summary>What one measurement gave: figures by name, and the runs behind them for the appendix.</summary>
internal sealed record RowFigures(IReadOnlyDictionary<string, double> Values, IReadOnlyList<LoadResult> Runs)
{
    /// <summary>Figures of the bare column that were measured along with the server (the disk's own latency).</summary>
    public IReadOnlyDictionary<string, double> BareValues { get; init; } = new Dictionary<string, double>();

    /// <summary>The median of each figure over several measurements.</summary>
    public static RowFigures Median(IReadOnlyList<RowFigures> measurements) => new(
        Medians(measurements.Select(m => m.Values)), [.. measurements.SelectMany(m => m.Runs)])
    {
        BareValues = Medians(measurements.Select(m => m.BareValues)),
    };

    /// <summary>The figures every load has.</summary>
    public static RowFigures Of(LoadResult run)
    {
        var values = new Dictionary<string, double>
        {
            [Figures.RecordsPerSecond] = run.RecordsPerSecond,
            [Figures.RequestsPerSecond] = run.RequestsPerSecond,
            [Figures.GigabytesPerSecond] = run.GigabytesPerSecond,
            [Figures.P50] = run.LatencyMs(50),
            [Figures.P99] = run.LatencyMs(99),
            [Figures.P999] = run.LatencyMs(99.9),
            [Figures.ClientCpuPerRequest] = run.ClientCpuMicrosPerRequest,
        };
        Put(values, Figures.CpuPerMillion, run.ServerCpuPerMillionRecords);
        Put(values, Figures.CpuPerGigabyte, run.ServerCpuPerGigabyte);
        Put(values, Figures.CpuPerRequest, run.ServerCpuMicrosPerRequest);
        return new RowFigures(values, [run]);
    }

    private static void Put(Dictionary<string, double> values, string name, double? value)
    {
        if (value is { } known)
        {
            values[name] = known;
        }
    }

    private static Dictionary<string, double> Medians(IEnumerable<IReadOnlyDictionary<string, double>> all) =>
        all.SelectMany(v => v).GroupBy(v => v.Key, v => v.Value).ToDictionary(g => g.Key, g => Middle([.. g.Order()]));

    private static double Middle(double[] sorted) =>
        sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
}

/// <summary>Names of figures.</summary>
internal static class Figures
{
    public const string RecordsPerSecond = "records/s";
    public const string RequestsPerSecond = "requests/s";
    public const string GigabytesPerSecond = "GB/s";
    public const string P50 = "p50 ms";
    public const string P99 = "p99 ms";
    public const string P999 = "p99.9 ms";
    public const string CpuPerMillion = "server CPU s / million records";
    public const string CpuPerGigabyte = "server CPU s / GB";
    public const string CpuPerRequest = "server CPU µs / request";
    public const string ClientCpuPerRequest = "client CPU µs / request";
}
