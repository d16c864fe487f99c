namespace Actors.Model.Groups;

/// <summary>Members leave; before version 3 of the protocol there is one.</summary>
/// <param name="GroupId">The group.</param>
/// <param name="Members">Who leaves.</param>
public sealed record LeaveGroup(string GroupId, IReadOnlyList<LeavingMember> Members);

/// <summary>One member that leaves.</summary>
/// <param name="MemberId">Its id; empty: the static member of this instance id is removed, whoever it is (an administrator asks).</param>
/// <param name="GroupInstanceId">Its <c>group.instance.id</c>, or null.</param>
/// <param name="Reason">Why, for the log (KIP-800), or null.</param>
public readonly record struct LeavingMember(string MemberId, string? GroupInstanceId, string? Reason);

/// <summary>Answer to a <see cref="LeaveGroup"/>.</summary>
/// <param name="Error">None, or an error of the whole request (then there are no members). A listener below version 3 tells the only member's error.</param>
/// <param name="Members">One answer per member, in the order of the request.</param>
public sealed record LeaveGroupAnswer(ErrorCode Error, IReadOnlyList<LeftMember> Members);

/// <summary>Outcome for one member that wanted to leave.</summary>
/// <param name="MemberId">As asked.</param>
/// <param name="GroupInstanceId">As asked.</param>
/// <param name="Error">None, or <see cref="ErrorCode.UnknownMemberId"/>, or <see cref="ErrorCode.FencedInstanceId"/>.</param>
public readonly record struct LeftMember(string MemberId, string? GroupInstanceId, ErrorCode Error);
