using System.Runtime.InteropServices;

namespace Actors.Kafka.Listener;

/// <summary>Subscriptions and assignments as the generated messages want them.</summary>
internal static class GroupBytes
{
    /// <summary>The bytes; not copied where the memory is a whole array, as what the codec reads always is. Not to be changed.</summary>
    public static byte[] Of(ReadOnlyMemory<byte> memory) =>
        MemoryMarshal.TryGetArray(memory, out var segment) && segment.Array is { } array && array.Length == memory.Length
            ? array : memory.ToArray();
}
