using Actors.Model.Ports;
using Actors.Net;

namespace Actors.Hosting.Silo;

/// <summary>A listener's connections as the live page and the metrics read them.</summary>
/// <param name="protocol">The protocol.</param>
/// <param name="connections">The listener's connections.</param>
internal sealed class ListenerStatistics(string protocol, ConnectionSet connections) : IListenerStatistics
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

    public void CopyConnections(ICollection<ConnectionStatistics> into, int limit)
    {
        foreach (var open in connections.Describe().Take(limit))
        {
            var library = $"{open.SoftwareName} {open.SoftwareVersion}".Trim();
            into.Add(new ConnectionStatistics(
                open.Id,
                open.Remote,
                open.ClientId.Length == 0 ? null : open.ClientId,
                library.Length == 0 ? null : library,
                open.Since.ToUnixTimeMilliseconds(),
                open.BytesIn,
                open.BytesOut,
                open.RequestCount));
        }
    }
}
