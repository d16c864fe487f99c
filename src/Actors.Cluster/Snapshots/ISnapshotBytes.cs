namespace Actors.Cluster.Snapshots;

/// <summary>The bytes of a snapshot, wherever they lie: it is read piece by piece, never whole.</summary>
public interface ISnapshotBytes
{
    /// <summary>How many there are.</summary>
    long LengthBytes { get; }

    /// <summary>Reads until <paramref name="into"/> is full or the bytes end; answers how many were read.</summary>
    int Read(Span<byte> into, long position);
}
