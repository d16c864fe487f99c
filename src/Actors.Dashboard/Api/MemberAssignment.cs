using System.Buffers.Binary;
using System.Text;

namespace Actors.Dashboard.Api;

/// <summary>
/// A consumer's assignment as its client wrote it (ConsumerProtocolAssignment): it comes from a stranger, and may be anything.
/// <code>
/// i16 version | i32 topics, each: i16 length, name | i32 partitions, each: i32
/// </code>
/// </summary>
internal static class MemberAssignment
{
    /// <summary>Most partitions read of one assignment: 100,000.</summary>
    public const int MaxPartitions = 100_000;

    /// <summary>The partitions, or null: it cannot be read. An empty one has none.</summary>
    public static IReadOnlyList<(string Topic, int Partition)>? TryRead(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return [];
        }

        var found = new List<(string, int)>();
        if (!TryTake(ref bytes, 2, out _) || !TryCount(ref bytes, out var topics))
        {
            return null;
        }

        for (var t = 0; t < topics; t++)
        {
            if (!TryTake(ref bytes, 2, out var length)
                || !TryTake(ref bytes, BinaryPrimitives.ReadInt16BigEndian(length), out var name) || !TryCount(ref bytes, out var partitions))
            {
                return null;
            }

            var topic = Encoding.UTF8.GetString(name);
            for (var p = 0; p < partitions; p++)
            {
                if (found.Count >= MaxPartitions || !TryTake(ref bytes, 4, out var partition))
                {
                    return null;
                }

                found.Add((topic, BinaryPrimitives.ReadInt32BigEndian(partition)));
            }
        }

        return found;
    }

    private static bool TryCount(ref ReadOnlySpan<byte> bytes, out int count)
    {
        count = TryTake(ref bytes, 4, out var taken) ? BinaryPrimitives.ReadInt32BigEndian(taken) : -1;
        return count >= 0;
    }

    private static bool TryTake(ref ReadOnlySpan<byte> bytes, int count, out ReadOnlySpan<byte> taken)
    {
        if (count < 0 || count > bytes.Length)
        {
            taken = default;
            return false;
        }

        taken = bytes[..count];
        bytes = bytes[count..];
        return true;
    }
}
