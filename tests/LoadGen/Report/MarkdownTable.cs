using System.Globalization;
using System.Text;
using LoadGen.Platform;
using LoadGen.Comparison;

namespace LoadGen.Report;

/// <summary>The comparison as Markdown: where and how it was made, the table, what failed, and every single run behind it.</summary>
internal sealed class MarkdownTable(TableResults results, IReadOnlyList<TableRow> rows, string? theirs, string? ours)
{
    private readonly StringBuilder _text = new();

    public string Write(string command, string workDirectory)
    {
        _text.AppendLine(Machine.Describe(workDirectory)).AppendLine();
        _text.AppendLine($"Command: `{command}`").AppendLine();
        _text.AppendLine("| load | figure | Apache Kafka | Actors | ratio | bare loop | of bare | target | met |");
        _text.AppendLine("|---|---|--:|--:|--:|--:|--:|---|---|");
        foreach (var row in rows)
        {
            Row(row);
        }

        _text.AppendLine();
        foreach (var ((row, column), reason) in results.Failures)
        {
            _text.AppendLine($"- `{row}` failed on {column}: {reason.ReplaceLineEndings(" ")}");
        }

        _text.AppendLine().AppendLine("Single runs:").AppendLine();
        Runs();
        return _text.ToString();
    }

    private void Row(TableRow row)
    {
        var first = true;
        foreach (var line in row.Lines)
        {
            var their = theirs is null ? null : results.Value(row, theirs, line.Figure);
            var our = ours is null ? null : results.Value(row, ours, line.Figure);
            var bare = results.Value(row, TableResults.Bare, line.Figure);
            var met = our is { } value ? line.Goal.IsMet(their, value, bare) : null;
            Cells(
                first ? row.Title : "",
                line.Figure,
                Cell(row, theirs, their, line.Format),
                Cell(row, ours, our, line.Format),
                Ratio(our, their),
                bare?.ToString(line.Format, CultureInfo.InvariantCulture) ?? "",
                Ratio(our, bare),
                line.Goal.Text,
                met switch { true => "yes", false => "**no**", null => "" });
            first = false;
        }
    }

    private string Cell(TableRow row, string? column, double? value, string format) =>
        column is null ? "" : value?.ToString(format, CultureInfo.InvariantCulture) ?? (results.HasFailed(row, column) ? "failed" : "");

    private void Runs()
    {
        _text.AppendLine("| run | s | requests/s | records/s | MB/s | p50 ms | p99 ms | p99.9 ms "
            + "| server CPU s/M records | s/GB | µs/request | resident MB | client CPU s/M records | µs/request | notes |");
        _text.AppendLine("|---|" + string.Concat(Enumerable.Repeat("--:|", 13)) + "---|");
        string?[] columns = [theirs, ours, TableResults.Bare];
        foreach (var run in rows.SelectMany(r => columns.OfType<string>().SelectMany(c => results.Runs(r, c))))
        {
            Cells(
                run.Name, Text(run.Seconds, "N1"), Text(run.RequestsPerSecond, "N0"), Text(run.RecordsPerSecond, "N0"),
                Text(run.MegabytesPerSecond, "N1"), Text(run.LatencyMs(50), "N3"), Text(run.LatencyMs(99), "N3"),
                Text(run.LatencyMs(99.9), "N3"), Text(run.ServerCpuPerMillionRecords, "N3"), Text(run.ServerCpuPerGigabyte, "N3"),
                Text(run.ServerCpuMicrosPerRequest, "N1"), Text(run.ServerResidentBytes / 1e6, "N0"),
                Text(run.ClientCpuPerMillionRecords, "N3"), Text(run.ClientCpuMicrosPerRequest, "N1"), string.Join("; ", run.Notes));
        }
    }

    private void Cells(params string[] cells) => _text.Append("| ").AppendJoin(" | ", cells).AppendLine(" |");

    private static string Ratio(double? a, double? b) =>
        a is null || b is null or 0 ? "" : (a / b).Value.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Text(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";
}
