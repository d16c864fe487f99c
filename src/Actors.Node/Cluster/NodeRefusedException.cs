namespace Actors.Node.Cluster;

/// <summary>
/// The node must not start on what it found: its identity, its cluster log or the cluster's answer contradict it. The message is one
/// sentence for the user; nothing was changed.
/// </summary>
public sealed class NodeRefusedException : Exception
{
    /// <summary>An exception without a reason.</summary>
    public NodeRefusedException()
    {
    }

    /// <summary>An exception that says what is wrong.</summary>
    public NodeRefusedException(string message)
        : base(message)
    {
    }

    /// <summary>An exception that says what is wrong and why.</summary>
    public NodeRefusedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
