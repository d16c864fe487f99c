using Actors.Dashboard.Api;
using Actors.Model;
using Actors.Model.Ports;

namespace Actors.Dashboard.Sampling;

/// <summary>Rates per topic, taken while somebody watches. Not safe for several threads: the sampler's lock guards it.</summary>
internal sealed class TopicRates
{
    /// <summary>Topics looked at per sample: 1,000 (the first by name).</summary>
    public const int MaxTopics = 1000;

    /// <summary>Partitions looked at per sample: 20,000.</summary>
    public const int MaxPartitions = 20_000;

    /// <summary>Topics in one event: the 200 busiest.</summary>
    public const int MaxPerTick = 200;

    /// <summary>A topic stays in the events for this many samples after it stood still, so that its last figures arrive: 5.</summary>
    public const int SamplesAfterStill = 5;

    private readonly Dictionary<Guid, Entry> _entries = [];
    private TimeSpan _lastClock;
    private long _countedVersion = -1;
    private int _counted;

    /// <summary>Takes one sample and answers the topics that moved.</summary>
    public List<TopicInfo> Sample(NodePorts ports, TimeSpan clock)
    {
        var seconds = _lastClock == TimeSpan.Zero ? 0 : (clock - _lastClock).TotalSeconds;
        _lastClock = clock;
        var moved = new List<TopicInfo>();
        var partitionsLeft = MaxPartitions;
        var topics = ports.Catalog.Topics;
        for (var i = 0; i < topics.Count && i < MaxTopics && partitionsLeft > 0; i++)
        {
            var topic = topics[i];
            partitionsLeft -= topic.Partitions.Count;
            var traffic = TrafficOf(ports, topic);
            var known = _entries.TryGetValue(topic.Id, out var entry);
            var stood = known && entry.Traffic == traffic;
            entry = new Entry(
                traffic,
                known ? SampleHistory.Rate(entry.Traffic.RecordsIn, traffic.RecordsIn, seconds) : 0,
                known ? SampleHistory.Rate(entry.Traffic.BytesIn, traffic.BytesIn, seconds) : 0,
                known ? SampleHistory.Rate(entry.Traffic.BytesOut, traffic.BytesOut, seconds) : 0,
                stood ? Math.Min(entry.StillFor + 1, SamplesAfterStill + 1) : 0);
            _entries[topic.Id] = entry;
            if (entry.StillFor <= SamplesAfterStill)
            {
                moved.Add(Describe(ports, topic));
            }
        }

        Forget(ports.Catalog);
        if (moved.Count > MaxPerTick)
        {
            moved.Sort(static (a, b) => Busy(b).CompareTo(Busy(a)));
            moved.RemoveRange(MaxPerTick, moved.Count - MaxPerTick);
        }

        return moved;
    }

    /// <summary>One topic as of now, with the rates of the last sample.</summary>
    public TopicInfo Describe(NodePorts ports, TopicDescription topic)
    {
        long messages = 0;
        long sizeBytes = 0;
        var cold = 0;
        for (var p = 0; p < topic.Partitions.Count; p++)
        {
            if (topic.Partitions[p].LeaderId != ports.Catalog.NodeId)
            {
                continue;
            }

            var id = new TopicPartitionId(topic.Id, p);
            sizeBytes += Math.Max(0, ports.Partitions.GetSizeBytes(id));
            if (ports.Partitions.TryGetOpen(id, out var open))
            {
                var offsets = open.Offsets;
                messages += offsets.HighWatermark - offsets.LogStart;
            }
            else
            {
                cold++;
            }
        }

        _entries.TryGetValue(topic.Id, out var entry);
        return new TopicInfo(
            topic.Name,
            topic.Id,
            topic.IsInternal,
            topic.Partitions.Count,
            topic.Partitions.Count == 0 ? 0 : topic.Partitions[0].Replicas.Count,
            messages,
            cold,
            sizeBytes,
            entry.RecordsInPerSecond,
            entry.BytesInPerSecond,
            entry.BytesOutPerSecond);
    }

    /// <summary>Partitions in the catalog, counted anew only when it has changed.</summary>
    public int CountPartitions(ICatalog catalog)
    {
        var version = catalog.Version;
        if (version != _countedVersion)
        {
            _counted = catalog.Topics.Sum(t => t.Partitions.Count);
            _countedVersion = version;
        }

        return _counted;
    }

    private static double Busy(TopicInfo topic) => topic.BytesInPerSecond + topic.BytesOutPerSecond;

    private static PartitionTraffic TrafficOf(NodePorts ports, TopicDescription topic)
    {
        var sum = default(PartitionTraffic);
        for (var p = 0; p < topic.Partitions.Count; p++)
        {
            if (ports.Traffic.TryGetTraffic(new TopicPartitionId(topic.Id, p), out var traffic))
            {
                sum += traffic;
            }
        }

        return sum;
    }

    private void Forget(ICatalog catalog)
    {
        if (_entries.Count <= catalog.TopicCount)
        {
            return;
        }

        foreach (var id in _entries.Keys.Where(id => !catalog.TryGetTopic(id, out _)).ToArray())
        {
            _entries.Remove(id);
        }
    }

    private readonly record struct Entry(
        PartitionTraffic Traffic, double RecordsInPerSecond, double BytesInPerSecond, double BytesOutPerSecond, int StillFor);
}
