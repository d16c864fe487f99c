namespace Actors.Kafka.Wire;

/// <summary>The codec's limits. Sizes of frames are the listener's.</summary>
public static class WireLimits
{
    /// <summary>Bytes of one string, UTF-8: 32,767, the protocol's own (a signed 16-bit length); compact strings are held to it too.</summary>
    public const int MaxStringBytes = short.MaxValue;

    /// <summary>
    /// Array elements of one request, nested ones counted: 250,000, more than twice the partitions that one node is built for.
    /// It bounds what decoding a frame may allocate: an element costs about 100 bytes at most, its strings apart.
    /// </summary>
    public const int MaxElements = 250_000;

    /// <summary>Array elements of one response, for clients that read them: 4,000,000, so that Metadata may name 100,000 partitions.</summary>
    public const int MaxResponseElements = 4_000_000;

    /// <summary>Bytes of one writer without spliced records: 64 MiB, far above the largest Metadata answer. A writer refuses more.</summary>
    public const int MaxWriterBytes = 64 * 1024 * 1024;

    /// <summary>Buffers above this many bytes are given back when a writer is reset: 64 KiB, so that no large answer is kept for good.</summary>
    public const int KeptWriterBytes = 64 * 1024;
}
