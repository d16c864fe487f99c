using System.Buffers.Binary;
using System.Numerics;

namespace Actors.Cluster.Catalog;

/// <summary>
/// A 64-bit hash that is the same on every node and in every version, for digests of state. The digest of a set is the wrapping sum
/// of its members' hashes, so that a change costs its own size only.
/// </summary>
internal static class Digest64
{
    private const ulong Prime1 = 0x9E37_79B1_85EB_CA87;
    private const ulong Prime2 = 0xC2B2_AE3D_27D4_EB4F;

    public static ulong Compute(ReadOnlySpan<byte> bytes)
    {
        var hash = (ulong)bytes.Length * Prime1;
        while (bytes.Length >= 8)
        {
            hash = Mix(hash, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }

        Span<byte> last = stackalloc byte[8];
        bytes.CopyTo(last);
        hash = Mix(hash, BinaryPrimitives.ReadUInt64LittleEndian(last));
        hash ^= hash >> 29;
        hash *= Prime2;
        return hash ^ (hash >> 32);
    }

    private static ulong Mix(ulong hash, ulong word) => BitOperations.RotateLeft(hash ^ (word * Prime2), 27) * Prime1;
}
