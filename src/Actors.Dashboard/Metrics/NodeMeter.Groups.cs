using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Actors.Model;
using Actors.Model.Groups;
using Actors.Model.Ports;

namespace Actors.Dashboard.Metrics;

/// <summary>Consumer groups' figures.</summary>
public sealed partial class NodeMeter
{
    /// <summary>Groups with figures of their own: 1,000, the first by id.</summary>
    public const int MaxGroups = 1000;

    // What each group's offsets were when they were told last: a coordinator that syncs a commit just now tells them a moment later.
    private readonly ConcurrentDictionary<string, IReadOnlyList<TopicOffsets>> _offsets = new(StringComparer.Ordinal);

    private void Groups()
    {
        Gauge("actors.groups", GroupStates, "{group}", "Consumer groups coordinated here, by state");
        Gauge("actors.group.lag", GroupLags, "{record}", "Records behind a group's committed offsets, open partitions only");
    }

    private IEnumerable<Measurement<long>> GroupStates() =>
        _status.Ports?.Groups.List(new ListGroups([], [])).Groups
            .GroupBy(g => g.State)
            .Select(g => new Measurement<long>(g.Count(), new KeyValuePair<string, object?>("state", g.Key.ToString()))) ?? [];

    private List<Measurement<long>> GroupLags()
    {
        var lags = new List<Measurement<long>>();
        if (_status.Ports is not { } ports)
        {
            return lags;
        }

        var groups = ports.Groups.List(new ListGroups([], [])).Groups.Take(MaxGroups).Select(g => g.GroupId).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in _offsets.Keys.Where(id => !groups.Contains(id)))
        {
            _offsets.TryRemove(gone, out _);
        }

        foreach (var group in groups)
        {
            ports.Groups.FetchOffsets(new FetchOffsets { GroupId = group, Topics = null }, new OffsetsKeeper(_offsets, group), 0);
            if (_offsets.TryGetValue(group, out var topics))
            {
                lags.AddRange(topics.Select(t => (t.Topic, Lag: Lag(ports, t))).Where(t => t.Lag >= 0).Select(t => new Measurement<long>(
                    t.Lag, new KeyValuePair<string, object?>("group", group), new KeyValuePair<string, object?>("topic", t.Topic))));
            }
        }

        return lags;
    }

    private static long Lag(NodePorts ports, TopicOffsets offsets)
    {
        long lag = -1;
        if (ports.Catalog.TryGetTopic(offsets.Topic, out var topic))
        {
            foreach (var offset in offsets.Offsets)
            {
                if (offset.Offset >= 0 && ports.Partitions.TryGetOpen(new TopicPartitionId(topic.Id, offset.Partition), out var open))
                {
                    lag = Math.Max(0, lag) + Math.Max(0, open.Offsets.HighWatermark - offset.Offset);
                }
            }
        }

        return lag;
    }

    private sealed class OffsetsKeeper(ConcurrentDictionary<string, IReadOnlyList<TopicOffsets>> into, string group)
        : IGroupWaiter<FetchOffsetsAnswer>
    {
        public bool OnAnswered(long token, in FetchOffsetsAnswer answer)
        {
            if (answer.Error == ErrorCode.None)
            {
                into[group] = answer.Topics;
            }

            return false;
        }

        public void Wake()
        {
        }
    }
}
