namespace Actors.Model.Groups;

/// <summary>States of a classic group.</summary>
public enum GroupState : byte
{
    /// <summary>No members; offsets may remain.</summary>
    Empty = 0,
    /// <summary>Waits for its members to join again.</summary>
    PreparingRebalance = 1,
    /// <summary>Waits for the leader's assignment.</summary>
    CompletingRebalance = 2,
    /// <summary>Members have their assignments.</summary>
    Stable = 3,
    /// <summary>Gone, or going.</summary>
    Dead = 4,
}

/// <summary>One group with its members.</summary>
public sealed record GroupDescription
{
    /// <summary>None, or why there is no description.</summary>
    public required ErrorCode Error { get; init; }
    /// <summary>A sentence for the user where there is an error (version 6), or null.</summary>
    public string? ErrorMessage { get; init; }
    /// <summary>The group.</summary>
    public required string GroupId { get; init; }
    /// <summary>Its state; Kafka's name of it is the enum's own.</summary>
    public GroupState State { get; init; } = GroupState.Dead;
    /// <summary>Its protocol type, or empty.</summary>
    public string ProtocolType { get; init; } = "";
    /// <summary>The assignor chosen, where the group is stable; else empty.</summary>
    public string ProtocolName { get; init; } = "";
    /// <summary>The current generation.</summary>
    public int GenerationId { get; init; }
    /// <summary>The members; metadata and assignment only where the group is stable.</summary>
    public IReadOnlyList<GroupMemberDescription> Members { get; init; } = [];
}

/// <summary>One member of a group.</summary>
public sealed record GroupMemberDescription
{
    /// <summary>Its id.</summary>
    public required string MemberId { get; init; }
    /// <summary>Its <c>group.instance.id</c>, or null.</summary>
    public string? GroupInstanceId { get; init; }
    /// <summary>What the client calls itself.</summary>
    public required string ClientId { get; init; }
    /// <summary>Where it comes from.</summary>
    public required string ClientHost { get; init; }
    /// <summary>Its subscription for the assignor chosen.</summary>
    public ReadOnlyMemory<byte> Metadata { get; init; }
    /// <summary>Its assignment.</summary>
    public ReadOnlyMemory<byte> Assignment { get; init; }
}
