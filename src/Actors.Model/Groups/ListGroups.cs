namespace Actors.Model.Groups;

/// <summary>Which groups to list; names are compared without regard to letter case, as Kafka does.</summary>
/// <param name="States">Names of states; empty: all.</param>
/// <param name="Types">Names of group types (<c>classic</c>, <c>consumer</c>); empty: all.</param>
public readonly record struct ListGroups(IReadOnlyList<string> States, IReadOnlyList<string> Types);

/// <summary>Answer to <see cref="ListGroups"/>.</summary>
/// <param name="Error">None, or <see cref="ErrorCode.CoordinatorLoadInProgress"/> while a partition is replayed: ask again.</param>
/// <param name="Groups">The groups.</param>
public sealed record GroupList(ErrorCode Error, IReadOnlyList<ListedGroup> Groups);

/// <summary>One group in a list.</summary>
/// <param name="GroupId">Its id.</param>
/// <param name="ProtocolType">Its protocol type, or empty.</param>
/// <param name="State">Its state.</param>
/// <param name="GroupType">Kafka's name of its type: <c>classic</c>.</param>
public readonly record struct ListedGroup(string GroupId, string ProtocolType, GroupState State, string GroupType);
