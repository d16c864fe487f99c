using System.Collections.Immutable;

namespace Actors.Abstractions;

/// <summary>One consumer group.</summary>
[GenerateSerializer, Immutable, Alias("actors.group-info")]
public sealed record ConsumerGroupInfo
{
    /// <summary>Its id.</summary>
    [Id(0)] public required string GroupId { get; init; }
    /// <summary>Kafka's name of its state: <c>Empty</c>, <c>PreparingRebalance</c>, <c>CompletingRebalance</c>, <c>Stable</c>, <c>Dead</c>.</summary>
    [Id(1)] public required string State { get; init; }
    /// <summary><c>consumer</c>, <c>connect</c> or another; empty where only offsets were ever committed.</summary>
    [Id(2)] public required string ProtocolType { get; init; }
    /// <summary>The assignor in use, where the group is stable; else empty.</summary>
    [Id(3)] public required string Protocol { get; init; }
    /// <summary>The current generation: rises with every rebalance.</summary>
    [Id(4)] public required int GenerationId { get; init; }
    /// <summary>The members.</summary>
    [Id(5)] public required ImmutableArray<ConsumerGroupMember> Members { get; init; }
}

/// <summary>One member of a group.</summary>
/// <param name="MemberId">Its id.</param>
/// <param name="GroupInstanceId">Its <c>group.instance.id</c>, or null.</param>
/// <param name="ClientId">What the client calls itself.</param>
/// <param name="ClientHost">Where it comes from.</param>
[GenerateSerializer, Immutable, Alias("actors.group-member")]
public sealed record ConsumerGroupMember(
    [property: Id(0)] string MemberId,
    [property: Id(1)] string? GroupInstanceId,
    [property: Id(2)] string ClientId,
    [property: Id(3)] string ClientHost);
