namespace Actors.Net;

/// <summary>
/// The peer broke the protocol in a way that ends its connection: it is closed, one line is logged. Never a fault of ours.
/// </summary>
#pragma warning disable CA1710 // named by its blast radius, not by its base
public sealed class ConnectionFault : Exception
#pragma warning restore CA1710
{
    /// <summary>A fault with the reason that is logged.</summary>
    public ConnectionFault(string reason) : base(reason)
    {
    }

    /// <summary>A fault caused by another one.</summary>
    public ConnectionFault(string reason, Exception inner) : base(reason, inner)
    {
    }

    /// <summary>A fault without a reason.</summary>
    public ConnectionFault() : base("protocol violation")
    {
    }
}
