namespace Actors.Dashboard.Api;

/// <summary>Answer of <c>GET /api/v1/groups</c>.</summary>
/// <param name="Count">Groups that match, of which <paramref name="Groups"/> is one page.</param>
/// <param name="IsLoading">A coordinator still reads its log: some groups may not be told yet.</param>
/// <param name="Groups">The page, in ordinal order of id.</param>
public sealed record GroupsAnswer(int Count, bool IsLoading, IReadOnlyList<GroupInfo> Groups);

/// <summary>One consumer group.</summary>
/// <param name="GroupId">Its id.</param>
/// <param name="State">Kafka's name of its state.</param>
/// <param name="ProtocolType">Its protocol type: <c>consumer</c>, or another client's own; empty if it has had no member.</param>
/// <param name="Assignor">The assignor chosen, or empty.</param>
/// <param name="Generation">The generation.</param>
/// <param name="Members">Its members.</param>
/// <param name="Topics">Topics with committed offsets.</param>
/// <param name="Lag">Records behind its committed offsets, over all partitions whose end is known; -1 if none is.</param>
/// <param name="LastCommitAtMs">When it committed last, milliseconds since 1970, or -1.</param>
public sealed record GroupInfo(
    string GroupId, string State, string ProtocolType, string Assignor, int Generation, int Members, int Topics, long Lag,
    long LastCommitAtMs);

/// <summary>Answer of <c>GET /api/v1/group?id=ID</c>.</summary>
/// <param name="Outcome"><c>ok</c>, <c>no-group</c>, <c>loading</c>, or the name of another error.</param>
/// <param name="Group">The group as in the list, or null.</param>
/// <param name="Members">Its members, up to <see cref="GroupReader.MaxMembersPerAnswer"/>.</param>
/// <param name="Partitions">Committed offsets and assigned partitions, up to <see cref="GroupReader.MaxPartitionsPerAnswer"/>.</param>
/// <param name="IsCut">Whether there are more of either.</param>
public sealed record GroupAnswer(
    string Outcome, GroupInfo? Group, IReadOnlyList<GroupMemberInfo> Members, IReadOnlyList<GroupPartitionInfo> Partitions, bool IsCut);

/// <summary>One member.</summary>
/// <param name="MemberId">Its id.</param>
/// <param name="InstanceId">Its <c>group.instance.id</c>, or null.</param>
/// <param name="ClientId">What the client calls itself.</param>
/// <param name="Host">Where it comes from.</param>
/// <param name="Partitions">Partitions assigned to it; -1 if its assignment cannot be read.</param>
public sealed record GroupMemberInfo(string MemberId, string? InstanceId, string ClientId, string Host, int Partitions);

/// <summary>Where a group stands in one partition. Offsets are -1 where they are not known.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Partition">The partition.</param>
/// <param name="Committed">The committed offset.</param>
/// <param name="LogStart">First offset kept.</param>
/// <param name="HighWatermark">End of what is committed to the log.</param>
/// <param name="Lag">Records between the committed offset and the end.</param>
/// <param name="CommittedAtMs">When it was committed, milliseconds since 1970.</param>
/// <param name="Metadata">The client's note.</param>
/// <param name="MemberId">The member that reads it, or null.</param>
public sealed record GroupPartitionInfo(
    string Topic, int Partition, long Committed, long LogStart, long HighWatermark, long Lag, long CommittedAtMs, string Metadata,
    string? MemberId);

/// <summary>Answer of <c>GET /api/v1/topics/NAME/groups</c>: groups that have committed offsets in a topic.</summary>
/// <param name="Looked">Groups looked at, at most <see cref="GroupReader.MaxGroupsLooked"/>.</param>
/// <param name="Count">Groups coordinated here.</param>
/// <param name="Groups">Those that have offsets in the topic, up to <see cref="GroupReader.MaxGroupsPerAnswer"/>.</param>
public sealed record TopicGroupsAnswer(int Looked, int Count, IReadOnlyList<TopicGroupInfo> Groups);

/// <summary>Where a group stands in one topic.</summary>
/// <param name="GroupId">Its id.</param>
/// <param name="State">Kafka's name of its state.</param>
/// <param name="Partitions">Partitions with a committed offset.</param>
/// <param name="Lag">Records behind them, over all partitions whose end is known; -1 if none is.</param>
/// <param name="LastCommitAtMs">When it committed last, milliseconds since 1970, or -1.</param>
public sealed record TopicGroupInfo(string GroupId, string State, int Partitions, long Lag, long LastCommitAtMs);
