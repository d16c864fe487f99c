namespace Actors.Kafka.Wire;

/// <summary>Which versions of an API this codec reads and writes.</summary>
/// <param name="Api">The API.</param>
/// <param name="ListedFrom">Lowest version that ApiVersions lists: below MinVersion for Produce only (KAFKA-18659).</param>
/// <param name="MinVersion">Lowest version that is read and written.</param>
/// <param name="MaxVersion">Highest version that is read and written.</param>
/// <param name="FirstFlexible">First version with compact encodings and tagged fields (KIP-482).</param>
public readonly record struct KafkaApiVersions(KafkaApi Api, short ListedFrom, short MinVersion, short MaxVersion, short FirstFlexible)
{
    /// <summary>Whether a version is read and written.</summary>
    public bool Serves(short version) => version >= MinVersion && version <= MaxVersion;

    /// <summary>Version of the request's header: 2 has tagged fields, 1 has none.</summary>
    public short RequestHeaderVersion(short version) => version >= FirstFlexible ? (short)2 : (short)1;

    /// <summary>
    /// Version of the response's header: 1 has tagged fields, 0 has none. ApiVersions is always answered with 0: a client that does not
    /// know the node's versions yet could not tell (KIP-511).
    /// </summary>
    public short ResponseHeaderVersion(short version) => version >= FirstFlexible && Api != KafkaApi.ApiVersions ? (short)1 : (short)0;
}

/// <summary>The table of APIs, generated from the schemas.</summary>
public static partial class KafkaApis
{
}
