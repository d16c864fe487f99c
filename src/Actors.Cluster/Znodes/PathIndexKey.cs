using System.Buffers.Binary;

namespace Actors.Cluster.Znodes;

/// <summary>
/// The keyed hash by which paths are found in memory: a client that does not know the process's key cannot choose paths that all fall into
/// one chain. A place in an index and nothing else: it is in no digest, no snapshot and decides no order, so that nodes with other keys come
/// to the same state (<see cref="PathHash"/> is the one that all share).
/// <para>Words are folded by multiplication with key and state, 64 by 64 bits to 128, both halves together.</para>
/// </summary>
public sealed class PathIndexKey
{
    private const ulong Prime = 0x9E37_79B1_85EB_CA87;

    private static PathIndexKey s_current = new(0x5A6E_6F64_6552_6F6F, 0xC2B2_AE3D_27D4_EB4F);

    private readonly ulong _first;
    private readonly ulong _second;

    /// <summary>A key of these bits, best of a cryptographic source.</summary>
    public PathIndexKey(ulong first, ulong second)
    {
        _first = first;
        _second = second;
    }

    /// <summary>The key of trees and watch tables that are made from now on; those that are there keep theirs. Fixed until somebody sets one.</summary>
    public static PathIndexKey Current
    {
        get => Volatile.Read(ref s_current);
        set => Volatile.Write(ref s_current, value);
    }

    /// <summary>Hash of the root's path.</summary>
    internal ulong Root => _second;

    /// <summary>Hash of a child's path from its parent's.</summary>
    internal ulong Child(ulong parent, ReadOnlySpan<byte> name)
    {
        var hash = parent ^ ((ulong)name.Length * Prime);
        while (name.Length > 16)
        {
            hash = Fold(Word(name) ^ hash, Word(name[8..]) ^ _first);
            name = name[16..];
        }

        var (low, high) = name.Length >= 8 ? (Word(name), Word(name[^8..])) : (Short(name), 0UL);
        hash = Fold(low ^ hash, high ^ _first);
        return Fold(hash ^ _second, Prime);
    }

    private static ulong Word(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64LittleEndian(bytes);

    private static ulong Short(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        0 => 0,
        < 4 => bytes[0] | ((ulong)bytes[bytes.Length >> 1] << 8) | ((ulong)bytes[^1] << 16),
        _ => BinaryPrimitives.ReadUInt32LittleEndian(bytes) | ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(bytes[^4..]) << 32),
    };

    private static ulong Fold(ulong a, ulong b)
    {
        var high = Math.BigMul(a, b, out var low);
        return high ^ low;
    }
}
