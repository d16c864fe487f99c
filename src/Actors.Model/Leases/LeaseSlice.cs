namespace Actors.Model.Leases;

/// <summary>
/// Part of a <see cref="Leases.Lease"/>. Copying the struct adds no reference: who keeps a slice beyond the call calls
/// <see cref="AddReference"/>, who owns one calls <see cref="Release"/> exactly once.
/// </summary>
public readonly struct LeaseSlice : IEquatable<LeaseSlice>
{
    /// <summary>A slice of <paramref name="lease"/>; adds no reference.</summary>
    public LeaseSlice(Lease lease, int start, int lengthBytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)start, (uint)lease.LengthBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)lengthBytes, (uint)(lease.LengthBytes - start));
        Lease = lease;
        Start = start;
        LengthBytes = lengthBytes;
    }

    /// <summary>The block; null for an empty slice.</summary>
    public Lease? Lease { get; }
    /// <summary>First byte in the block.</summary>
    public int Start { get; }
    /// <summary>Bytes of the slice.</summary>
    public int LengthBytes { get; }
    /// <summary>Whether it holds no bytes.</summary>
    public bool IsEmpty => LengthBytes == 0;
    /// <summary>The bytes. Writable only for the one owner that stamps a batch.</summary>
    public Span<byte> Span => Lease is null ? default : Lease.Array.AsSpan(Start, LengthBytes);
    /// <summary>The bytes as memory.</summary>
    public Memory<byte> Memory => Lease is null ? default : Lease.Array.AsMemory(Start, LengthBytes);

    /// <summary>Adds a reference to the block.</summary>
    public void AddReference() => Lease?.AddReference();
    /// <summary>Gives up one reference to the block.</summary>
    public void Release() => Lease?.Release();
    /// <summary>A part of this slice; adds no reference.</summary>
    public LeaseSlice Part(int start, int lengthBytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)start, (uint)LengthBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)lengthBytes, (uint)(LengthBytes - start));
        return Lease is null ? default : new LeaseSlice(Lease, Start + start, lengthBytes);
    }

    /// <inheritdoc/>
    public bool Equals(LeaseSlice other) => Lease == other.Lease && Start == other.Start && LengthBytes == other.LengthBytes;
    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is LeaseSlice other && Equals(other);
    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Lease, Start, LengthBytes);
    /// <summary>Same block, same bytes.</summary>
    public static bool operator ==(LeaseSlice left, LeaseSlice right) => left.Equals(right);
    /// <summary>Another block or other bytes.</summary>
    public static bool operator !=(LeaseSlice left, LeaseSlice right) => !left.Equals(right);
}
