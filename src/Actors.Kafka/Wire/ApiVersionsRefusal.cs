using Actors.Model;

namespace Actors.Kafka.Wire;

/// <summary>
/// The answer to an ApiVersions request whose version is not known (KIP-511): its body is not read; the answer has version 0's layout,
/// error 35, and lists the versions of ApiVersions, so that the client asks again with the best one both know.
/// </summary>
public static class ApiVersionsRefusal
{
    /// <summary>Writes the whole frame.</summary>
    public static void WriteFrame(KafkaWriter writer, int correlationId)
    {
        ArgumentNullException.ThrowIfNull(writer);
        var frame = writer.BeginFrame();
        writer.WriteInt32(correlationId);
        writer.WriteInt16((short)ErrorCode.UnsupportedVersion);
        writer.WriteArrayCount(1, compact: false);
        writer.WriteInt16(ApiVersionsRequest.ApiKey);
        writer.WriteInt16(ApiVersionsRequest.MinVersion);
        writer.WriteInt16(ApiVersionsRequest.MaxVersion);
        writer.EndFrame(frame);
    }
}
