namespace Simulation.Runs;

/// <summary>A guarantee does not hold.</summary>
public sealed class SimulationException(string message, Exception? cause = null) : Exception(message, cause);
