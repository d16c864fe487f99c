namespace Conformance.Crashes;

/// <summary>The node died, as it was told to, while a client was reading from it.</summary>
public sealed class NodeGoneException : Exception
{
    public NodeGoneException()
        : base("The node is gone")
    {
    }

    public NodeGoneException(string message)
        : base(message)
    {
    }

    public NodeGoneException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
