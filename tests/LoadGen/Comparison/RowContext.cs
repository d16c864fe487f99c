using LoadGen.Peers;
using LoadGen.Platform;
using LoadGen.Report;
using LoadGen.Scenarios;

namespace LoadGen.Comparison;

/// <summary>What a row needs to start servers of its own.</summary>
internal record RowContext(Peer Peer, WorkDirectory Work, TableScale Scale, ProgressLine Progress);

/// <summary>What a row needs to load a server that runs already.</summary>
internal sealed record LoadContext(
    Peer Peer, WorkDirectory Work, TableScale Scale, ProgressLine Progress, RunningServer Server, Target Target)
    : RowContext(Peer, Work, Scale, Progress);

/// <summary>How much time and disk the rows take.</summary>
internal sealed record TableScale
{
    public required int Repeats { get; init; }
    public required double Seconds { get; init; }
    public required double WarmUpSeconds { get; init; }
    public required double ServerWarmUpSeconds { get; init; }
    public required long BurstBytes { get; init; }
    public required long FetchBytes { get; init; }
    public required long RestartBytes { get; init; }
    public required int IdlePartitions { get; init; }
    public required double IdleSeconds { get; init; }

    /// <summary>The figures that count.</summary>
    public static TableScale Full { get; } = new()
    {
        Repeats = 3,
        Seconds = 8,
        WarmUpSeconds = 4,
        ServerWarmUpSeconds = 15,
        BurstBytes = 4_000_000_000,
        FetchBytes = 1_000_000_000,
        RestartBytes = 8_000_000_000,
        IdlePartitions = 10_000,
        IdleSeconds = 10,
    };

    /// <summary>Every row for a second or two: whether it works, not how fast.</summary>
    public static TableScale Quick { get; } = new()
    {
        Repeats = 1,
        Seconds = 2,
        WarmUpSeconds = 1,
        ServerWarmUpSeconds = 2,
        BurstBytes = 500_000_000,
        FetchBytes = 200_000_000,
        RestartBytes = 500_000_000,
        IdlePartitions = 500,
        IdleSeconds = 2,
    };

    /// <summary>Time and disk of one measurement; a repetition does not warm up again.</summary>
    public LoadBudget Budget => new() { WarmUpSeconds = WarmUpSeconds, Seconds = Seconds, MaxBytes = BurstBytes };
}
