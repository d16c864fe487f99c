using System.Buffers.Binary;

namespace Actors.Net;

/// <summary>What <see cref="FrameSplitter.TryRead"/> found at the start of a buffer.</summary>
public enum FrameStatus
{
    /// <summary>A whole frame.</summary>
    Whole,
    /// <summary>Part of a frame whose length is known and allowed.</summary>
    Partial,
    /// <summary>Fewer than four bytes.</summary>
    NoLength,
    /// <summary>The length is negative.</summary>
    NegativeLength,
    /// <summary>The length is larger than allowed.</summary>
    TooLarge,
}

/// <summary>
/// Cuts received bytes into frames: a pure function of the buffer.
/// <code>
/// offset size field
///      0    4 length   big-endian, signed, bytes after this field
///      4      body
/// </code>
/// </summary>
public static class FrameSplitter
{
    /// <summary>Bytes of the length field.</summary>
    public const int LengthBytes = 4;

    /// <summary>Looks at the frame that begins at the buffer's first byte.</summary>
    /// <param name="buffer">What was received and not consumed yet.</param>
    /// <param name="maxFrameBytes">Largest body allowed.</param>
    /// <param name="bodyBytes">The body's length as announced; 0 if unknown. The frame's whole size is this and <see cref="LengthBytes"/>.</param>
    public static FrameStatus TryRead(ReadOnlySpan<byte> buffer, int maxFrameBytes, out int bodyBytes)
    {
        if (buffer.Length < LengthBytes)
        {
            bodyBytes = 0;
            return FrameStatus.NoLength;
        }

        bodyBytes = BinaryPrimitives.ReadInt32BigEndian(buffer);
        return bodyBytes < 0 ? FrameStatus.NegativeLength
            : bodyBytes > maxFrameBytes ? FrameStatus.TooLarge
            : buffer.Length - LengthBytes >= bodyBytes ? FrameStatus.Whole
            : FrameStatus.Partial;
    }
}
