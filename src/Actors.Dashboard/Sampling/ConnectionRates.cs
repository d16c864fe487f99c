using Actors.Dashboard.Api;
using Actors.Model.Ports;

namespace Actors.Dashboard.Sampling;

/// <summary>Rates per connection, taken while somebody watches. Not safe for several threads: the sampler's lock guards it.</summary>
internal sealed class ConnectionRates
{
    /// <summary>Connections looked at per sample and listener: 2,000.</summary>
    public const int MaxConnections = 2000;

    /// <summary>Connections in one event: the 100 busiest.</summary>
    public const int MaxPerTick = 100;

    private Dictionary<(string Protocol, long Id), Entry> _entries = [];
    private TimeSpan _lastClock;

    /// <summary>Takes one sample.</summary>
    public void Sample(NodePorts ports, TimeSpan clock)
    {
        var seconds = _lastClock == TimeSpan.Zero ? 0 : (clock - _lastClock).TotalSeconds;
        _lastClock = clock;
        var now = new Dictionary<(string, long), Entry>();
        foreach (var (protocol, connection) in All(ports))
        {
            var known = _entries.TryGetValue((protocol, connection.Id), out var before);
            now[(protocol, connection.Id)] = new Entry(
                connection.BytesReceived,
                connection.BytesSent,
                known ? SampleHistory.Rate(before.BytesReceived, connection.BytesReceived, seconds) : 0,
                known ? SampleHistory.Rate(before.BytesSent, connection.BytesSent, seconds) : 0);
        }

        _entries = now;
    }

    /// <summary>The connections as of now, busiest of the last sample first.</summary>
    public List<ConnectionInfo> Read(NodePorts ports, int limit)
    {
        var all = new List<ConnectionInfo>();
        foreach (var (protocol, connection) in All(ports))
        {
            _entries.TryGetValue((protocol, connection.Id), out var entry);
            all.Add(new ConnectionInfo(
                protocol,
                connection.Id,
                connection.RemoteAddress,
                connection.ClientId,
                connection.Library,
                connection.ConnectedAtMs,
                connection.BytesReceived,
                connection.BytesSent,
                connection.Requests,
                entry.ReceivedPerSecond,
                entry.SentPerSecond));
        }

        // Busy ones first, then by age, so that rows of idle connections keep their places.
        all.Sort(static (a, b) =>
        {
            var busy = Busy(b).CompareTo(Busy(a));
            return busy != 0 ? busy : a.Id.CompareTo(b.Id);
        });
        if (all.Count > limit)
        {
            all.RemoveRange(limit, all.Count - limit);
        }

        return all;
    }

    private static double Busy(ConnectionInfo connection) => connection.BytesReceivedPerSecond + connection.BytesSentPerSecond;

    private static IEnumerable<(string Protocol, ConnectionStatistics Connection)> All(NodePorts ports)
    {
        var into = new List<ConnectionStatistics>();
        foreach (var listener in ports.Listeners)
        {
            into.Clear();
            listener.CopyConnections(into, MaxConnections);
            foreach (var connection in into)
            {
                yield return (listener.Protocol, connection);
            }
        }
    }

    private readonly record struct Entry(long BytesReceived, long BytesSent, double ReceivedPerSecond, double SentPerSecond);
}
