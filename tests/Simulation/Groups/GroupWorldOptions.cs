namespace Simulation.Groups;

/// <summary>What happens to the groups of a world.</summary>
internal sealed record GroupWorldOptions
{
    /// <summary>The node dies and comes back with what its log has; appends are refused.</summary>
    public bool Crashes { get; init; } = true;

    /// <summary>Clients die, stop for a while, leave, come back.</summary>
    public bool RestlessClients { get; init; } = true;

    /// <summary>The log says that it has what it has not: for a test of the checks.</summary>
    public bool LyingLog { get; init; }

    /// <summary>Steps of trouble.</summary>
    public int Steps { get; init; } = 1500;
}
