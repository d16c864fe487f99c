namespace Actors.Groups.Classic;

/// <summary>Something that happens when the machine's clock reaches a time, unless that is moved or called off before.</summary>
internal sealed class Deadline(ClassicGroup group, GroupMember? member)
{
    /// <summary>Not due.</summary>
    public const long Never = long.MaxValue;

    /// <summary>The group.</summary>
    public ClassicGroup Group { get; } = group;

    /// <summary>The member whose session it is, or null: the group's own.</summary>
    public GroupMember? Member { get; } = member;

    /// <summary>When, on the machine's clock.</summary>
    public long AtMs { get; set; } = Never;

    /// <summary>The time under which it stands in the queue, or <see cref="Never"/>: it does not.</summary>
    public long QueuedAtMs { get; set; } = Never;
}
