using Actors.Model.Ports;
using Actors.Net;

namespace Actors.ZooKeeper.Listener;

/// <summary>What every connection of the listener uses.</summary>
internal sealed record ZooKeeperServices(
    ZooKeeperListenerOptions Options, ILocalTree Tree, TimeProvider Time, Func<ConnectionSet> Connections, Func<int> Port)
{
    /// <summary>How long requests took.</summary>
    public RequestLatency Latency { get; } = new();

    /// <summary>How many sessions may be opened.</summary>
    public NewSessionRate NewSessions { get; } = new(Options.MaxNewSessionsPerSecond, Time);

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
    private long _countBefore;
    private long _sumMicrosBefore;
    private long _receivedBefore;

    /// <summary>Requests answered since the start.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Requests answered since the statistics were reset.</summary>
    public long Sent => Count - Volatile.Read(ref _countBefore);

    /// <summary>Of so many requests since the start, those received since the statistics were reset.</summary>
    public long Received(long sinceStart) => sinceStart - Volatile.Read(ref _receivedBefore);

    /// <summary>Least, mean and greatest time in ms since the statistics were reset; zeros before the first request.</summary>
    public (long MinMs, double MeanMs, long MaxMs) Read()
    {
        var count = Sent;
        return count <= 0
            ? (0, 0, 0)
            : (Volatile.Read(ref _minMicros) / 1000, (Interlocked.Read(ref _sumMicros) - Volatile.Read(ref _sumMicrosBefore)) / 1000.0 / count,
                Volatile.Read(ref _maxMicros) / 1000);
    }

    /// <summary>Begins anew for four-letter words (srst); totals go on counting.</summary>
    public void Reset(long received)
    {
        Volatile.Write(ref _receivedBefore, received);
        Volatile.Write(ref _countBefore, Count);
        Volatile.Write(ref _sumMicrosBefore, Interlocked.Read(ref _sumMicros));
        Volatile.Write(ref _minMicros, long.MaxValue);
        Volatile.Write(ref _maxMicros, 0);
    }

    /// <summary>The same in microseconds, for the live page and the metrics.</summary>
    public RequestTimes Times(long received)
    {
        var count = Count;
        var least = Volatile.Read(ref _minMicros);
        return new RequestTimes(
            count, Math.Max(0, received - count), Interlocked.Read(ref _sumMicros), least == long.MaxValue ? 0 : least, Volatile.Read(ref _maxMicros));
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
