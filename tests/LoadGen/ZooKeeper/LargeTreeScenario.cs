using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using HdrHistogram;
using LoadGen.Drivers;
using LoadGen.Peers;
using LoadGen.Platform;
using LoadGen.Report;

namespace LoadGen.ZooKeeper;

/// <summary>
/// Very many znodes: what they take in memory, how long a write waits while the server takes snapshots of them, and how soon it serves them
/// again after kill -9.
/// </summary>
internal static class LargeTreeScenario
{
    private const int ValueBytes = 100;
    private const int PumpOutstanding = 500;
    private const int SampleMs = 1_200;

    /// <summary>Fills, loads and restarts a server; <paramref name="overview"/> is where a silo tells of its heap.</summary>
    public static string Run(Peer peer, string data, Uri? overview, in LargeTreeShape shape, ProgressLine progress)
    {
        var lines = new StringBuilder().AppendLine(CultureInfo.InvariantCulture, $"{peer.Name}: {shape.Znodes:N0} znodes of {ValueBytes} bytes");
        void Say(string line)
        {
            progress.Say(line);
            lines.AppendLine("  " + line);
        }

        var server = peer.Start(data, progress);
        Say($"memory of the empty server  {Memory(server, overview)}");
        var setup = new TreeSetup(server.Address, 1, ValueBytes);
        progress.Say($"creating {shape.Znodes:N0} znodes");
        var began = Stopwatch.GetTimestamp();
        setup.Fill(shape.Znodes, ValueBytes);
        var filled = Stopwatch.GetElapsedTime(began).TotalSeconds;
        Say(string.Create(CultureInfo.InvariantCulture, $"created at {shape.Znodes / filled:N0} per second"));
        Say($"memory once filled          {Memory(server, overview)}");
        Say($"a write alone               {Delays(Probe(server.Address, setup.Prefix, shape.QuietSeconds, pump: false).Select(w => w.End - w.Start))}");
        Say($"memory after those          {Memory(server, overview)}");
        for (var round = 1; round <= shape.Rounds; round++)
        {
            progress.Say("writes one by one beside others that make the server take snapshots");
            var watch = new SnapshotWatch(data);
            var writes = Probe(server.Address, setup.Prefix, shape.BusySeconds, pump: true);
            watch.Dispose();
            var beside = writes.ToLookup(w => watch.WasBetween(w.Start, w.End), w => w.End - w.Start);
            Say($"beside {PumpOutstanding} others, round {round}: no snapshot {Delays(beside[false])}");
            Say(string.Create(CultureInfo.InvariantCulture, $"       {watch.Count} snapshots in {watch.Seconds:N1} s: {Delays(beside[true])}"));
        }

        Say($"memory after those          {Memory(server, overview)}");
        Thread.Sleep(TimeSpan.FromSeconds(shape.IdleSeconds));
        Say(string.Create(CultureInfo.InvariantCulture, $"memory {shape.IdleSeconds:N0} s later          {Memory(server, overview)}"));
        server.Kill();
        server.Dispose();
        var again = peer.Start(data, progress);
        var (seconds, peakMb) = (again.StartTime.TotalSeconds, again.Process.PeakResidentBytes / 1e6);
        Say(string.Create(CultureInfo.InvariantCulture, $"start after kill -9 to ready {seconds:N2} s, peak {peakMb:N0} MB"));
        Say($"memory at ready             {Memory(again, overview)}");
        Thread.Sleep(TimeSpan.FromSeconds(shape.IdleSeconds));
        Say(string.Create(CultureInfo.InvariantCulture, $"memory {shape.IdleSeconds:N0} s later          {Memory(again, overview)}"));
        again.Kill();
        again.Dispose();
        return lines.ToString();
    }

    private static string Memory(RunningServer server, Uri? overview)
    {
        var parts = MemoryParts.Of(server.Process);
        if (overview is null)
        {
            return parts.ToString();
        }

        Thread.Sleep(SampleMs); // the page's figures are those of its last sample
        using var http = new HttpClient();
        using var answer = JsonDocument.Parse(http.GetStringAsync(overview).GetAwaiter().GetResult());
        var process = answer.RootElement.GetProperty("process");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{parts}; managed {process.GetProperty("heapBytes").GetInt64() / 1e6:N0}, committed {process.GetProperty("committedBytes").GetInt64() / 1e6:N0}");
    }

    private static string Delays(IEnumerable<long> ticks)
    {
        var delays = new LongHistogram(LoadWorker.MaxLatencyNs, 3);
        foreach (var delay in ticks)
        {
            delays.RecordValue(Math.Clamp((long)Stopwatch.GetElapsedTime(0, delay).TotalNanoseconds, 1, LoadWorker.MaxLatencyNs));
        }

        return delays.TotalCount == 0 ? "none" : string.Create(
            CultureInfo.InvariantCulture,
            $"p50 {delays.GetValueAtPercentile(50) / 1e6:N2} ms, p99 {delays.GetValueAtPercentile(99) / 1e6:N2}, p99.9 "
                + $"{delays.GetValueAtPercentile(99.9) / 1e6:N2}, longest {delays.GetMaxValue() / 1e6:N2} of {delays.TotalCount:N0}");
    }

    /// <summary>Sets one znode at a time; beside it another session sets others, many outstanding, where that is wanted.</summary>
    private static List<(long Start, long End)> Probe(EndPoint address, string prefix, double seconds, bool pump)
    {
        var writes = new List<(long Start, long End)>();
        using var stop = new CancellationTokenSource();
        var pumping = pump ? Task.Factory.StartNew(() => Pump(address, prefix, stop.Token), TaskCreationOptions.LongRunning) : Task.CompletedTask;
        var set = new RequestTemplate(TreeOperation.Set, prefix, ValueBytes);
        using var session = TreeConnection.Open(address);
        var receive = new byte[64 * 1024];
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began).TotalSeconds < seconds)
        {
            var sentAt = Stopwatch.GetTimestamp();
            set.Patch(set.Frame, ++session.Sent, 0);
            session.Send(set.Frame);
            while (session.Answered < session.Sent)
            {
                session.Receive(receive, onReply: null);
            }

            writes.Add((sentAt, Stopwatch.GetTimestamp()));
        }

        stop.Cancel();
        pumping.GetAwaiter().GetResult();
        return writes;
    }

    private static void Pump(EndPoint address, string prefix, CancellationToken stop)
    {
        var set = new RequestTemplate(TreeOperation.Set, prefix, ValueBytes);
        using var session = TreeConnection.Open(address);
        var receive = new byte[64 * 1024];
        while (!stop.IsCancellationRequested || session.Answered < session.Sent)
        {
            while (!stop.IsCancellationRequested && session.Sent - session.Answered < PumpOutstanding)
            {
                set.Patch(set.Frame, ++session.Sent, 0);
                session.Send(set.Frame);
            }

            session.Receive(receive, onReply: null);
        }
    }
}

/// <summary>How large, how long and how often.</summary>
internal readonly record struct LargeTreeShape(int Znodes, double QuietSeconds, double BusySeconds, int Rounds, double IdleSeconds);
