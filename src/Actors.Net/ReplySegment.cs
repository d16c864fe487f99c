using System.Diagnostics;
using Actors.Model.Leases;

namespace Actors.Net;

/// <summary>What a connection sends in one piece: a slice of a lease, or what is left of a region of a file.</summary>
public readonly struct ReplySegment
{
    /// <summary>Most bytes that <see cref="CopyTo"/> reads at once: 64 KiB.</summary>
    public const int CopyBytes = 64 << 10;

    private readonly object _owner; // a Lease or a FileRegion
    private readonly long _start;

    /// <summary>A slice that is not empty.</summary>
    public ReplySegment(LeaseSlice slice)
        : this(slice.Lease!, slice.Start, slice.LengthBytes)
    {
    }

    /// <summary>A whole region.</summary>
    public ReplySegment(FileRegion region)
        : this(region, region.Position, region.LengthBytes)
    {
    }

    private ReplySegment(object owner, long start, int lengthBytes)
    {
        Debug.Assert(owner is not null && lengthBytes > 0, "an empty segment");
        _owner = owner;
        _start = start;
        LengthBytes = lengthBytes;
    }

    /// <summary>Bytes left.</summary>
    public int LengthBytes { get; }

    /// <summary>Whether it is a region of a file.</summary>
    public bool IsRegion => _owner is FileRegion;

    /// <summary>The region, or null for a slice.</summary>
    public FileRegion? Region => _owner as FileRegion;

    /// <summary>Of a region: the first byte that is left, in its file.</summary>
    public long Position => _start;

    /// <summary>The slice; not for a region.</summary>
    public LeaseSlice Slice => new((Lease)_owner, (int)_start, LengthBytes);

    /// <summary>The slice's bytes; not for a region.</summary>
    public ReadOnlySpan<byte> Span => ((Lease)_owner).Array.AsSpan((int)_start, LengthBytes);

    /// <summary>What is left after some bytes.</summary>
    public ReplySegment After(int bytes) => new(_owner, _start + bytes, LengthBytes - bytes);

    /// <summary>Gives up the reference or the hold.</summary>
    public void Release()
    {
        if (_owner is Lease lease)
        {
            lease.Release();
        }
        else
        {
            ((FileRegion)_owner).Release();
        }
    }

    /// <summary>Reads the first bytes of a region, as many as there are, fit and are worth one call; for transports without <c>sendfile</c>.</summary>
    /// <exception cref="InvalidOperationException">The file ends before.</exception>
    public int CopyTo(Span<byte> into)
    {
        var length = Math.Min(Math.Min(LengthBytes, into.Length), CopyBytes);
        return Region!.File.Read(into[..length], _start) == length ? length : throw Ended();
    }

    /// <summary>The fault of a file that is shorter than it should be.</summary>
    internal InvalidOperationException Ended() =>
        new($"{Region!.File.Path} ends before byte {_start + LengthBytes}, which a reply was promised.");
}
