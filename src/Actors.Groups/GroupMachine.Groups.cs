using Actors.Groups.Classic;
using Actors.Model;
using Actors.Model.Groups;
using Actors.Model.Machines;

namespace Actors.Groups;

/// <summary>What administrators ask: describe, list, delete.</summary>
public sealed partial class GroupMachine
{
    private const string ClassicType = "classic";

    /// <summary>Adds the groups that fit; in no order. To be called where steps are, never beside one.</summary>
    public void CopyGroups(in ListGroups request, ICollection<ListedGroup> into)
    {
        ArgumentNullException.ThrowIfNull(into);
        if (!Fits(request.Types, ClassicType))
        {
            return;
        }

        foreach (var group in _groups.Values)
        {
            if (Fits(request.States, NameOf(group.State)))
            {
                into.Add(new ListedGroup(group.Id, group.ProtocolType ?? "", group.State, ClassicType));
            }
        }
    }

    /// <summary>Adds the names of all topics that have committed offsets here.</summary>
    public void CopyTopics(ISet<string> into)
    {
        ArgumentNullException.ThrowIfNull(into);
        foreach (var group in _groups.Values)
        {
            foreach (var table in group.Offsets.Topics)
            {
                into.Add(table.Topic);
            }
        }
    }

    private static bool Fits(IReadOnlyList<string> wanted, string name) =>
        wanted.Count == 0 || wanted.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static string NameOf(GroupState state) => state switch
    {
        GroupState.Empty => nameof(GroupState.Empty),
        GroupState.PreparingRebalance => nameof(GroupState.PreparingRebalance),
        GroupState.CompletingRebalance => nameof(GroupState.CompletingRebalance),
        GroupState.Stable => nameof(GroupState.Stable),
        _ => nameof(GroupState.Dead),
    };

    private GroupDescription Describe(string groupId)
    {
        if (Find(groupId) is not { } group)
        {
            return new GroupDescription
            {
                Error = ErrorCode.GroupIdNotFound, ErrorMessage = $"Group {groupId} not found.", GroupId = groupId,
            };
        }

        var isStable = group.State == GroupState.Stable;
        return new GroupDescription
        {
            Error = ErrorCode.None,
            GroupId = groupId,
            State = group.State,
            ProtocolType = group.ProtocolType ?? "",
            ProtocolName = isStable ? group.ProtocolName ?? "" : "",
            GenerationId = group.GenerationId,
            Members = [.. group.Members.Select(m => Describe(group, m, isStable))],
        };
    }

    private static GroupMemberDescription Describe(ClassicGroup group, GroupMember member, bool isStable) => new()
    {
        MemberId = member.Id,
        GroupInstanceId = member.InstanceId,
        ClientId = member.ClientId,
        ClientHost = member.ClientHost,
        Metadata = isStable ? member.MetadataOf(group.ProtocolName) : default,
        Assignment = isStable ? member.Assignment : default,
    };

    private void Delete(string groupId, in GroupTicket ticket, ref Effects<GroupEffect> effects)
    {
        var group = Find(groupId);
        var error = group is null ? ErrorCode.GroupIdNotFound
            : group.State != GroupState.Empty ? ErrorCode.NonEmptyGroup : ErrorCode.None;
        if (error == ErrorCode.None)
        {
            RemoveGroup(group!, ref effects);
        }

        ReplyWhenWritten(ticket, error, ref effects);
    }
}
