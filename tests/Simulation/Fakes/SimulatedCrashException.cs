namespace Simulation.Fakes;

/// <summary>The process ends at this call of the device: nothing that follows reaches the disk or a client.</summary>
internal sealed class SimulatedCrashException() : Exception("the simulated process is dead");
