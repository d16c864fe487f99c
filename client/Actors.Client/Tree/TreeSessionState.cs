namespace Actors.Client;

/// <summary>What a session's process knows of it.</summary>
public enum TreeSessionState
{
    /// <summary>It was heard of by a silo not long ago: it lives.</summary>
    Connected = 0,

    /// <summary>
    /// No silo has answered for two thirds of the timeout. It may live or be over; whoever acts as a master should hold back. It becomes
    /// Connected or Expired when a silo answers: a client never decides by itself that its session is over.
    /// </summary>
    Suspended = 1,

    /// <summary>It is over, and its ephemeral znodes are gone. Every call throws TreeSessionExpiredException. Final.</summary>
    Expired = 2,

    /// <summary>This process has closed it. Every call throws. Final.</summary>
    Closed = 3,
}
