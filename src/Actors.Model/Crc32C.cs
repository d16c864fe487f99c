using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Actors.Model;

/// <summary>CRC-32C (Castagnoli), the checksum of Kafka's record batch v2 and of every file of ours.</summary>
public static class Crc32C
{
    /// <summary>The checksum of <paramref name="bytes"/>.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes) => ~Update(~0u, bytes);

    /// <summary>Goes on with a running (inverted) checksum; start with <c>~0u</c>, invert at the end.</summary>
    public static uint Update(uint crc, ReadOnlySpan<byte> bytes)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words)
        {
            crc = BitOperations.Crc32C(crc, BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word));
        }

        foreach (var b in bytes[(words.Length * sizeof(ulong))..])
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return crc;
    }
}
