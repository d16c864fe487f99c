using Actors.Dashboard.Sampling;
using Actors.Model;
using Actors.Model.Ports;

namespace Actors.Dashboard.Api;

/// <summary>Topics and their partitions for the API, with bounds on how much one request may ask of the node.</summary>
/// <param name="sampler">Has the rates.</param>
public sealed class TopicReader(NodeSampler sampler)
{
    /// <summary>Most topics in one answer: 500.</summary>
    public const int MaxTopicsPerAnswer = 500;

    /// <summary>Most partitions in one answer: 1,000.</summary>
    public const int MaxPartitionsPerAnswer = 1000;

    /// <summary>Most cold partitions that one request opens to tell their offsets: 100.</summary>
    public const int MaxOpenedPerRequest = 100;

    /// <summary>One page of topics; partitions that are cold are opened to count their records, up to the bound.</summary>
    public async Task<TopicsAnswer> ListAsync(NodePorts ports, TopicQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ports);
        ArgumentNullException.ThrowIfNull(query);
        var version = ports.Catalog.Version;
        var matching = ports.Catalog.Topics
            .Where(t => query.Contains.Length == 0 || t.Name.Contains(query.Contains, StringComparison.OrdinalIgnoreCase)).ToArray();
        var page = matching.Where(t => string.CompareOrdinal(t.Name, query.After) > 0)
            .Take(Math.Clamp(query.Limit, 1, MaxTopicsPerAnswer)).ToArray();
        var toOpen = MaxOpenedPerRequest;
        foreach (var topic in page)
        {
            toOpen -= await OpenColdAsync(ports, topic, toOpen, cancellationToken).ConfigureAwait(false);
        }

        return new TopicsAnswer(version, matching.Length, [.. page.Select(t => sampler.Describe(ports, t))]);
    }

    /// <summary>One topic with its partitions.</summary>
    public async Task<TopicAnswer> ReadAsync(NodePorts ports, TopicDescription topic, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ports);
        ArgumentNullException.ThrowIfNull(topic);
        await OpenColdAsync(ports, topic, MaxOpenedPerRequest, cancellationToken).ConfigureAwait(false);
        var partitions = topic.Partitions.Take(MaxPartitionsPerAnswer)
            .Select((p, i) => Describe(ports, new TopicPartitionId(topic.Id, i), p));
        return new TopicAnswer(sampler.Describe(ports, topic), topic.Configs, [.. partitions]);
    }

    private static PartitionInfo Describe(NodePorts ports, TopicPartitionId id, PartitionDescription partition)
    {
        var isHere = partition.LeaderId == ports.Catalog.NodeId;
        ILocalPartition? open = null;
        var isOpen = isHere && ports.Partitions.TryGetOpen(id, out open);
        var offsets = isOpen ? open!.Offsets : new PartitionOffsets(-1, -1, -1, -1);
        return new PartitionInfo(
            id.Partition,
            partition.LeaderId,
            partition.LeaderEpoch,
            partition.Replicas,
            partition.InSyncReplicas,
            isOpen ? "open" : isHere ? "cold" : "remote",
            offsets.LogStart,
            offsets.HighWatermark,
            offsets.LastStable,
            offsets.LogEnd,
            isHere ? ports.Partitions.GetSizeBytes(id) : -1);
    }

    private static async Task<int> OpenColdAsync(
        NodePorts ports, TopicDescription topic, int limit, CancellationToken cancellationToken)
    {
        var opened = 0;
        for (var p = 0; p < topic.Partitions.Count && opened < limit; p++)
        {
            var id = new TopicPartitionId(topic.Id, p);
            if (topic.Partitions[p].LeaderId == ports.Catalog.NodeId && !ports.Partitions.TryGetOpen(id, out _))
            {
                // One that does not open stays "cold" here; health says why.
                await ports.Partitions.OpenAsync(id, cancellationToken).ConfigureAwait(false);
                opened++;
            }
        }

        return opened;
    }
}

/// <summary>Which topics.</summary>
/// <param name="Contains">Part of the name, in any letter case; empty: all.</param>
/// <param name="After">Names after this one.</param>
/// <param name="Limit">At most this many.</param>
public sealed record TopicQuery(string Contains, string After, int Limit);
