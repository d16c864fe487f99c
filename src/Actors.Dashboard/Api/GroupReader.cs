using Actors.Model;
using Actors.Model.Groups;
using Actors.Model.Ports;

namespace Actors.Dashboard.Api;

/// <summary>Consumer groups for the API: state, members, committed offsets and how far they are behind.</summary>
internal static class GroupReader
{
    /// <summary>Most groups in one answer: 100.</summary>
    public const int MaxGroupsPerAnswer = 100;

    /// <summary>Most members in one answer: 1,000.</summary>
    public const int MaxMembersPerAnswer = 1000;

    /// <summary>Most partitions of one group in an answer: 1,000.</summary>
    public const int MaxPartitionsPerAnswer = 1000;

    /// <summary>Most cold partitions that one request opens to tell their end: 100.</summary>
    public const int MaxOpenedPerRequest = 100;

    /// <summary>Groups looked at to know who reads a topic: 1,000, the first by id.</summary>
    public const int MaxGroupsLooked = 1000;

    private const string ConsumerProtocol = "consumer";

    /// <summary>One page of groups.</summary>
    public static async Task<GroupsAnswer> ListAsync(NodePorts ports, string contains, string after, int limit, CancellationToken cancellationToken)
    {
        var list = ports.Groups.List(new ListGroups([], []));
        var matching = list.Groups
            .Where(g => contains.Length == 0 || g.GroupId.Contains(contains, StringComparison.OrdinalIgnoreCase)).ToArray();
        var page = matching.Where(g => string.CompareOrdinal(g.GroupId, after) > 0).Take(Math.Clamp(limit, 1, MaxGroupsPerAnswer));
        var ends = new PartitionEnds(ports, MaxOpenedPerRequest);
        var groups = new List<GroupInfo>();
        foreach (var listed in page)
        {
            var described = await DescribeAsync(ports, listed.GroupId, cancellationToken).ConfigureAwait(false);
            if (described.Error == ErrorCode.None)
            {
                var offsets = await OffsetsAsync(ports, listed.GroupId, cancellationToken).ConfigureAwait(false);
                groups.Add(await ConvertAsync(described, offsets, ends, cancellationToken).ConfigureAwait(false));
            }
        }

        return new GroupsAnswer(matching.Length, list.Error == ErrorCode.CoordinatorLoadInProgress, groups);
    }

    /// <summary>One group with its members and partitions.</summary>
    public static async Task<GroupAnswer> ReadAsync(NodePorts ports, string groupId, CancellationToken cancellationToken)
    {
        var described = await DescribeAsync(ports, groupId, cancellationToken).ConfigureAwait(false);
        if (described.Error != ErrorCode.None || described.State == GroupState.Dead)
        {
            return new GroupAnswer(OutcomeOf(described.Error), null, [], [], false);
        }

        var ends = new PartitionEnds(ports, MaxOpenedPerRequest);
        var offsets = await OffsetsAsync(ports, groupId, cancellationToken).ConfigureAwait(false);
        var rows = new SortedDictionary<(string Topic, int Partition), GroupPartitionInfo>(TopicOrder.Instance);
        foreach (var topic in offsets)
        {
            foreach (var offset in topic.Offsets)
            {
                rows[(topic.Topic, offset.Partition)] = new GroupPartitionInfo(
                    topic.Topic, offset.Partition, offset.Offset, -1, -1, -1, offset.CommittedAtMs, offset.Metadata, null);
            }
        }

        var members = described.Members.Take(MaxMembersPerAnswer).Select(m => Convert(described, m, rows)).ToArray();
        var partitions = new List<GroupPartitionInfo>();
        foreach (var row in rows.Values.Take(MaxPartitionsPerAnswer))
        {
            var end = await ends.FindAsync(row.Topic, row.Partition, cancellationToken).ConfigureAwait(false);
            partitions.Add(end is not { } known ? row : row with
            {
                LogStart = known.LogStart,
                HighWatermark = known.HighWatermark,
                Lag = row.Committed < 0 ? -1 : Math.Max(0, known.HighWatermark - row.Committed),
            });
        }

        var info = await ConvertAsync(described, offsets, ends, cancellationToken).ConfigureAwait(false);
        var isCut = rows.Count > partitions.Count || described.Members.Count > members.Length;
        return new GroupAnswer("ok", info, members, partitions, isCut);
    }

    /// <summary>The groups that have committed offsets in a topic.</summary>
    public static async Task<TopicGroupsAnswer> ListOfTopicAsync(NodePorts ports, TopicDescription topic, CancellationToken cancellationToken)
    {
        var all = ports.Groups.List(new ListGroups([], [])).Groups;
        var ends = new PartitionEnds(ports, MaxOpenedPerRequest);
        var wanted = new[] { new TopicPartitions(topic.Name, [.. Enumerable.Range(0, Math.Min(topic.Partitions.Count, MaxPartitionsPerAnswer))]) };
        var found = new List<TopicGroupInfo>();
        var looked = 0;
        for (; looked < Math.Min(all.Count, MaxGroupsLooked) && found.Count < MaxGroupsPerAnswer; looked++)
        {
            var group = all[looked];
            var offsets = await OffsetsAsync(ports, group.GroupId, cancellationToken, wanted).ConfigureAwait(false);
            TopicOffsets[] committed = [.. offsets.Select(t => t with { Offsets = [.. t.Offsets.Where(o => o.Offset >= 0)] }).Where(t => t.Offsets.Count > 0)];
            if (committed.Length > 0)
            {
                var (lag, lastCommit) = await SumAsync(committed, ends, cancellationToken).ConfigureAwait(false);
                found.Add(new TopicGroupInfo(group.GroupId, group.State.ToString(), committed.Sum(t => t.Offsets.Count), lag, lastCommit));
            }
        }

        return new TopicGroupsAnswer(looked, all.Count, found);
    }

    private static string OutcomeOf(ErrorCode error) => error switch
    {
        ErrorCode.None or ErrorCode.GroupIdNotFound => "no-group",
        ErrorCode.CoordinatorLoadInProgress => "loading",
        _ => error.ToString(),
    };

    private static Task<GroupDescription> DescribeAsync(NodePorts ports, string groupId, CancellationToken cancellationToken) =>
        GroupReply<GroupDescription>.AskAsync(waiter => ports.Groups.Describe(groupId, waiter, 0), cancellationToken);

    private static async Task<IReadOnlyList<TopicOffsets>> OffsetsAsync(
        NodePorts ports, string groupId, CancellationToken cancellationToken, IReadOnlyList<TopicPartitions>? topics = null) =>
        (await GroupReply<FetchOffsetsAnswer>.AskAsync(
            waiter => ports.Groups.FetchOffsets(new FetchOffsets { GroupId = groupId, Topics = topics }, waiter, 0), cancellationToken)
            .ConfigureAwait(false)).Topics;

    private static GroupMemberInfo Convert(
        GroupDescription group, GroupMemberDescription member, SortedDictionary<(string Topic, int Partition), GroupPartitionInfo> rows)
    {
        var assigned = group.ProtocolType == ConsumerProtocol ? MemberAssignment.TryRead(member.Assignment.Span) : null;
        foreach (var key in assigned?.Take(MaxPartitionsPerAnswer) ?? [])
        {
            rows[key] = (rows.TryGetValue(key, out var row) ? row : new GroupPartitionInfo(key.Topic, key.Partition, -1, -1, -1, -1, -1, "", null))
                with { MemberId = member.MemberId };
        }

        return new GroupMemberInfo(member.MemberId, member.GroupInstanceId, member.ClientId, member.ClientHost, assigned?.Count ?? -1);
    }

    private static async Task<GroupInfo> ConvertAsync(
        GroupDescription group, IReadOnlyList<TopicOffsets> offsets, PartitionEnds ends, CancellationToken cancellationToken)
    {
        var (lag, lastCommit) = await SumAsync(offsets, ends, cancellationToken).ConfigureAwait(false);
        return new GroupInfo(
            group.GroupId, group.State.ToString(), group.ProtocolType, group.ProtocolName, group.GenerationId, group.Members.Count, offsets.Count,
            lag, lastCommit);
    }

    /// <summary>Records behind committed offsets whose end is known (-1: none is), and when the last one was committed.</summary>
    private static async Task<(long Lag, long LastCommitAtMs)> SumAsync(
        IReadOnlyList<TopicOffsets> offsets, PartitionEnds ends, CancellationToken cancellationToken)
    {
        long lag = -1;
        long lastCommit = -1;
        var looked = 0;
        foreach (var topic in offsets)
        {
            foreach (var offset in topic.Offsets)
            {
                lastCommit = Math.Max(lastCommit, offset.CommittedAtMs);
                if (++looked <= MaxPartitionsPerAnswer
                    && await ends.FindAsync(topic.Topic, offset.Partition, cancellationToken).ConfigureAwait(false) is { } end)
                {
                    lag = Math.Max(0, lag) + Math.Max(0, end.HighWatermark - offset.Offset);
                }
            }
        }

        return (lag, lastCommit);
    }

    private sealed class TopicOrder : IComparer<(string Topic, int Partition)>
    {
        public static TopicOrder Instance { get; } = new();

        public int Compare((string Topic, int Partition) x, (string Topic, int Partition) y) =>
            string.CompareOrdinal(x.Topic, y.Topic) is not 0 and var byTopic ? byTopic : x.Partition.CompareTo(y.Partition);
    }
}
