using Actors.Dashboard.Api;

namespace Actors.Dashboard.Sampling;

/// <summary>
/// The last ten minutes of rates, one point a second, in a ring. Not safe for several threads: the sampler's lock guards it.
/// </summary>
internal sealed class SampleHistory
{
    /// <summary>Points kept: 600, ten minutes.</summary>
    public const int Capacity = 600;

    private readonly Point[] _points = new Point[Capacity];
    private int _count;
    private int _head;

    public RatesInfo LastRates { get; private set; } = RatesInfo.None;

    public double LastCpuPercent { get; private set; }

    /// <summary>The tree's rates of the last interval.</summary>
    public TreeRates LastTree { get; private set; }

    /// <summary>Adds what happened between two samples.</summary>
    public RatesInfo Add(in NodeSample before, in NodeSample now)
    {
        var seconds = (now.Clock - before.Clock).TotalSeconds;
        var rates = new RatesInfo(
            Rate(before.Partitions.RecordsIn, now.Partitions.RecordsIn, seconds),
            Rate(before.Partitions.BytesIn, now.Partitions.BytesIn, seconds),
            Rate(before.Partitions.BytesOut, now.Partitions.BytesOut, seconds),
            Rate(before.Listeners.BytesReceived, now.Listeners.BytesReceived, seconds),
            Rate(before.Listeners.BytesSent, now.Listeners.BytesSent, seconds),
            Rate(before.Listeners.Requests, now.Listeners.Requests, seconds));
        LastRates = rates;
        LastCpuPercent = seconds > 0 ? Math.Round((now.CpuTime - before.CpuTime).TotalSeconds / seconds * 100, 1) : 0;
        LastTree = TreeRates.Between(before, now, seconds);
        _points[_head] = new Point(
            now.AtMs, rates, now.Listeners.OpenConnections, LastCpuPercent, now.ResidentBytes, LastTree, now.Tree?.Sessions ?? 0);
        _head = (_head + 1) % Capacity;
        _count = Math.Min(_count + 1, Capacity);
        return rates;
    }

    public HistoryAnswer Answer()
    {
        var points = new Point[_count];
        for (var i = 0; i < _count; i++)
        {
            points[i] = _points[(_head - _count + i + Capacity) % Capacity];
        }

        return new HistoryAnswer(
            (int)NodeSampler.Interval.TotalMilliseconds,
            [.. points.Select(p => p.AtMs)],
            [.. points.Select(p => p.Rates.RecordsIn)],
            [.. points.Select(p => p.Rates.BytesIn)],
            [.. points.Select(p => p.Rates.BytesOut)],
            [.. points.Select(p => p.Rates.Requests)],
            [.. points.Select(p => p.Connections)],
            [.. points.Select(p => p.CpuPercent)],
            [.. points.Select(p => p.ResidentBytes)],
            [.. points.Select(p => p.Tree.RequestsPerSecond)],
            [.. points.Select(p => p.Tree.WritesPerSecond)],
            [.. points.Select(p => p.Tree.LatencyMs)],
            [.. points.Select(p => p.Sessions)]);
    }

    /// <summary>Per second; a counter that fell (a connection closed between two reads) counts as standing still.</summary>
    internal static double Rate(long before, long now, double seconds) =>
        seconds > 0 && now > before ? Math.Round((now - before) / seconds, 1) : 0;

    private readonly record struct Point(
        long AtMs, RatesInfo Rates, long Connections, double CpuPercent, long ResidentBytes, TreeRates Tree, int Sessions);
}
