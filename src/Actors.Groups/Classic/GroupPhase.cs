namespace Actors.Groups.Classic;

/// <summary>What a group's own deadline is for.</summary>
internal enum GroupPhase : byte
{
    /// <summary>Nothing.</summary>
    None = 0,
    /// <summary>A new group waits for more members.</summary>
    InitialJoin = 1,
    /// <summary>Members that have not joined again by then are out.</summary>
    Join = 2,
    /// <summary>Members that have not asked for their assignment by then are out.</summary>
    Sync = 3,
}
