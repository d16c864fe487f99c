namespace LoadGen.Comparison;

/// <summary>Figures by row and by column, and failures.</summary>
internal sealed class TableResults
{
    /// <summary>The bare loop's column.</summary>
    public const string Bare = "bare loop";

    private readonly Dictionary<(string Row, string Column), RowFigures> _figures = [];
    private readonly Dictionary<(string Row, string Column), string> _failures = [];

    public IEnumerable<((string Row, string Column) Place, string Reason)> Failures => _failures.Select(f => (f.Key, f.Value));

    public void Add(TableRow row, string column, RowFigures figures)
    {
        _figures[(row.Id, column)] = figures;
        if (figures.BareValues.Count > 0)
        {
            _figures[(row.Id, Bare)] = new RowFigures(figures.BareValues, []);
        }
    }

    public void Fail(TableRow row, string column, string reason) => _failures[(row.Id, column)] = reason;

    public bool HasFailed(TableRow row, string column) => _failures.ContainsKey((row.Id, column));

    public double? Value(TableRow row, string column, string figure) =>
        _figures.TryGetValue((row.Id, column), out var figures) && figures.Values.TryGetValue(figure, out var value) ? value : null;

    public IEnumerable<Report.LoadResult> Runs(TableRow row, string column) =>
        _figures.TryGetValue((row.Id, column), out var figures) ? figures.Runs : [];
}
