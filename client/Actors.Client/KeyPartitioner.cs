using System.Buffers.Binary;

namespace Actors.Client;

/// <summary>
/// Which partition a key belongs to: the positive murmur2 hash of its bytes, modulo the number of partitions, as in Kafka's own Java
/// client, so that both put a key into the same partition. Source: Kafka's Utils.murmur2 and BuiltInPartitioner.
/// </summary>
public static class KeyPartitioner
{
    private const uint Seed = 0x9747b28c;
    private const uint Mix = 0x5bd1e995;

    /// <summary>The partition of a key among <paramref name="partitionCount"/>.</summary>
    public static int Partition(ReadOnlySpan<byte> key, int partitionCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(partitionCount);
        return (Murmur2(key) & int.MaxValue) % partitionCount;
    }

    /// <summary>The 32-bit murmur2 hash with Kafka's seed.</summary>
    public static int Murmur2(ReadOnlySpan<byte> bytes)
    {
        var hash = Seed ^ (uint)bytes.Length;
        var rest = bytes;
        for (; rest.Length >= sizeof(uint); rest = rest[sizeof(uint)..])
        {
            var word = BinaryPrimitives.ReadUInt32LittleEndian(rest) * Mix;
            hash = (hash * Mix) ^ ((word ^ (word >> 24)) * Mix);
        }

        if (rest.Length > 0)
        {
            var tail = 0u;
            for (var i = rest.Length - 1; i >= 0; i--)
            {
                tail = (tail << 8) | rest[i];
            }

            hash = (hash ^ tail) * Mix;
        }

        hash = (hash ^ (hash >> 13)) * Mix;
        return (int)(hash ^ (hash >> 15));
    }
}
