namespace Simulation.Fakes;

/// <summary>Wall and monotonic clock; both stand still until they are moved.</summary>
internal sealed class SimulatedClock : TimeProvider
{
    private long _monotonicMs = 5;

    /// <summary>Milliseconds since 1970.</summary>
    public long WallMs { get; private set; } = 1_700_000_000_000;

    public override long TimestampFrequency => 1000;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(WallMs);

    public override long GetTimestamp() => _monotonicMs;

    public void Advance(long ms)
    {
        WallMs += ms;
        _monotonicMs += ms;
    }

    /// <summary>Somebody sets the wall clock.</summary>
    public void StepWall(long ms) => WallMs += ms;
}
