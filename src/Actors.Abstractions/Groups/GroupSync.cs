using System.Collections.Immutable;

namespace Actors.Abstractions;

/// <summary>The leader brings what it assigned, a follower asks for its part, as Kafka's SyncGroup.</summary>
[GenerateSerializer, Immutable, Alias("actors.group-sync")]
public sealed record GroupSync
{
    /// <summary>Who asks, in which generation.</summary>
    [Id(0)] public required GroupMembership Member { get; init; }
    /// <summary>Kind of group; default <see cref="GroupJoin.ConsumerProtocolType"/>.</summary>
    [Id(1)] public string ProtocolType { get; init; } = GroupJoin.ConsumerProtocolType;
    /// <summary>The assignor that the join named.</summary>
    [Id(2)] public required string Protocol { get; init; }
    /// <summary>One per member, from the leader; else empty.</summary>
    [Id(3)] public ImmutableArray<GroupMemberAssignment> Assignments { get; init; } = [];
    /// <summary>How long this call waits for the leader, in ms; at most <see cref="GroupJoin.MaxMaxWaitMs"/>, the default.</summary>
    [Id(4)] public int MaxWaitMs { get; init; } = GroupJoin.MaxMaxWaitMs;
}

/// <summary>What one member is assigned.</summary>
/// <param name="MemberId">The member.</param>
/// <param name="Assignment">Its partitions in Kafka's ConsumerProtocolAssignment. Not to be changed once given.</param>
[GenerateSerializer, Immutable, Alias("actors.group-assignment")]
public sealed record GroupMemberAssignment([property: Id(0)] string MemberId, [property: Id(1)] ReadOnlyMemory<byte> Assignment);

/// <summary>What a sync came to.</summary>
/// <param name="IsAssigned">False: the wait is over and the leader has not assigned yet. Ask again.</param>
/// <param name="Assignment">The member's partitions in Kafka's ConsumerProtocolAssignment; empty: none.</param>
[GenerateSerializer, Immutable, Alias("actors.group-synced")]
public sealed record GroupSynced([property: Id(0)] bool IsAssigned, [property: Id(1)] ReadOnlyMemory<byte> Assignment);
