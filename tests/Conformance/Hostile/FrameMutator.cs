using System.Buffers.Binary;

namespace Conformance.Hostile;

/// <summary>
/// Turns a real request into one that is nearly right. The header's key, version and correlation mostly stay, so that the body reaches
/// the decoder that it was written for.
/// </summary>
public sealed class FrameMutator(int seed)
{
    /// <summary>Key, version, correlation id: what leads a frame to its handler.</summary>
    private const int HeaderBytes = 8;

    private static readonly int[] Extremes = [int.MinValue, -2, -1, 0, 1, 0x7fff, 0xffff, 0x7fff_ffff, 1_000_000_000, 0x0100_0000];

    private readonly Random _random = new(seed);

    public byte[] Mutate(byte[] frame, byte[] other)
    {
        var bytes = (byte[])frame.Clone();
        for (var changes = _random.Next(1, 4); changes > 0; changes--)
        {
            bytes = Once(bytes, other);
        }

        return bytes;
    }

    private byte[] Once(byte[] bytes, byte[] other)
    {
        var from = _random.Next(10) == 0 ? 0 : Math.Min(HeaderBytes, bytes.Length - 1);
        var at = _random.Next(from, bytes.Length);
        switch (_random.Next(8))
        {
            case 0: // one bit
                bytes[at] ^= (byte)(1 << _random.Next(8));
                return bytes;
            case 1: // one byte
                bytes[at] = (byte)_random.Next(256);
                return bytes;
            case 2 when at + 4 <= bytes.Length: // a length, a count, an id
                BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(at), Extremes[_random.Next(Extremes.Length)]);
                return bytes;
            case 3 when at + 2 <= bytes.Length: // a short length
                BinaryPrimitives.WriteInt16BigEndian(bytes.AsSpan(at), unchecked((short)Extremes[_random.Next(Extremes.Length)]));
                return bytes;
            case 4: // ends too early
                return bytes[..Math.Max(1, at)];
            case 5: // something left over
                return [.. bytes, .. other.AsSpan(0, Math.Min(other.Length, _random.Next(1, 40)))];
            case 6: // a piece of another request in the middle
                var piece = other.AsSpan(_random.Next(other.Length));
                return [.. bytes.AsSpan(0, at), .. piece[..Math.Min(piece.Length, 64)], .. bytes.AsSpan(at)];
            default: // a varint that never ends
                var run = Math.Min(bytes.Length - at, _random.Next(1, 12));
                bytes.AsSpan(at, run).Fill(0xff);
                return bytes;
        }
    }
}
