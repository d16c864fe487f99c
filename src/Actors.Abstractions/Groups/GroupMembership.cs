namespace Actors.Abstractions;

/// <summary>Who calls, in which generation of its group: what fences a member that has been replaced.</summary>
/// <param name="MemberId">The id the group gave.</param>
/// <param name="GenerationId">The generation joined.</param>
/// <param name="GroupInstanceId">Its <c>group.instance.id</c>, or null.</param>
[GenerateSerializer, Immutable, Alias("actors.group-membership")]
public sealed record GroupMembership(
    [property: Id(0)] string MemberId, [property: Id(1)] int GenerationId, [property: Id(2)] string? GroupInstanceId = null);
