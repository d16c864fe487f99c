using Actors.Model.Ports;
using Actors.Net;

namespace Actors.Hosting.Silo;

/// <summary>A listener's connections as the live page and the metrics read them.</summary>
/// <param name="protocol">The protocol.</param>
/// <param name="connections">The listener's connections.</param>
/// <param name="times">How long its requests took; null where it is not measured.</param>
internal sealed class ListenerStatistics(string protocol, ConnectionSet connections, Func<RequestTimes>? times = null) : IListenerStatistics
{
    public string Protocol { get; } = protocol;

    public ListenerTotals Totals => new(
        connections.OpenCount,
        connections.AcceptedCount,
        connections.RefusedCount,
        connections.BytesIn,
        connections.BytesOut,
        connections.RequestCount,
        connections.FaultCount);

    public RequestTimes Times => times?.Invoke() ?? default;

    public void CopyConnections(ICollection<ConnectionStatistics> into, int limit)
    {
        foreach (var open in connections.Describe().Take(limit))
        {
            into.Add(Convert(open));
        }
    }

    public ConnectionStatistics? Find(long connection) => connections.Find(connection) is { } open ? Convert(open) : null;

    private static ConnectionStatistics Convert(ConnectionDescription open)
    {
        var library = $"{open.SoftwareName} {open.SoftwareVersion}".Trim();
        return new ConnectionStatistics(
            open.Id,
            open.Remote,
            open.ClientId.Length == 0 ? null : open.ClientId,
            library.Length == 0 ? null : library,
            open.Since.ToUnixTimeMilliseconds(),
            open.BytesIn,
            open.BytesOut,
            open.RequestCount);
    }
}
