using Actors.Model.Ports;
using Actors.Net;

namespace Actors.ZooKeeper.Listener;

/// <summary>What every connection of the listener uses.</summary>
internal sealed record ZooKeeperServices(
    ZooKeeperListenerOptions Options, ILocalTree Tree, TimeProvider Time, Func<ConnectionSet> Connections, Func<int> Port)
{
    /// <summary>How long requests took.</summary>
    public RequestLatency Latency { get; } = new();

    /// <summary>When the listener was made.</summary>
    public DateTimeOffset Since { get; } = Time.GetUtcNow();
}

/// <summary>How long requests took from their arrival to their reply, as four-letter words tell it. Any thread.</summary>
internal sealed class RequestLatency
{
    private long _count;
    private long _sumMicros;
    private long _minMicros = long.MaxValue;
    private long _maxMicros;

    /// <summary>Requests answered.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Least, mean and greatest time in ms; zeros before the first request.</summary>
    public (long MinMs, double MeanMs, long MaxMs) Read()
    {
        var count = Count;
        return count == 0
            ? (0, 0, 0)
            : (Volatile.Read(ref _minMicros) / 1000, Interlocked.Read(ref _sumMicros) / 1000.0 / count, Volatile.Read(ref _maxMicros) / 1000);
    }

    /// <summary>The same in microseconds, for the live page and the metrics.</summary>
    public RequestTimes Times(long received)
    {
        var count = Count;
        return new RequestTimes(
            count, Math.Max(0, received - count), Interlocked.Read(ref _sumMicros), count == 0 ? 0 : Volatile.Read(ref _minMicros),
            Volatile.Read(ref _maxMicros));
    }

    /// <summary>A request was answered.</summary>
    public void Note(TimeSpan took)
    {
        var micros = (long)took.TotalMicroseconds;
        Interlocked.Increment(ref _count);
        Interlocked.Add(ref _sumMicros, micros);
        if (micros < Volatile.Read(ref _minMicros))
        {
            Volatile.Write(ref _minMicros, micros);
        }

        if (micros > Volatile.Read(ref _maxMicros))
        {
            Volatile.Write(ref _maxMicros, micros);
        }
    }
}
