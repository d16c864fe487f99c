using System.Runtime.InteropServices;

namespace Actors.Abstractions;

/// <summary>
/// Data travels as an array: Orleans' serializer cannot read back two nullable memories over one array, such as two empty ones.
/// </summary>
internal static class ZnodeBytes
{
    /// <summary>The array, which belongs to the message from then on; a copy where only a part of an array is meant.</summary>
    public static byte[]? Of(ReadOnlyMemory<byte>? data) => data is not { } memory ? null
        : MemoryMarshal.TryGetArray(memory, out var part) && part is { Array: { } array, Offset: 0 } && part.Count == array.Length ? array
        : memory.ToArray();

    public static ReadOnlyMemory<byte>? AsMemory(byte[]? bytes) => bytes is null ? default(ReadOnlyMemory<byte>?) : bytes;
}
