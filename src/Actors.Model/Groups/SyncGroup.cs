namespace Actors.Model.Groups;

/// <summary>The leader brings the assignments, a follower asks for its own.</summary>
public sealed record SyncGroup
{
    /// <summary>The group.</summary>
    public required string GroupId { get; init; }
    /// <summary>The generation joined.</summary>
    public required int GenerationId { get; init; }
    /// <summary>The member.</summary>
    public required string MemberId { get; init; }
    /// <summary>Its <c>group.instance.id</c>, or null.</summary>
    public string? GroupInstanceId { get; init; }
    /// <summary>The protocol type it believes in (version 5), or null: not checked.</summary>
    public string? ProtocolType { get; init; }
    /// <summary>The assignor it believes in (version 5), or null: not checked.</summary>
    public string? ProtocolName { get; init; }
    /// <summary>The assignments, from the leader; empty from a follower.</summary>
    public required IReadOnlyList<GroupAssignment> Assignments { get; init; }
}

/// <summary>What one member is assigned.</summary>
/// <param name="MemberId">The member.</param>
/// <param name="Assignment">Its assignment, opaque to the coordinator.</param>
public readonly record struct GroupAssignment(string MemberId, ReadOnlyMemory<byte> Assignment);

/// <summary>Answer to a <see cref="SyncGroup"/>.</summary>
/// <param name="Error">None or why there is no assignment.</param>
/// <param name="ProtocolType">The group's protocol type, or null on errors.</param>
/// <param name="ProtocolName">The assignor chosen, or null on errors.</param>
/// <param name="Assignment">The member's assignment, empty on errors.</param>
public sealed record SyncGroupAnswer(ErrorCode Error, string? ProtocolType, string? ProtocolName, ReadOnlyMemory<byte> Assignment);
