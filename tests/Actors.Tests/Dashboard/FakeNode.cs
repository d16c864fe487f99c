using System.Diagnostics.CodeAnalysis;
using Actors.Dashboard;
using Actors.Model;
using Actors.Model.Leases;
using Actors.Model.Ports;

namespace Actors.Tests.Dashboard;

/// <summary>A node as the dashboard's ports show it, with figures that a test sets.</summary>
internal sealed class FakeNode : ICatalog, ILocalPartitions, IPartitionStatistics, IListenerStatistics
{
    private readonly List<TopicDescription> _topics = [];
    private readonly Dictionary<TopicPartitionId, FakePartition> _open = [];
    private readonly Dictionary<TopicPartitionId, PartitionTraffic> _traffic = [];

    public List<ConnectionStatistics> Connections { get; } = [];

    public List<LogDirectoryStatus> Directories { get; } = [new("/var/lib/actors", 100L << 30, 60L << 30, null)];

    public List<TopicPartitionId> Opened { get; } = [];

    public ILocalTree Tree { get; set; } = new NoTree();

    public FakeGroups Groups { get; } = new();

    public NodePorts Ports => new(this, this, this, Tree, Groups, [this, .. MoreListeners]);

    public List<IListenerStatistics> MoreListeners { get; } = [];

    public string ClusterId => "MkU3OEVBNTcwNTJENDM2Qg";

    public int NodeId => 1;

    public int ControllerId => 1;

    public IReadOnlyList<NodeDescription> Nodes => [new(1, "127.0.0.1", 9092, null)];

    public IReadOnlyList<TopicDescription> Topics => [.. _topics.OrderBy(t => t.Name, StringComparer.Ordinal)];

    public int TopicCount => _topics.Count;

    public long Version { get; private set; } = 1;

    public ListenerTotals ListenerTotals { get; set; }

    public string Protocol => "kafka";

    ListenerTotals IListenerStatistics.Totals => ListenerTotals;

    public PartitionTraffic Totals => _traffic.Values.Aggregate(default(PartitionTraffic), PartitionTraffic.Add);

    public int OpenPartitions => _open.Count;

    public IReadOnlyList<LogDirectoryStatus> LogDirectories => Directories;

    public TopicDescription AddTopic(string name, int partitions, IReadOnlyDictionary<string, string>? configs = null)
    {
        var topic = new TopicDescription
        {
            Name = name,
            Id = new Guid(_topics.Count + 1, 0, 0, new byte[8]),
            IsInternal = false,
            Partitions = [.. Enumerable.Range(0, partitions).Select(_ => new PartitionDescription(1, 0, [1], [1]))],
            Configs = configs ?? new Dictionary<string, string>(),
        };
        _topics.Add(topic);
        Version++;
        return topic;
    }

    /// <summary>Records arrive and are read again.</summary>
    public void Move(TopicDescription topic, int partition, long records, long bytesIn, long bytesOut)
    {
        var id = new TopicPartitionId(topic.Id, partition);
        var open = Open(id);
        open.Move(records, bytesIn);
        _traffic[id] = _traffic.GetValueOrDefault(id) + new PartitionTraffic(records, bytesIn, 1, bytesOut, 1);
    }

    public bool TryGetTopic(string name, [NotNullWhen(true)] out TopicDescription? topic) =>
        (topic = _topics.Find(t => t.Name == name)) is not null;

    public bool TryGetTopic(ReadOnlySpan<byte> utf8Name, [NotNullWhen(true)] out TopicDescription? topic) =>
        TryGetTopic(System.Text.Encoding.UTF8.GetString(utf8Name), out topic);

    public bool TryGetTopic(Guid topicId, [NotNullWhen(true)] out TopicDescription? topic) =>
        (topic = _topics.Find(t => t.Id == topicId)) is not null;

    public bool TryGetOpen(TopicPartitionId id, [NotNullWhen(true)] out ILocalPartition? partition)
    {
        var found = _open.TryGetValue(id, out var open);
        partition = open;
        return found;
    }

    public ValueTask<PartitionOpening> OpenAsync(TopicPartitionId id, CancellationToken cancellationToken)
    {
        Opened.Add(id);
        return ValueTask.FromResult(new PartitionOpening(ErrorCode.None, Open(id)));
    }

    public long GetSizeBytes(TopicPartitionId id) => _open.TryGetValue(id, out var open) ? open.SizeBytes : 0;

    public bool TryGetTraffic(TopicPartitionId id, out PartitionTraffic traffic) => _traffic.TryGetValue(id, out traffic);

    public void CopyConnections(ICollection<ConnectionStatistics> into, int limit)
    {
        foreach (var connection in Connections.Take(limit))
        {
            into.Add(connection);
        }
    }

    private FakePartition Open(TopicPartitionId id)
    {
        if (!_open.TryGetValue(id, out var open))
        {
            _open[id] = open = new FakePartition(id);
        }

        return open;
    }

    private sealed class FakePartition(TopicPartitionId id) : ILocalPartition
    {
        private long _end;

        public long SizeBytes { get; private set; }

        public TopicPartitionId Id { get; } = id;

        public string Topic => "";

        public int LeaderEpoch => 0;

        public PartitionOffsets Offsets => new(0, _end, _end, _end);

        public PartitionLimits Limits => throw new NotSupportedException();

        public int ProducerCount => 0;
        public IReadOnlyList<Actors.Model.Producers.ProducerState> ListProducers() => [];

        public void Move(long records, long bytes)
        {
            _end += records;
            SizeBytes += bytes;
        }

        public AppendResult Append(in AppendRequest request) => throw new NotSupportedException();

        public ValueTask<ReadResult> ReadAsync(ReadRequest request, List<LeaseSlice> into, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public long EstimateBytes(long fromOffset, long toOffset) => throw new NotSupportedException();

        public bool TryPark(IProgressWaiter waiter, long token, long seenHighWatermark) => throw new NotSupportedException();

        public void Unpark(IProgressWaiter waiter, long token) => throw new NotSupportedException();

        public ValueTask<OffsetLookup> FindOffsetAsync(OffsetQuery query, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public EpochEnd FindEpochEnd(int currentLeaderEpoch, int epoch) => throw new NotSupportedException();
    }
}
