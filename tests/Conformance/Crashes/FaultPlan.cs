namespace Conformance.Crashes;

/// <summary>
/// How the process of one round dies: at a named fault point, when it passes there for the count-th time, or by a signal from outside
/// once so much was sent. The points are <c>Actors.Storage.Faults.FaultPoint</c>'s names: they are read from a command line by the
/// shipped binary, so they stand here as text.
/// </summary>
/// <param name="Point">Null: only by signal.</param>
/// <param name="Count">Which pass kills.</param>
/// <param name="LoadBytes">What the producers send before the signal comes that ends every round.</param>
/// <param name="LoadAtLeast">How long they go on at least, slowly: for what happens only every few seconds.</param>
/// <param name="Partitions">Over how many partitions; few partitions roll more often.</param>
/// <param name="ProducersLiveOn">Whether the producers outlive the process and resend to the next one.</param>
public sealed record FaultPlan(string? Point, int Count, long LoadBytes, TimeSpan LoadAtLeast, int Partitions, bool ProducersLiveOn)
{
    private const long Mebibyte = 1 << 20;

    /// <summary>A checkpoint comes every 5 s under load.</summary>
    private static readonly TimeSpan UntilACheckpoint = TimeSpan.FromSeconds(7);

    /// <summary>What the rounds go through in turn, the cheap ones more often. Null is a signal at any moment.</summary>
    private static readonly string?[] Turn =
    [
        "BeforeWrite", "AfterSync", null, "BeforeRoll", "AfterWrite", "BeforeSync", "AfterIndex", "BeforeCheckpoint", null, "AfterRoll",
        "AfterWrite", "BeforeIndex", "AfterSync", "BeforeRename", "AfterCommitLogWrite", "BeforeSync", null, "AfterRoll", "BeforeWrite",
        "AfterCheckpoint", "BeforeCommitLogWrite", "AfterIndex", "BeforeRoll", "AfterCommitLogSync", "BeforeIndex", "AfterRename",
    ];

    /// <summary>Every run must have hit each of these at least once.</summary>
    public static IEnumerable<string> Points => Turn.OfType<string>().Distinct();

    /// <summary>As the binary takes it from ACTORS_FAULT.</summary>
    public string? Fault => Point is null ? null : $"{Point}:{Count}:kill";

    public override string ToString() =>
        $"{Fault ?? "signal"} in {LoadBytes / 1024} KiB over {Partitions} partitions{(ProducersLiveOn ? ", producers live on" : "")}";

    /// <summary>The plan of the turn-th round; the first of a directory only makes its topics and is not armed.</summary>
    public static FaultPlan Next(Random random, int turn, bool armed)
    {
        var plan = Bare(random, armed ? Turn[turn % Turn.Length] : null);
        return plan with { ProducersLiveOn = random.Next(3) == 0 };
    }

    private static FaultPlan Bare(Random random, string? point) => point switch
    {
        null => new(null, 0, random.Next(64, 4 * 1024) * 1024L, TimeSpan.Zero, KillTopics.Partitions, false),
        "BeforeRoll" or "AfterRoll" => new(point, random.Next(1, 4), 8 * Mebibyte, TimeSpan.Zero, random.Next(1, 4), false),
        "BeforeIndex" or "AfterIndex" => new(point, random.Next(1, 4), 8 * Mebibyte, TimeSpan.Zero, random.Next(1, 4), false),
        "BeforeCheckpoint" or "AfterCheckpoint" => new(point, 1, Mebibyte, UntilACheckpoint, KillTopics.Partitions, false),
        "BeforeRename" or "AfterRename" => new(point, random.Next(1, 4), Mebibyte, UntilACheckpoint, KillTopics.Partitions, false),

        // The first few passes are the node's own start: dying there is a round too. Later ones happen under load.
        _ => new(point, random.Next(1, 16), 4 * Mebibyte, TimeSpan.Zero, KillTopics.Partitions, false),
    };
}
