using System.Collections.Immutable;

namespace Actors.Abstractions;

/// <summary>A member that joins, or joins again, as Kafka's JoinGroup.</summary>
[GenerateSerializer, Immutable, Alias("actors.group-join")]
public sealed record GroupJoin
{
    /// <summary>The type of groups of Kafka's consumers. Members of one group agree on it.</summary>
    public const string ConsumerProtocolType = "consumer";
    /// <summary>Longest wait of one join or sync: 2 s, below the response timeout, so that a dead silo is noticed within one.</summary>
    public const int MaxMaxWaitMs = 2000;

    /// <summary>The id the group gave, or empty at first.</summary>
    [Id(0)] public required string MemberId { get; init; }
    /// <summary><c>group.instance.id</c> of a static member (KIP-345), or null.</summary>
    [Id(1)] public string? GroupInstanceId { get; init; }
    /// <summary>What the service calls itself; a new member id begins with it.</summary>
    [Id(2)] public required string ClientId { get; init; }
    /// <summary>Where it runs, as tools show it; not checked.</summary>
    [Id(3)] public string ClientHost { get; init; } = "";
    /// <summary>Kind of group; default <see cref="ConsumerProtocolType"/>.</summary>
    [Id(4)] public string ProtocolType { get; init; } = ConsumerProtocolType;
    /// <summary>The assignors the member knows, the preferred one first, with its subscription for each.</summary>
    [Id(5)] public required ImmutableArray<GroupProtocolOffer> Protocols { get; init; }
    /// <summary>Without a heartbeat for this long the member is out, in ms. From 6,000 to 1,800,000 unless the node says otherwise.</summary>
    [Id(6)] public required int SessionTimeoutMs { get; init; }
    /// <summary>How long a rebalance waits for this member to join again, in ms.</summary>
    [Id(7)] public required int RebalanceTimeoutMs { get; init; }
    /// <summary>How long this call waits for the rebalance to end, in ms; at most <see cref="MaxMaxWaitMs"/>, the default.</summary>
    [Id(8)] public int MaxWaitMs { get; init; } = MaxMaxWaitMs;
    /// <summary>Why it joins, for the node's log (KIP-800), or null.</summary>
    [Id(9)] public string? Reason { get; init; }
}

/// <summary>One assignor a member knows.</summary>
/// <param name="Name">Its name, as <c>range</c>.</param>
/// <param name="Metadata">
/// The member's subscription in Kafka's ConsumerProtocolSubscription; opaque to the group but for its list of topics. Not to be changed
/// once given.
/// </param>
[GenerateSerializer, Immutable, Alias("actors.group-protocol")]
public sealed record GroupProtocolOffer([property: Id(0)] string Name, [property: Id(1)] ReadOnlyMemory<byte> Metadata);

/// <summary>What a join came to.</summary>
[GenerateSerializer, Immutable, Alias("actors.group-joined")]
public sealed record GroupJoined
{
    /// <summary>The member's id, for every later call.</summary>
    [Id(0)] public required string MemberId { get; init; }
    /// <summary>
    /// The generation; -1: not in yet. A new member's first join only gives it an id (KIP-394), and a join whose wait is over while the
    /// rebalance goes on is answered so too. Join again under <see cref="MemberId"/>; the group has kept the place.
    /// </summary>
    [Id(1)] public required int GenerationId { get; init; }
    /// <summary>The assignor the group chose.</summary>
    [Id(2)] public string Protocol { get; init; } = "";
    /// <summary>The member that assigns.</summary>
    [Id(3)] public string LeaderId { get; init; } = "";
    /// <summary>The leader has nothing to assign: it came back as a static member, and what was assigned stands (KIP-814).</summary>
    [Id(4)] public bool SkipAssignment { get; init; }
    /// <summary>All members with their subscriptions, for the leader; else empty.</summary>
    [Id(5)] public ImmutableArray<GroupJoinedMember> Members { get; init; } = [];

    /// <summary>Whether it is a member of a generation; else it has to join again.</summary>
    public bool IsIn => GenerationId >= 0;

    /// <summary>Whether this member assigns the partitions.</summary>
    public bool IsLeader => IsIn && string.Equals(LeaderId, MemberId, StringComparison.Ordinal);
}

/// <summary>One member as its leader sees it.</summary>
/// <param name="MemberId">Its id.</param>
/// <param name="GroupInstanceId">Its <c>group.instance.id</c>, or null.</param>
/// <param name="Metadata">Its subscription for the assignor chosen.</param>
[GenerateSerializer, Immutable, Alias("actors.group-joined-member")]
public sealed record GroupJoinedMember(
    [property: Id(0)] string MemberId, [property: Id(1)] string? GroupInstanceId, [property: Id(2)] ReadOnlyMemory<byte> Metadata);
