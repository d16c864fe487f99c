namespace Actors.Kafka.Wire;

/// <summary>A request or response body, generated from the schema of its API.</summary>
/// <typeparam name="TSelf">The message itself.</typeparam>
public interface IKafkaMessage<TSelf>
    where TSelf : IKafkaMessage<TSelf>
{
    /// <summary>Key of the API.</summary>
    static abstract KafkaApi Api { get; }

    /// <summary>
    /// Reads a body. Fields that <paramref name="version"/> lacks hold their defaults; unknown tagged fields are skipped.
    /// What follows the body is left to <see cref="KafkaReader.EnsureEnd"/>.
    /// </summary>
    /// <exception cref="WireFault">The bytes break the protocol.</exception>
    static abstract TSelf Read(ref KafkaReader reader, short version);

    /// <summary>
    /// Writes a body. Fields that <paramref name="version"/> lacks are left out, and so are tagged fields that hold their default.
    /// </summary>
    /// <exception cref="InvalidOperationException">Ours: null where the version has no null, or a string or answer above its limit.</exception>
    void Write(KafkaWriter writer, short version);
}
