namespace Simulation.Worlds;

/// <summary>What may happen to a node in a run. Every kind of trouble can be left out, so that a failure tells which one it takes.</summary>
internal sealed record WorldOptions
{
    /// <summary>Steps of a run before everything is healed and looked at.</summary>
    public int Steps { get; init; } = 150;

    /// <summary>The process ends at some call of the device; the power fails.</summary>
    public bool Crashes { get; init; } = true;

    /// <summary>A call of the device fails.</summary>
    public bool DiskErrors { get; init; }

    /// <summary>The disk fills up, and is given room later.</summary>
    public bool FullDisk { get; init; }

    /// <summary>Bits flip while the node is down.</summary>
    public bool BitRot { get; init; }

    /// <summary>Every topic is compacted, in small segments, and the cleaner is busy.</summary>
    public bool Compaction { get; init; }

    /// <summary>Topics with a weaker flush policy than every batch.</summary>
    public bool WeakTopics { get; init; } = true;

    /// <summary>The device says it has synced and has not.</summary>
    public bool LyingSyncs { get; init; }

    /// <summary>The device loses names that were synced.</summary>
    public bool LyingDirectorySyncs { get; init; }
}
