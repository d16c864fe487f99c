using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Actors.Model;

/// <summary>
/// CRC-32C (Castagnoli), the checksum of Kafka's record batch v2 and of every file of ours.
/// </summary>
/// <remarks>
/// The processor's instruction takes eight bytes but answers three cycles later, so one chain runs at a third of the speed it
/// could: long inputs are cut into three stretches that are computed side by side and then joined (<c>Crc32C.Shift.cs</c>).
/// </remarks>
public static partial class Crc32C
{
    private const int LongStretchBytes = 4096;
    private const int ShortStretchBytes = 256;

    /// <summary>The checksum of <paramref name="bytes"/>.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes) => ~Update(~0u, bytes);

    /// <summary>Goes on with a running (inverted) checksum; start with <c>~0u</c>, invert at the end.</summary>
    public static uint Update(uint crc, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= 3 * ShortStretchBytes && (Sse42.X64.IsSupported || Crc32.Arm64.IsSupported))
        {
            bytes = bytes[ThreeStretches(ref crc, bytes, LongStretchBytes, LongShift)..];
            bytes = bytes[ThreeStretches(ref crc, bytes, ShortStretchBytes, ShortShift)..];
        }

        return OneChain(crc, bytes);
    }

    // The plain form: for short inputs, ends, and processors without the instruction.
    private static uint OneChain(uint crc, ReadOnlySpan<byte> bytes)
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

    // Takes as many groups of three stretches as there are; answers the bytes taken. Little-endian machines only.
    private static int ThreeStretches(ref uint crc, ReadOnlySpan<byte> bytes, int stretchBytes, uint[] shift)
    {
        var taken = 0;
        for (; bytes.Length - taken >= 3 * stretchBytes; taken += 3 * stretchBytes)
        {
            ref var first = ref Unsafe.Add(ref MemoryMarshal.GetReference(bytes), taken);
            ref var second = ref Unsafe.Add(ref first, stretchBytes);
            ref var third = ref Unsafe.Add(ref second, stretchBytes);
            uint a = crc, b = 0, c = 0;
            for (nint at = 0; at < stretchBytes; at += sizeof(ulong))
            {
                a = BitOperations.Crc32C(a, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, at)));
                b = BitOperations.Crc32C(b, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref second, at)));
                c = BitOperations.Crc32C(c, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref third, at)));
            }

            crc = Shift(shift, Shift(shift, a) ^ b) ^ c;
        }

        return taken;
    }
}
