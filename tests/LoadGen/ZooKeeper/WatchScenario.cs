using System.Diagnostics;
using System.Net;
using HdrHistogram;
using LoadGen.Drivers;
using LoadGen.Platform;
using LoadGen.Protocol;

namespace LoadGen.ZooKeeper;

/// <summary>What telling many watchers of one znode came to.</summary>
/// <param name="Watchers">Sessions that watch.</param>
/// <param name="Rounds">Changes that were told to all of them.</param>
/// <param name="AllToldNs">From sending the change to the last watcher's event.</param>
/// <param name="Seconds">Time of all rounds.</param>
/// <param name="ServerCpuSeconds">CPU of the server in it, where known.</param>
internal sealed record WatchResult(int Watchers, long Rounds, LongHistogram AllToldNs, double Seconds, double? ServerCpuSeconds)
{
    public long Events => Watchers * Rounds;
    public double EventsPerSecond => Events / Seconds;
    public double? ServerCpuMicrosPerEvent => ServerCpuSeconds / Events * 1e6;
    public double AllToldMs(double percentile) => AllToldNs.GetValueAtPercentile(percentile) / 1e6;
}

/// <summary>One writer sets a znode, many sessions watch it and register again with each event; one thread plays all of them.</summary>
internal sealed class WatchScenario : IDisposable
{
    private const int ReceiveBytes = 64 * 1024;
    private const int WaitMs = 100;
    private const int PatienceMs = 60_000;
    private const double PingSeconds = 10; // as the Java client with a timeout of 30 s

    /// <summary>Length, xid -2, type 11.</summary>
    private static readonly byte[] s_ping = [0, 0, 0, 8, 0xff, 0xff, 0xff, 0xfe, 0, 0, 0, 11];

    private readonly TreeConnection _writer;
    private readonly TreeConnection[] _watchers;
    private readonly RequestTemplate _set;
    private readonly RequestTemplate _watch;
    private readonly Epoll _epoll = new();
    private readonly byte[] _receive = new byte[ReceiveBytes];

    private WatchScenario(EndPoint address, string prefix, int watchers)
    {
        _set = new RequestTemplate(TreeOperation.Set, prefix, 100);
        _watch = new RequestTemplate(TreeOperation.Get, prefix, 100, watch: true);
        _writer = TreeConnection.Open(address);
        _watchers = [.. Enumerable.Range(0, watchers).Select(_ => TreeConnection.Open(address))];
        for (var i = 0; i < watchers; i++)
        {
            _epoll.Add(_watchers[i].Socket.Fd, i);
        }
    }

    public static WatchResult Run(EndPoint address, IServerMeter? server, int watchers, double warmUpSeconds, double seconds)
    {
        using var setup = new TreeSetup(address, znodes: 1, valueBytes: 100);
        using var scenario = new WatchScenario(address, setup.Prefix, watchers);
        foreach (var watcher in scenario._watchers)
        {
            scenario.Register(watcher);
        }

        scenario.Await(w => w.Answered == w.Sent);
        scenario.Rounds(warmUpSeconds, null);
        var told = new LongHistogram(LoadWorker.MaxLatencyNs, 3);
        var cpu = server?.CpuSeconds ?? 0;
        var startedAt = Stopwatch.GetTimestamp();
        var rounds = scenario.Rounds(seconds, told);
        var took = Stopwatch.GetElapsedTime(startedAt).TotalSeconds;
        return new WatchResult(watchers, rounds, told, took, server is null ? null : server.CpuSeconds - cpu);
    }

    /// <summary>Watchers of a znode that nobody changes, each pinged as clients ping: the server's CPU, in per cent of a core.</summary>
    public static double RunIdle(EndPoint address, IServerMeter server, int watchers, double seconds)
    {
        using var setup = new TreeSetup(address, znodes: 1, valueBytes: 100);
        using var scenario = new WatchScenario(address, setup.Prefix, watchers);
        Array.ForEach(scenario._watchers, scenario.Register);
        scenario.Await(w => w.Answered == w.Sent);
        var cpu = server.CpuSeconds;
        var began = Stopwatch.GetTimestamp();
        for (var next = 0; Stopwatch.GetElapsedTime(began).TotalSeconds is var at && at < seconds;)
        {
            for (var due = (int)(at / PingSeconds * watchers); next < due; next++)
            {
                scenario._watchers[next % watchers].Send(s_ping);
            }

            Thread.Sleep(WaitMs);
        }

        return (server.CpuSeconds - cpu) / Stopwatch.GetElapsedTime(began).TotalSeconds * 100;
    }

    public void Dispose()
    {
        _writer.Dispose();
        Array.ForEach(_watchers, w => w.Dispose());
        _epoll.Dispose();
    }

    private long Rounds(double seconds, LongHistogram? told)
    {
        var rounds = 0L;
        var startedAt = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(startedAt).TotalSeconds < seconds)
        {
            var expected = _watchers[0].Events + 1;
            var sentAt = Stopwatch.GetTimestamp();
            _set.Patch(_set.Frame, ++_writer.Sent, 0);
            _writer.Send(_set.Frame);
            Await(w => w.Events == expected);
            told?.RecordValue(Math.Clamp((long)Stopwatch.GetElapsedTime(sentAt).TotalNanoseconds, 1, LoadWorker.MaxLatencyNs));
            Await(w => w.Answered == w.Sent);
            while (_writer.Answered < _writer.Sent)
            {
                _writer.Receive(_receive, onReply: null);
            }

            rounds++;
        }

        return rounds;
    }

    private void Register(TreeConnection watcher)
    {
        _watch.Patch(_watch.Frame, ++watcher.Sent, 0);
        watcher.Send(_watch.Frame);
    }

    private void Await(Func<TreeConnection, bool> reached)
    {
        var left = _watchers.Count(w => !reached(w));
        var lastEventAt = Stopwatch.GetTimestamp();
        while (left > 0)
        {
            var events = _epoll.Wait(WaitMs);
            for (var i = 0; i < events; i++)
            {
                var watcher = _watchers[_epoll.Token(i)];
                var (was, told) = (reached(watcher), watcher.Events);
                watcher.Receive(_receive, onReply: null);
                left -= !was && reached(watcher) ? 1 : 0;
                if (watcher.Events > told)
                {
                    Register(watcher);
                }
            }

            if (events > 0)
            {
                lastEventAt = Stopwatch.GetTimestamp();
            }
            else if (Stopwatch.GetElapsedTime(lastEventAt).TotalMilliseconds > PatienceMs)
            {
                throw new ProtocolFault($"{left} watchers have heard nothing for {PatienceMs / 1000} s");
            }
        }
    }
}
