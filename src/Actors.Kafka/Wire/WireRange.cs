namespace Actors.Kafka.Wire;

/// <summary>
/// Bytes that the codec does not look into: the <c>records</c> of Produce and Fetch.
/// Read from a frame, <paramref name="Offset"/> is their place in it, so that the holder of the frame's lease slices it without a copy.
/// Written into a response, <paramref name="Offset"/> is the caller's own number of the bytes: it comes back in <see cref="Splice"/>.
/// </summary>
/// <param name="Offset">First byte in the frame, or the caller's number of the slice.</param>
/// <param name="LengthBytes">Bytes; -1 for null.</param>
public readonly record struct WireRange(int Offset, int LengthBytes)
{
    /// <summary>The protocol's null, which is not the same as empty.</summary>
    public static WireRange Null => new(0, -1);

    /// <summary>Whether it is null.</summary>
    public bool IsNull => LengthBytes < 0;

    /// <summary>The bytes in the frame that this range was read from; empty for null.</summary>
    public ReadOnlySpan<byte> In(ReadOnlySpan<byte> frame) => LengthBytes <= 0 ? default : frame.Slice(Offset, LengthBytes);
}

/// <summary>
/// A place in a <see cref="KafkaWriter"/>'s bytes where <paramref name="LengthBytes"/> bytes belong that were not copied into it.
/// The sender sends the writer's bytes up to <paramref name="Position"/>, then the slice, then goes on.
/// </summary>
/// <param name="Position">Where the bytes belong: the count of the writer's own bytes in front of them.</param>
/// <param name="Slice">The number that the caller gave (<see cref="WireRange.Offset"/>).</param>
/// <param name="LengthBytes">Bytes of the slice, above 0.</param>
public readonly record struct Splice(int Position, int Slice, int LengthBytes);
