using System.Globalization;

namespace Actors.Model;

/// <summary>
/// Place of a command in the cluster's one order, as ZooKeeper counts it: the zxid epoch in the upper 32 bits, and in the lower
/// ones the offset of the command minus the offset at which that epoch began.
/// </summary>
/// <param name="Value">All 64 bits.</param>
public readonly record struct Zxid(long Value) : IComparable<Zxid>
{
    /// <summary>Before the first command.</summary>
    public static Zxid Zero => default;

    /// <summary>The zxid of the <paramref name="counter"/>-th command of an epoch.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One of the halves does not fit.</exception>
    public static Zxid Create(int epoch, long counter)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((ulong)counter, uint.MaxValue);
        return new Zxid(((long)epoch << 32) | counter);
    }

    /// <summary>The zxid epoch.</summary>
    public int Epoch => (int)(Value >> 32);

    /// <summary>The place within the epoch.</summary>
    public uint Counter => (uint)Value;

    /// <inheritdoc/>
    public int CompareTo(Zxid other) => Value.CompareTo(other.Value);

    /// <summary>Whether <paramref name="left"/> comes before <paramref name="right"/>.</summary>
    public static bool operator <(Zxid left, Zxid right) => left.Value < right.Value;

    /// <summary>Whether <paramref name="left"/> comes after <paramref name="right"/>.</summary>
    public static bool operator >(Zxid left, Zxid right) => left.Value > right.Value;

    /// <summary>Whether <paramref name="left"/> does not come after <paramref name="right"/>.</summary>
    public static bool operator <=(Zxid left, Zxid right) => left.Value <= right.Value;

    /// <summary>Whether <paramref name="left"/> does not come before <paramref name="right"/>.</summary>
    public static bool operator >=(Zxid left, Zxid right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public override string ToString() => "0x" + Value.ToString("x", CultureInfo.InvariantCulture);
}
