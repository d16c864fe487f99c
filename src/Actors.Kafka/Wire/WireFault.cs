namespace Actors.Kafka.Wire;

/// <summary>
/// The peer's bytes break the protocol: a length or count that its frame cannot hold, null where none may be, bytes left over.
/// A connection's fault, not ours: the listener closes that connection and writes one log line.
/// </summary>
#pragma warning disable CA1710, CA1032 // a fault is named by what it ends, as ConnectionFault is; it always has a reason
public sealed class WireFault : Exception
{
    /// <summary>A fault with a reason fit for a log line: it holds no bytes of the peer.</summary>
    public WireFault(string message)
        : base(message)
    {
    }
}
