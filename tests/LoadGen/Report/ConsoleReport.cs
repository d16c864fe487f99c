using System.Globalization;
using LoadGen.Groups;
using LoadGen.Scenarios;
using Spectre.Console;

namespace LoadGen.Report;

/// <summary>Results as a table for the eye: one column per run.</summary>
internal static class ConsoleReport
{
    private static readonly (string Label, Func<LoadResult, string?> Value)[] Lines =
    [
        ("seconds", r => Number(r.Seconds, "N2")),
        ("requests", r => Number(r.Requests, "N0")),
        ("requests/s", r => Number(r.RequestsPerSecond, "N0")),
        ("records/s", r => Number(r.RecordsPerSecond, "N0")),
        ("MB/s", r => Number(r.MegabytesPerSecond, "N1")),
        ("p50 ms", r => Number(r.LatencyMs(50), "N3")),
        ("p99 ms", r => Number(r.LatencyMs(99), "N3")),
        ("p99.9 ms", r => Number(r.LatencyMs(99.9), "N3")),
        ("max ms", r => Number(r.LatencyMs(100), "N3")),
        ("server CPU s per million records", r => Number(r.ServerCpuPerMillionRecords, "N3")),
        ("server CPU s per GB", r => Number(r.ServerCpuPerGigabyte, "N3")),
        ("server CPU µs per request", r => Number(r.ServerCpuMicrosPerRequest, "N1")),
        ("server resident MB", r => Number(r.ServerResidentBytes / 1e6, "N0")),
        ("client CPU s per million records", r => Number(r.ClientCpuPerMillionRecords, "N3")),
        ("client CPU µs per request", r => Number(r.ClientCpuMicrosPerRequest, "N1")),
    ];

    public static void Write(IReadOnlyList<LoadResult> results)
    {
        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumn("");
        foreach (var result in results)
        {
            table.AddColumn(new TableColumn(Markup.Escape(result.Name)).RightAligned());
        }

        foreach (var (label, value) in Lines)
        {
            var cells = results.Select(value).ToArray();
            if (Array.Exists(cells, c => c is not null))
            {
                table.AddRow([label, .. cells.Select(c => c ?? "")]);
            }
        }

        AnsiConsole.Write(table);
        foreach (var note in results.SelectMany(r => r.Notes.Select(n => $"{r.Name}: {n}")))
        {
            Console.WriteLine(note);
        }
    }

    public static void Write(IReadOnlyList<IdleResult> results)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("", "before", "after", "added");
        foreach (var result in results)
        {
            table.AddRow(result.What, "", "", "");
            Row(table, "resident MB", result.Before.ResidentBytes / 1e6, result.After.ResidentBytes / 1e6);
            Row(table, "anonymous MB", result.Before.AnonymousBytes / 1e6, result.After.AnonymousBytes / 1e6);
            Row(table, "open handles", result.Before.OpenFiles, result.After.OpenFiles);
            Row(table, "open files", result.Before.OpenRegularFiles, result.After.OpenRegularFiles);
            Row(table, "threads", result.Before.Threads, result.After.Threads);
        }

        AnsiConsole.Write(table);
    }

    public static void Write(RestartResult result)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("", "");
        table.AddRow("logs, GB", Number(result.Bytes / 1e9, "N2")!);
        table.AddRow("records acknowledged and found again", Number(result.Records, "N0")!);
        table.AddRow("first start, s", Number(result.FirstStart.TotalSeconds, "N2")!);
        table.AddRow("ready after kill -9, s", Number(result.Ready.TotalSeconds, "N2")!);
        table.AddRow("every partition answers, s", Number(result.Served.TotalSeconds, "N2")!);
        AnsiConsole.Write(table);
    }

    public static void Write(RebalanceResult result)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns($"{result.Members} members, {result.Partitions} partitions", "ms");
        table.AddRow("first join to its answer (the initial delay)", Number(result.DelayMs, "N0")!);
        table.AddRow("first answered join to the last assignment", Number(result.FormedMs, "N1")!);
        table.AddRow("one more member: its join to the last assignment", Number(result.JoinedMs, "N1")!);
        table.AddRow("  of that, first answered join to the last assignment", Number(result.ReassignedMs, "N1")!);
        if (result.ServerCpuSeconds is { } cpu)
        {
            table.AddRow("  of that, server CPU", Number(cpu * 1000, "N0")!);
        }

        AnsiConsole.Write(table);
    }

    private static void Row(Table table, string label, double before, double after) =>
        table.AddRow(label, Number(before, "N0")!, Number(after, "N0")!, Number(after - before, "N0")!);

    private static string? Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture);
}
