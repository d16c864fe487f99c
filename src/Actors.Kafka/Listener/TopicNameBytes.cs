using System.Text;

namespace Actors.Kafka.Listener;

/// <summary>A topic's name as UTF-8 without garbage for every name that is allowed.</summary>
internal static class TopicNameBytes
{
    /// <summary>What <see cref="Of"/> wants for its buffer: three bytes for each of the 249 characters of a name.</summary>
    public const int BufferBytes = 3 * Model.Topics.TopicName.MaxChars;

    /// <summary>The bytes, in the buffer if they fit (an impossible name that a client sent may not).</summary>
    public static ReadOnlySpan<byte> Of(string name, Span<byte> buffer) =>
        Encoding.UTF8.TryGetBytes(name, buffer, out var written) ? buffer[..written] : Encoding.UTF8.GetBytes(name);
}
