using System.Buffers.Binary;
using System.Numerics;

namespace Actors.Cluster.Znodes;

/// <summary>
/// Hash of a path, made name by name, so that a child's follows from its parent's: the tree's digest uses it. The same on every node and in
/// every version; the index has a hash with a key of its own, see <see cref="PathIndexKey"/>.
/// </summary>
internal static class PathHash
{
    public const ulong Root = 0x5A6E_6F64_6552_6F6F;

    private const ulong Prime1 = 0x9E37_79B1_85EB_CA87;
    private const ulong Prime2 = 0xC2B2_AE3D_27D4_EB4F;

    public static ulong Child(ulong parent, ReadOnlySpan<byte> name)
    {
        var hash = BitOperations.RotateLeft(parent, 31) ^ ((ulong)name.Length * Prime2);
        while (name.Length >= 8)
        {
            hash = Mix(hash, BinaryPrimitives.ReadUInt64LittleEndian(name));
            name = name[8..];
        }

        ulong last = 0;
        for (var i = 0; i < name.Length; i++)
        {
            last |= (ulong)name[i] << (8 * i);
        }

        hash = Mix(hash, last);
        hash ^= hash >> 32;
        hash *= Prime1;
        return hash ^ (hash >> 29);
    }

    private static ulong Mix(ulong hash, ulong word) => BitOperations.RotateLeft(hash ^ (word * Prime1), 27) * Prime2;
}
