using System.Diagnostics.Metrics;
using Actors.Model.Ports;

namespace Actors.Dashboard.Metrics;

/// <summary>The znode tree's figures, the same that <c>mntr</c> tells.</summary>
public sealed partial class NodeMeter
{
    private void Tree()
    {
        Gauge("actors.tree.znodes", () => ReadTree(t => t.Statistics.Znodes), "{znode}", "Znodes, the built-in ones included");
        Gauge("actors.tree.ephemerals", () => ReadTree(t => t.Statistics.Ephemerals), "{znode}", "Ephemeral znodes");
        Gauge("actors.tree.data", () => ReadTree(t => t.Statistics.DataBytes), "By", "Bytes of znodes' data");
        Gauge("actors.tree.sessions", () => ReadTree(t => t.Statistics.Sessions), "{session}", "Sessions");
        Gauge("actors.tree.watches", () => ReadTree(t => t.Statistics.Watches), "{watch}", "Watches of this node's connections");
        Gauge("actors.tree.watched_paths", () => ReadTree(t => t.Statistics.WatchedPaths), "{path}", "Paths they are on");
        Gauge("actors.tree.zxid", () => ReadTree(t => t.LastZxid), null, "zxid of the command applied last");
        Gauge("actors.listener.requests.outstanding", () => Timed(t => t.Outstanding), "{request}", "Requests that wait for their answer");
        _meter.CreateObservableCounter(
            "actors.listener.requests.duration", () => Timed(t => t.SumMicros / 1e6), "s", "Time from arrival to reply, all requests together");
        _meter.CreateObservableGauge(
            "actors.listener.requests.duration_max", () => Timed(t => t.MaxMicros / 1e6), "s", "The longest of them since the process started");
    }

    private long ReadTree(Func<ILocalTree, long> read) => _status.Ports is { Tree: { IsServing: true } tree } ? read(tree) : 0;

    private IEnumerable<Measurement<T>> Timed<T>(Func<RequestTimes, T> pick)
        where T : struct =>
        _status.Ports?.ZooKeeper is { } listener
            ? [new Measurement<T>(pick(listener.Times), new KeyValuePair<string, object?>("protocol", listener.Protocol))]
            : [];
}
