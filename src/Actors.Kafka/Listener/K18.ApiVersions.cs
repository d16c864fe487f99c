using Actors.Kafka.Wire;
using Actors.Model;
using Actors.Net;

namespace Actors.Kafka.Listener;

/// <summary>
/// ApiVersions, key 18.
/// Versions: 0-4 (Kafka 4.3: 0-4). Promise: lists exactly what is dispatched, Produce from 0 on though 0-2 are refused (KAFKA-18659);
/// a version that is not known is answered in version 0 with error 35 (KIP-511). Gaps: no features are listed.
/// </summary>
internal static class ApiVersionsHandler
{
    private static readonly ApiVersionsResponseApiVersion[] s_listed =
    [
        .. KafkaDispatch.Entries.ToArray().OrderBy(e => e.Versions.Api).Select(e => new ApiVersionsResponseApiVersion
        {
            ApiKey = (short)e.Versions.Api,
            MinVersion = e.Versions.ListedFrom,
            MaxVersion = e.Versions.MaxVersion,
        }),
    ];

    public static void Handle(KafkaConnection connection, in KafkaRequest request)
    {
        var asked = request.Read<ApiVersionsRequest>();
        var error = ErrorCode.None;
        if (request.Version >= 3)
        {
            if (IsName(asked.ClientSoftwareName) && IsName(asked.ClientSoftwareVersion))
            {
                connection.SoftwareName = asked.ClientSoftwareName;
                connection.SoftwareVersion = asked.ClientSoftwareVersion;
            }
            else
            {
                error = ErrorCode.InvalidRequest;
            }
        }

        connection.Send(request, new ApiVersionsResponse
        {
            ErrorCode = (short)error,
            ApiKeys = error == ErrorCode.None ? s_listed : [],
            ThrottleTimeMs = request.Context.ThrottleMs,
        });
    }

    // Kafka's pattern: [a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?
    private static bool IsName(string text) =>
        text.Length > 0 && char.IsAsciiLetterOrDigit(text[0]) && char.IsAsciiLetterOrDigit(text[^1])
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.');
}

/// <summary>The answer to a version of ApiVersions that is not known.</summary>
internal sealed class ApiVersionsRefusalReply(int correlationId) : Reply
{
    public void Ready() => Complete();

    protected override void WriteTo(ReplySink sink)
    {
        using var writer = new KafkaWriter();
        ApiVersionsRefusal.WriteFrame(writer, correlationId);
        sink.Write(writer.WrittenSpan);
    }
}
