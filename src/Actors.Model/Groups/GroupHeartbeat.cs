namespace Actors.Model.Groups;

/// <summary>A member says that it lives.</summary>
/// <param name="GroupId">The group.</param>
/// <param name="GenerationId">The generation it is in.</param>
/// <param name="MemberId">The member.</param>
/// <param name="GroupInstanceId">Its <c>group.instance.id</c>, or null.</param>
public readonly record struct GroupHeartbeat(string GroupId, int GenerationId, string MemberId, string? GroupInstanceId);
