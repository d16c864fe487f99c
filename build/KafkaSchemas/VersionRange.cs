namespace KafkaSchemas;

/// <summary>Versions from <paramref name="First"/> to <paramref name="Last"/>, both included; empty when Last is below First.</summary>
public readonly record struct VersionRange(int First, int Last)
{
    /// <summary>No version.</summary>
    public static VersionRange None => new(0, -1);

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => Last < First;

    /// <summary>Whether <paramref name="version"/> is one of them.</summary>
    public bool Contains(int version) => version >= First && version <= Last;

    /// <summary>The versions in both.</summary>
    public VersionRange And(VersionRange other) => new(Math.Max(First, other.First), Math.Min(Last, other.Last));

    /// <summary>Whether all of <paramref name="other"/> is in here.</summary>
    public bool Covers(VersionRange other) => other.IsEmpty || (First <= other.First && Last >= other.Last);
}
