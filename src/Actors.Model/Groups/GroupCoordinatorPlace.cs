namespace Actors.Model.Groups;

/// <summary>Where a group's coordinator is.</summary>
/// <param name="Error">
/// None; <see cref="ErrorCode.InvalidGroupId"/> is never answered here (an empty id has a coordinator too);
/// <see cref="ErrorCode.CoordinatorNotAvailable"/> while the partition has no leader or its topic cannot be created.
/// </param>
/// <param name="NodeId">The node, or -1.</param>
/// <param name="Partition">The partition of <c>__consumer_offsets</c>, or -1.</param>
public readonly record struct GroupCoordinatorPlace(ErrorCode Error, int NodeId, int Partition);
