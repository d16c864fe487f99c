using System.Diagnostics;
using System.Globalization;
using System.Net;
using HdrHistogram;
using LoadGen.Drivers;
using LoadGen.Peers;
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

    public static string Run(Peer peer, string data, int znodes, double quietSeconds, double busySeconds, ProgressLine progress)
    {
        var server = peer.Start(data, progress);
        var setup = new TreeSetup(server.Address, 1, ValueBytes);
        progress.Say($"creating {znodes:N0} znodes");
        var began = Stopwatch.GetTimestamp();
        setup.Fill(znodes, ValueBytes);
        var filled = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var residentFilled = server.Process.ResidentBytes;
        progress.Say("writes one by one");
        var quiet = Probe(server.Address, setup.Prefix, quietSeconds, pump: false);
        progress.Say("writes one by one beside others that make the server take snapshots");
        var snapshots = Snapshots(data).ToHashSet();
        var busy = Probe(server.Address, setup.Prefix, busySeconds, pump: true);
        var taken = Snapshots(data).Count(f => !snapshots.Contains(f));
        var residentBusy = server.Process.ResidentBytes;
        server.Kill();
        server.Dispose();
        var again = peer.Start(data, progress);
        var ready = again.StartTime.TotalSeconds;
        var residentAgain = again.Process.ResidentBytes;
        again.Kill();
        again.Dispose();
        return string.Create(CultureInfo.InvariantCulture, $"""
            {peer.Name}: {znodes:N0} znodes of {ValueBytes} bytes
              created at {znodes / filled:N0} per second
              resident {residentFilled / 1e6:N0} MB after filling, {residentBusy / 1e6:N0} MB after writing on, {residentAgain / 1e6:N0} MB started again
              start after kill -9 to ready {ready:N2} s
              a write alone        {Delays(quiet)}
              a write among others {Delays(busy)}, {taken} newer snapshots are there behind it
            """);
    }

    private static string Delays(LongHistogram delays) => string.Create(
        CultureInfo.InvariantCulture,
        $"p50 {delays.GetValueAtPercentile(50) / 1e6:N2} ms, p99 {delays.GetValueAtPercentile(99) / 1e6:N2}, p99.9 "
            + $"{delays.GetValueAtPercentile(99.9) / 1e6:N2}, longest {delays.GetMaxValue() / 1e6:N2} of {delays.TotalCount:N0}");

    /// <summary>Sets one znode at a time; beside it another session sets others, many outstanding, where that is wanted.</summary>
    private static LongHistogram Probe(EndPoint address, string prefix, double seconds, bool pump)
    {
        var delays = new LongHistogram(LoadWorker.MaxLatencyNs, 3);
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

            delays.RecordValue(Math.Clamp((long)Stopwatch.GetElapsedTime(sentAt).TotalNanoseconds, 1, LoadWorker.MaxLatencyNs));
        }

        stop.Cancel();
        pumping.GetAwaiter().GetResult();
        return delays;
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

    private static IEnumerable<string> Snapshots(string data) =>
        Directory.EnumerateFiles(data, "*", SearchOption.AllDirectories)
            .Where(f => f.Contains("snapshots/", StringComparison.Ordinal) || Path.GetFileName(f).StartsWith("snapshot.", StringComparison.Ordinal));
}
