using Actors.Groups.Classic;
using Actors.Model.Groups;

namespace Actors.Groups.Records;

/// <summary>
/// Kafka's record of a classic group, as its group coordinator writes it (GroupMetadataKey, GroupMetadataValue). A tombstone (no value)
/// forgets the group. Integers are big-endian.
/// <code>
/// key    i16 type 2, STRING group
/// value  i16 version 3, STRING protocol type (empty: none), i32 generation, NULLABLE_STRING assignor, NULLABLE_STRING leader,
///        i64 time of the state (-1: unknown), members as an array (i32 count) of
///          STRING member id, NULLABLE_STRING instance id, STRING client id, STRING client host, i32 rebalance timeout,
///          i32 session timeout, BYTES subscription, BYTES assignment
///        read too: version 0 (without rebalance timeout, time and instance id), 1 (without time and instance id),
///                  2 (without instance id), 4 (compact types and tagged fields)
/// </code>
/// </summary>
internal static class GroupRecords
{
    public const short KeyType = 2;
    private const short CurrentVersion = 3;
    private const short LastVersion = 4;

    public static ReadOnlyMemory<byte> Key(RecordBytes into, string groupId)
    {
        into.Int16(KeyType);
        into.Text(groupId);
        return into.Take();
    }

    /// <summary>The group's value; <paramref name="assignmentOf"/> gives each member's assignment, which may not be in force yet.</summary>
    public static ReadOnlyMemory<byte> Value(RecordBytes into, ClassicGroup group, Func<GroupMember, ReadOnlyMemory<byte>> assignmentOf)
    {
        into.Int16(CurrentVersion);
        into.Text(group.ProtocolType ?? "");
        into.Int32(group.GenerationId);
        into.Text(group.ProtocolName);
        into.Text(group.LeaderId);
        into.Int64(group.StateSinceMs);
        into.Int32(group.MemberCount);
        foreach (var member in group.Members)
        {
            into.Text(member.Id);
            into.Text(member.InstanceId);
            into.Text(member.ClientId);
            into.Text(member.ClientHost);
            into.Int32(member.RebalanceTimeoutMs);
            into.Int32(member.SessionTimeoutMs);
            into.Bytes(member.MetadataOf(group.ProtocolName).Span);
            into.Bytes(assignmentOf(member).Span);
        }

        return into.Take();
    }

    /// <summary>A group as the record has it. Null: it is damaged, or a newer program wrote it.</summary>
    public static ClassicGroup? Read(string groupId, ReadOnlySpan<byte> bytes)
    {
        var value = new RecordText(bytes);
        var version = value.Int16();
        if (version is < 0 or > LastVersion)
        {
            return null;
        }

        var compact = version >= 4;
        var group = new ClassicGroup(groupId)
        {
            ProtocolType = value.Text(compact) is { Length: > 0 } type ? type : null,
            GenerationId = value.Int32(),
            ProtocolName = value.NullableText(compact),
        };
        var leader = value.NullableText(compact);
        var sinceMs = version >= 2 ? value.Int64() : -1;
        var count = value.Count(compact);
        for (var i = 0; i < count && value.IsGood; i++)
        {
            var member = ReadMember(ref value, group, version);
            if (!value.IsGood || group.Find(member.Id) is not null || group.ProtocolType is null)
            {
                return null;
            }

            group.Add(member);
        }

        if (!value.IsGood)
        {
            return null;
        }

        group.LeaderId = group.MemberCount > 0 && leader is not null && group.Find(leader) is not null ? leader : group.LeaderId;
        group.Restore(group.MemberCount == 0 ? GroupState.Empty : GroupState.Stable, sinceMs);
        return group;
    }

    private static GroupMember ReadMember(ref RecordText value, ClassicGroup group, short version)
    {
        var compact = version >= 4;
        var id = value.Text(compact);
        var instanceId = version >= 3 ? value.NullableText(compact) : null;
        var clientId = value.Text(compact);
        var clientHost = value.Text(compact);
        var rebalanceTimeoutMs = version >= 1 ? value.Int32() : -1;
        var sessionTimeoutMs = value.Int32();
        var subscription = value.Bytes(compact);
        var assignment = value.Bytes(compact);
        if (compact)
        {
            value.SkipTags();
        }

        var join = new JoinGroup
        {
            GroupId = group.Id,
            MemberId = id,
            GroupInstanceId = instanceId,
            ClientId = clientId,
            ClientHost = clientHost,
            ProtocolType = group.ProtocolType ?? "",
            Protocols = [new GroupProtocol(group.ProtocolName ?? "", subscription)],
            SessionTimeoutMs = sessionTimeoutMs,
            RebalanceTimeoutMs = rebalanceTimeoutMs,
            RequiresMemberId = false,
        };
        return new GroupMember(group, id, join, group.NextOrder()) { Assignment = assignment };
    }
}
