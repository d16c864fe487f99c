namespace Actors.Dashboard;

/// <summary>Where a node is in its life.</summary>
public enum NodePhase
{
    /// <summary>Opening logs, joining; not ready.</summary>
    Starting,
    /// <summary>Serves.</summary>
    Ready,
    /// <summary>Was asked to stop; not ready any more.</summary>
    Stopping,
}

/// <summary>An address that the node serves, for the ready line and the page.</summary>
/// <param name="Name">The name: <c>kafka</c>, <c>dashboard</c>, <c>orleans</c>.</param>
/// <param name="Address">HOST:PORT, or a URL for the dashboard.</param>
public sealed record NodeAddress(string Name, string Address);

/// <summary>What the process knows of itself; the host writes it, the page and <c>/health</c> read it. Safe from any thread.</summary>
/// <param name="time">The clock.</param>
/// <param name="version">Version of the build.</param>
public sealed class NodeStatus(TimeProvider time, string version)
{
    private volatile NodePhase _phase = NodePhase.Starting;
    private volatile IReadOnlyList<NodeAddress> _addresses = [];
    private volatile NodePorts? _ports;

    /// <summary>Version of the build.</summary>
    public string Version { get; } = version;

    /// <summary>When the process began.</summary>
    public DateTimeOffset StartedAt { get; } = time.GetUtcNow();

    /// <summary>The data directory, absolute; empty before it is known.</summary>
    public string DataDirectory { get; set; } = "";

    /// <summary>Starting, ready or stopping.</summary>
    public NodePhase Phase
    {
        get => _phase;
        set => _phase = value;
    }

    /// <summary>The addresses that are served, in the order of the ready line.</summary>
    public IReadOnlyList<NodeAddress> Addresses
    {
        get => _addresses;
        set => _addresses = value;
    }

    /// <summary>The ports of the node, or null until it is open.</summary>
    public NodePorts? Ports
    {
        get => _ports;
        set => _ports = value;
    }
}
