using System.Globalization;

namespace Actors.Tests.KafkaListener;

/// <summary>
/// How long a fuzzer runs: one round in plain tests, or as many as fit into ACTORS_FUZZ_MINUTES. The seed is ACTORS_FUZZ_SEED, or a new
/// one; a round's seed is the one before it plus one.
/// </summary>
internal sealed class FuzzBudget
{
    public const int FramesPerRound = 4_000;

    /// <summary>What may be kept beyond the first round: caches and the runtime's own, not something per frame.</summary>
    public const long MaxGrowthBytes = 64 << 20;

    private readonly long _started = TimeProvider.System.GetTimestamp();
    private readonly TimeSpan _length = TimeSpan.FromMinutes(Number("ACTORS_FUZZ_MINUTES") ?? 0);

    public int Seed { get; } = Number("ACTORS_FUZZ_SEED") ?? (int)(TimeProvider.System.GetTimestamp() & 0x3fff_ffff);

    public bool IsLong => _length > TimeSpan.Zero;

    public bool IsOver => TimeProvider.System.GetElapsedTime(_started) >= _length;

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) ? value : null;
}
