using System.Diagnostics.Metrics;
using Actors.Dashboard.Health;
using Actors.Model;
using Actors.Model.Ports;

namespace Actors.Dashboard.Metrics;

/// <summary>
/// The meter <c>Actors</c>: the page's figures for OpenTelemetry. Everything is read when somebody collects; nothing is recorded on
/// the way of a request. <c>docs/METRICS.md</c> lists names and meanings.
/// </summary>
public sealed partial class NodeMeter : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string Name = "Actors";

    /// <summary>Topics with figures of their own: 1,000, the first by name; more would be too many series for those who store them.</summary>
    public const int MaxTopics = 1000;

    private readonly Meter _meter = new(Name);
    private readonly NodeStatus _status;

    /// <summary>Creates the instruments.</summary>
    public NodeMeter(NodeStatus status, NodeHealth health)
    {
        _status = status;
        Gauge("actors.node.ready", () => status.Phase == NodePhase.Ready ? 1 : 0, null, "1 while the node is ready");
        Gauge("actors.node.health", () => (int)health.Examine().Level, null, "0 green, 1 yellow, 2 red");
        Catalog();
        Listeners();
        Partitions();
        LogDirectories();
        Cleaner();
        Tree();
        Groups();
    }

    /// <summary>False for an instrument of another node in the same process.</summary>
    public bool Owns(Instrument instrument)
    {
        ArgumentNullException.ThrowIfNull(instrument);
        return ReferenceEquals(instrument.Meter, _meter) || instrument.Meter.Name != Name;
    }

    /// <inheritdoc />
    public void Dispose() => _meter.Dispose();

    private void Catalog()
    {
        Gauge("actors.catalog.topics", () => Read(p => p.Catalog.TopicCount), null, "Topics in the catalog");
        Gauge(
            "actors.catalog.partitions", () => Read(p => p.Catalog.Topics.Sum(t => t.Partitions.Count)), null, "Partitions in the catalog");
        Gauge("actors.partitions.open", () => Read(p => p.Traffic.OpenPartitions), null, "Partitions open on this node");
        Gauge("actors.topic.messages", () => Topics(Messages), "{record}", "Records in open partitions of a topic");
        Gauge("actors.topic.size", () => Topics(SizeBytes), "By", "Bytes on disk of a topic");
        Counter("actors.topic.records.appended", () => Topics(Traffic(t => t.RecordsIn)), "{record}", "Records appended to a topic");
        Counter("actors.topic.appended", () => Topics(Traffic(t => t.BytesIn)), "By", "Bytes appended to a topic");
        Counter("actors.topic.read", () => Topics(Traffic(t => t.BytesOut)), "By", "Bytes read from a topic");
    }

    private void Listeners()
    {
        Gauge("actors.listener.connections", () => PerListener(t => t.OpenConnections), "{connection}", "Connections open");
        Counter(
            "actors.listener.connections.accepted", () => PerListener(t => t.AcceptedConnections), "{connection}", "Connections accepted");
        Counter(
            "actors.listener.connections.refused", () => PerListener(t => t.RefusedConnections), "{connection}", "Refused at a limit");
        Counter("actors.listener.received", () => PerListener(t => t.BytesReceived), "By", "Bytes read from sockets");
        Counter("actors.listener.sent", () => PerListener(t => t.BytesSent), "By", "Bytes written to sockets");
        Counter("actors.listener.requests", () => PerListener(t => t.Requests), "{request}", "Requests answered");
        Counter(
            "actors.listener.connections.closed_by_fault", () => PerListener(t => t.ClosedByFault), "{connection}", "Ended for the peer's fault");
    }

    private void Partitions()
    {
        Counter("actors.partitions.records.appended", () => Read(p => p.Traffic.Totals.RecordsIn), "{record}", "Records appended");
        Counter("actors.partitions.appended", () => Read(p => p.Traffic.Totals.BytesIn), "By", "Bytes appended");
        Counter("actors.partitions.batches.appended", () => Read(p => p.Traffic.Totals.BatchesIn), "{batch}", "Batches appended");
        Counter("actors.partitions.read", () => Read(p => p.Traffic.Totals.BytesOut), "By", "Bytes read");
        Counter("actors.partitions.reads", () => Read(p => p.Traffic.Totals.Reads), "{read}", "Reads answered");
    }

    private void LogDirectories()
    {
        Gauge("actors.log_directory.size", () => PerDirectory(d => d.TotalBytes), "By", "Size of the file system");
        Gauge("actors.log_directory.usable", () => PerDirectory(d => d.UsableBytes), "By", "Free bytes of the file system");
        Gauge("actors.log_directory.failed", () => PerDirectory(d => d.Failure is null ? 0 : 1), null, "1 when the directory has failed");
    }

    private void Cleaner()
    {
        _meter.CreateObservableGauge("actors.cleaner.dirty_ratio", DirtyRatios, null, "Greatest dirty part of a compacted log");
        Counter("actors.cleaner.cleanings", () => PerDirectory(d => d.Cleaner.Cleanings), "{cleaning}", "Compactions finished");
        Counter("actors.cleaner.cleaned", () => PerDirectory(d => d.Cleaner.DirtyBytes), "By", "Dirty bytes compacted");
        Counter("actors.cleaner.saved", () => PerDirectory(d => d.Cleaner.BytesBefore - d.Cleaner.BytesAfter), "By", "Bytes freed");
        Gauge("actors.cleaner.last", () => PerDirectory(d => d.Cleaner.LastEndedMs / 1000), "s", "When the last compaction ended, since 1970");
        Gauge("actors.cleaner.last.elapsed", () => PerDirectory(d => d.Cleaner.LastElapsedMs), "ms", "How long the last compaction took");
        Gauge("actors.cleaner.uncleanable", () => PerDirectory(d => d.Cleaner.Uncleanable), null, "Partitions that are compacted no more");
    }

    private IEnumerable<Measurement<double>> DirtyRatios() =>
        _status.Ports?.Partitions.LogDirectories.Select(
            d => new Measurement<double>(d.Cleaner.MaxDirtyRatio, new KeyValuePair<string, object?>("path", d.Path))) ?? [];

    private static long Messages(NodePorts ports, TopicDescription topic)
    {
        long sum = 0;
        for (var p = 0; p < topic.Partitions.Count; p++)
        {
            if (ports.Partitions.TryGetOpen(new TopicPartitionId(topic.Id, p), out var open))
            {
                sum += open.Offsets.HighWatermark - open.Offsets.LogStart;
            }
        }

        return sum;
    }

    private static long SizeBytes(NodePorts ports, TopicDescription topic)
    {
        long sum = 0;
        for (var p = 0; p < topic.Partitions.Count; p++)
        {
            sum += Math.Max(0, ports.Partitions.GetSizeBytes(new TopicPartitionId(topic.Id, p)));
        }

        return sum;
    }

    private static Func<NodePorts, TopicDescription, long> Traffic(Func<PartitionTraffic, long> pick) => (ports, topic) =>
    {
        long sum = 0;
        for (var p = 0; p < topic.Partitions.Count; p++)
        {
            if (ports.Traffic.TryGetTraffic(new TopicPartitionId(topic.Id, p), out var traffic))
            {
                sum += pick(traffic);
            }
        }

        return sum;
    };

    private void Gauge(string name, Func<long> read, string? unit, string description) =>
        _meter.CreateObservableGauge(name, read, unit, description);

    private void Gauge(string name, Func<IEnumerable<Measurement<long>>> read, string? unit, string description) =>
        _meter.CreateObservableGauge(name, read, unit, description);

    private void Counter(string name, Func<long> read, string? unit, string description) =>
        _meter.CreateObservableCounter(name, read, unit, description);

    private void Counter(string name, Func<IEnumerable<Measurement<long>>> read, string? unit, string description) =>
        _meter.CreateObservableCounter(name, read, unit, description);

    private long Read(Func<NodePorts, long> read) => _status.Ports is { } ports ? read(ports) : 0;

    private IEnumerable<Measurement<long>> Topics(Func<NodePorts, TopicDescription, long> read) =>
        _status.Ports is { } ports
            ? ports.Catalog.Topics.Take(MaxTopics).Select(
                t => new Measurement<long>(read(ports, t), new KeyValuePair<string, object?>("topic", t.Name)))
            : [];

    private IEnumerable<Measurement<long>> PerListener(Func<ListenerTotals, long> pick) =>
        _status.Ports?.Listeners.Select(
            l => new Measurement<long>(pick(l.Totals), new KeyValuePair<string, object?>("protocol", l.Protocol))) ?? [];

    private IEnumerable<Measurement<long>> PerDirectory(Func<LogDirectoryStatus, long> pick) =>
        _status.Ports?.Partitions.LogDirectories.Select(
            d => new Measurement<long>(pick(d), new KeyValuePair<string, object?>("path", d.Path))) ?? [];
}
