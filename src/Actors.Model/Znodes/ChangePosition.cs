namespace Actors.Model.Znodes;

/// <summary>A place in the one order of all changes of the tree: between the change it names and the next one.</summary>
/// <param name="Zxid">The command.</param>
/// <param name="Index">The change among those of the command, counted from 0: a multi makes several, a session's end too.</param>
public readonly record struct ChangePosition(long Zxid, int Index) : IComparable<ChangePosition>
{
    /// <summary>Behind all changes of a command.</summary>
    public static ChangePosition After(long zxid) => new(zxid, int.MaxValue);

    /// <inheritdoc/>
    public int CompareTo(ChangePosition other) => Zxid != other.Zxid ? Zxid.CompareTo(other.Zxid) : Index.CompareTo(other.Index);

    /// <summary>The later of two.</summary>
    public static ChangePosition Max(ChangePosition left, ChangePosition right) => left < right ? right : left;

    /// <summary>Whether <paramref name="left"/> comes before <paramref name="right"/>.</summary>
    public static bool operator <(ChangePosition left, ChangePosition right) => left.CompareTo(right) < 0;

    /// <summary>Whether <paramref name="left"/> comes after <paramref name="right"/>.</summary>
    public static bool operator >(ChangePosition left, ChangePosition right) => left.CompareTo(right) > 0;

    /// <summary>Whether <paramref name="left"/> does not come after <paramref name="right"/>.</summary>
    public static bool operator <=(ChangePosition left, ChangePosition right) => left.CompareTo(right) <= 0;

    /// <summary>Whether <paramref name="left"/> does not come before <paramref name="right"/>.</summary>
    public static bool operator >=(ChangePosition left, ChangePosition right) => left.CompareTo(right) >= 0;
}
