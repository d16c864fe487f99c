namespace LoadGen.Protocol;

/// <summary>The server answered with an error code, a short or wrong reply, or not at all. A load run ends on the first one.</summary>
internal sealed class ProtocolFault(string message) : Exception(message)
{
    public static ProtocolFault Code(string api, string subject, short code, string? message = null) =>
        new($"{api} of {subject} was answered with error {code} ({(Actors.Model.ErrorCode)code}){(message is null ? "" : ": " + message)}");
}
