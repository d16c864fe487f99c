using LoadGen.Protocol;
using LoadGen.Scenarios;
using static LoadGen.Comparison.Figures;

namespace LoadGen.Comparison;

/// <summary>All rows, in the order they are measured: first those that load one running server, then those that start servers.</summary>
internal static class TableRows
{
    /// <summary>Rows measured on one running, warm server.</summary>
    public static IReadOnlyList<LoadRow> Loads { get; } =
    [
        new ProduceRow("large", "256 KB batches, 1 connection, flush.messages max", Large(1), RowSync.Unsynced, LargeLines()),
        new ProduceRow(
            "large-4", "256 KB batches, 4 connections and partitions, flush.messages max", Large(4), RowSync.Unsynced, LargeLines()),
        new ProduceRow(
            "large-synced", "256 KB batches, 1 connection, synced", Large(1), RowSync.Synced,
            LargeLines()),
        new ProduceRow(
            "large-synced-4", "256 KB batches, 4 connections and partitions, synced", Large(4), RowSync.Synced,
            LargeLines()),
        new ProduceRow(
            "lz4", "lz4 batches of 256 KB before compression, 1 connection, flush.messages max",
            Large(1) with { Codec = BatchCodec.Lz4 }, RowSync.Unsynced,
            Line(RecordsPerSecond, "N0"), Line(GigabytesPerSecond, "N3"), Line(CpuPerMillion, "N3")),
        new ProduceRow(
            "64k", "64 KB batches, 1 connection, flush.messages max", Large(1) with { BatchBytes = 64 * 1024 }, RowSync.Unsynced,
            Line(RecordsPerSecond, "N0"), Line(CpuPerMillion, "N3", Goal.AtMost(0.08))),
        new ProduceRow(
            "64k-6", "64 KB batches, 6 connections and partitions, flush.messages max",
            Large(6) with { BatchBytes = 64 * 1024 }, RowSync.Unsynced,
            Line(RecordsPerSecond, "N0"), Line(CpuPerMillion, "N3", Goal.AtMost(0.08))),
        new ProduceRow(
            "10k-6", "10 KB batches, 6 connections and partitions, flush.messages max",
            Large(6) with { BatchBytes = 10 * 1024 }, RowSync.Unsynced,
            Line(RecordsPerSecond, "N0"), Line(CpuPerMillion, "N3")),
        new FetchRow(
            "fetch", "fetches of 1 MB from page cache, 4 connections", 4,
            Line(GigabytesPerSecond, "N2", Goal.AtLeastTheirs(1)), Line(CpuPerGigabyte, "N3", Goal.AtMostTheirs(1)), Line(P99, "N2")),
        new FetchRow(
            "fetch-1", "fetches of 1 MB from page cache, 1 connection", 1,
            Line(GigabytesPerSecond, "N2", Goal.AtLeastTheirs(1)), Line(CpuPerGigabyte, "N3", Goal.AtMostTheirs(1)), Line(P99, "N2")),
        new TailRow(
            "tail", "consuming at the tail, 4 partitions, 300 MB/s", 4,
            Line(TailRow.ConsumeCpu, "N3", Goal.AtMost(0.15)), Line(GigabytesPerSecond, "N2")),
        new ProduceRow(
            "small", "1 record per request, acks=all, synced, 64 connections × 5, 1,000 partitions", Small(64, 5, 1_000), RowSync.Synced,
            SmallLines()),
        new ProduceRow(
            "small-1", "1 record per request, acks=all, synced, 64 connections × 5, 1 partition", Small(64, 5, 1), RowSync.Synced,
            SmallLines()),
        new ProduceRow(
            "single", "1 record per request, acks=all, synced, 1 connection × 1", Small(1, 1, 1), RowSync.Synced,
            Line(P50, "N3", Goal.AtMostTheirs(0.6)), Line(P99, "N3"), Line(RequestsPerSecond, "N0"), Line(CpuPerRequest, "N1")),
        new ProduceRow(
            "connections", "1,000 connections × 1, 10 records per request, flush.messages max", Many(), RowSync.Unsynced, ManyLines()),
        new ProduceRow("connections-synced", "1,000 connections × 1, 10 records per request, synced", Many(), RowSync.Synced, ManyLines()),
        new LatencyRow(
            "latency", "1,000 records/s, open loop, synced (bare: fdatasync)",
            Line(P50, "N3", Goal.AtMostBarePlus(0.5, "fdatasync p50")), Line(P99, "N3", Goal.AtMostBarePlus(3, "fdatasync p99")),
            Line(P999, "N3"), Line(CpuPerRequest, "N1")),
        new ResidentRow("resident", "after all loads", Line(ResidentRow.Resident, "N0"), Line(ResidentRow.Peak, "N0")),
    ];

    /// <summary>Rows that start servers themselves, with nothing else running.</summary>
    public static IReadOnlyList<ServerRow> Servers { get; } =
    [
        new StartRow(
            "start", "start on an existing directory",
            Line(StartRow.Ready, "N2", Goal.AtMost(3)), Line(StartRow.IdleResident, "N0", Goal.AtMost(200))),
        new IdlePartitionsRow(
            "partitions", "idle partitions",
            Line(IdlePartitionsRow.Added, "N0", Goal.AtMost(100)), Line(IdlePartitionsRow.Files, "N0", Goal.AtMost(0))),
        new RestartRow(
            "restart", "kill -9 with full logs",
            Line(RestartRow.Ready, "N2", Goal.AtMost(3)), Line(RestartRow.Served, "N2")),
    ];

    private static ProduceShape Large(int connections) => new() { Name = "", Connections = connections, Partitions = connections };

    private static ProduceShape Small(int connections, int inFlight, int partitions) => new()
    {
        Name = "", Connections = connections, InFlight = inFlight, Partitions = partitions, RecordsPerBatch = 1, EpollThreads = 1,
    };

    private static ProduceShape Many() => new()
    {
        Name = "", Connections = 1_000, InFlight = 1, Partitions = 6, RecordsPerBatch = 10, EpollThreads = 1,
    };

    private static FigureLine[] LargeLines() =>
    [
        Line(RecordsPerSecond, "N0", Goal.AtLeastBare(0.8)), Line(P50, "N2"), Line(P99, "N2"), Line(P999, "N2"),
        Line(CpuPerMillion, "N3", Goal.AtMost(0.08)),
    ];

    private static FigureLine[] SmallLines() =>
    [
        Line(RequestsPerSecond, "N0", Goal.AtLeastTheirs(6)), Line(CpuPerRequest, "N1", Goal.AtMost(15)), Line(P50, "N2"), Line(P99, "N2"),
        Line(ClientCpuPerRequest, "N1"),
    ];

    private static FigureLine[] ManyLines() =>
    [
        Line(RequestsPerSecond, "N0", Goal.AtLeastTheirs(2)), Line(CpuPerRequest, "N1", Goal.AtMost(8)), Line(P50, "N2"), Line(P99, "N2"),
        Line(ClientCpuPerRequest, "N1"),
    ];

    private static FigureLine Line(string figure, string format, Goal? goal = null) => new(figure, format, goal ?? Goal.Reported);
}
