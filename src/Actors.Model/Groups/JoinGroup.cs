namespace Actors.Model.Groups;

/// <summary>A member joins or joins again.</summary>
public sealed record JoinGroup
{
    /// <summary>The group.</summary>
    public required string GroupId { get; init; }
    /// <summary>The id the coordinator gave, or empty at first.</summary>
    public required string MemberId { get; init; }
    /// <summary><c>group.instance.id</c> of a static member (KIP-345), or null.</summary>
    public string? GroupInstanceId { get; init; }
    /// <summary>What the client calls itself; a new member id begins with it.</summary>
    public required string ClientId { get; init; }
    /// <summary>Where the client comes from, as Kafka shows it: <c>/127.0.0.1</c>.</summary>
    public required string ClientHost { get; init; }
    /// <summary><c>consumer</c>, <c>connect</c> or any other; members of one group agree on it.</summary>
    public required string ProtocolType { get; init; }
    /// <summary>The assignors the member knows, the preferred one first, with its subscription for each.</summary>
    public required IReadOnlyList<GroupProtocol> Protocols { get; init; }
    /// <summary>Without a heartbeat for this long a member is out, in ms.</summary>
    public required int SessionTimeoutMs { get; init; }
    /// <summary>How long a rebalance waits for this member to join again, in ms; -1 (version 0): the session timeout.</summary>
    public required int RebalanceTimeoutMs { get; init; }
    /// <summary>
    /// Version 4 and above: a dynamic member without an id is only given one (<see cref="ErrorCode.MemberIdRequired"/>, KIP-394).
    /// </summary>
    public required bool RequiresMemberId { get; init; }
    /// <summary>
    /// Version 9 and above: a static leader that returns to a stable group is told to leave the assignment alone (KIP-814).
    /// </summary>
    public bool CanSkipAssignment { get; init; }
    /// <summary>
    /// The id that a member without one gets, chosen by whoever asks for it and used once, so that a static member whose join is parked can
    /// ask again as itself; null: the coordinator makes one.
    /// </summary>
    public string? NewMemberId { get; init; }
    /// <summary>Why it joins, for the log (KIP-800), or null.</summary>
    public string? Reason { get; init; }
}

/// <summary>One assignor a member knows.</summary>
/// <param name="Name">Its name: <c>range</c>, <c>cooperative-sticky</c>.</param>
/// <param name="Metadata">The member's subscription, opaque to the coordinator but for its list of topics.</param>
public readonly record struct GroupProtocol(string Name, ReadOnlyMemory<byte> Metadata);

/// <summary>Answer to a <see cref="JoinGroup"/>.</summary>
public sealed record JoinGroupAnswer
{
    /// <summary>None or why the member is not in.</summary>
    public required ErrorCode Error { get; init; }
    /// <summary>The generation, or -1.</summary>
    public int GenerationId { get; init; } = -1;
    /// <summary>The group's protocol type, or null on errors.</summary>
    public string? ProtocolType { get; init; }
    /// <summary>The assignor chosen, or null on errors (before version 7: empty).</summary>
    public string? ProtocolName { get; init; }
    /// <summary>Member id of the leader, or empty.</summary>
    public string LeaderId { get; init; } = "";
    /// <summary>The leader need not assign (version 9).</summary>
    public bool SkipAssignment { get; init; }
    /// <summary>The member's own id.</summary>
    public required string MemberId { get; init; }
    /// <summary>All members with their subscriptions, for the leader only.</summary>
    public IReadOnlyList<JoinedMember> Members { get; init; } = [];
}

/// <summary>One member as its leader sees it.</summary>
/// <param name="MemberId">Its id.</param>
/// <param name="GroupInstanceId">Its <c>group.instance.id</c>, or null.</param>
/// <param name="Metadata">Its subscription for the assignor chosen.</param>
public readonly record struct JoinedMember(string MemberId, string? GroupInstanceId, ReadOnlyMemory<byte> Metadata);
