namespace Actors.Kafka.Wire;

/// <summary>
/// The head of every request.
/// <code>
/// 0  apiKey        int16
/// 2  apiVersion    int16
/// 4  correlationId int32
/// 8  clientId      nullable string with a 16-bit length, in flexible versions too
/// ...tagged fields in header version 2
/// </code>
/// </summary>
/// <param name="ApiKey">Key of the API; not checked.</param>
/// <param name="ApiVersion">Version of the request; not checked.</param>
/// <param name="CorrelationId">Comes back in the response.</param>
/// <param name="ClientId">The client's name in the frame, UTF-8, or null.</param>
public readonly record struct RequestHeader(short ApiKey, short ApiVersion, int CorrelationId, WireRange ClientId)
{
    /// <summary>Reads the first three fields, which have the same place in every version: enough to refuse a request.</summary>
    /// <exception cref="WireFault">The frame is shorter than 8 bytes.</exception>
    public static RequestHeader ReadFixed(ref KafkaReader reader) =>
        new(reader.ReadInt16(), reader.ReadInt16(), reader.ReadInt32(), WireRange.Null);

    /// <summary>Reads what follows <see cref="ReadFixed"/>: client id and tagged fields. The reader then stands at the body.</summary>
    /// <exception cref="WireFault">The bytes break the protocol.</exception>
    public RequestHeader ReadRest(ref KafkaReader reader, short headerVersion)
    {
        var clientId = reader.ReadStringRange(compact: false);
        if (headerVersion >= 2)
        {
            reader.SkipTags();
        }

        return this with { ClientId = clientId };
    }

    /// <summary>Writes a request's head: for clients and tests.</summary>
    public static void Write(KafkaWriter writer, in KafkaApiVersions api, short version, int correlationId, string? clientId)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteInt16((short)api.Api);
        writer.WriteInt16(version);
        writer.WriteInt32(correlationId);
        writer.WriteNullableString(clientId, compact: false);
        if (api.RequestHeaderVersion(version) >= 2)
        {
            writer.WriteNoTags();
        }
    }
}

/// <summary>
/// The head of every response: <c>correlationId int32</c>, and tagged fields in header version 1.
/// </summary>
public static class ResponseHeader
{
    /// <summary>Writes it.</summary>
    public static void Write(KafkaWriter writer, in KafkaApiVersions api, short version, int correlationId)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteInt32(correlationId);
        if (api.ResponseHeaderVersion(version) >= 1)
        {
            writer.WriteNoTags();
        }
    }

    /// <summary>Reads it and returns the correlation id: for clients and tests.</summary>
    /// <exception cref="WireFault">The bytes break the protocol.</exception>
    public static int Read(ref KafkaReader reader, in KafkaApiVersions api, short version)
    {
        var correlationId = reader.ReadInt32();
        if (api.ResponseHeaderVersion(version) >= 1)
        {
            reader.SkipTags();
        }

        return correlationId;
    }
}
