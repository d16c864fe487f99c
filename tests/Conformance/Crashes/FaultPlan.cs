namespace Conformance.Crashes;

/// <summary>
/// How the process of one round dies: at a named fault point, when it passes there for the count-th time, or by a signal from outside
/// once so many bytes were sent. The points are <c>Actors.Storage.Faults.FaultPoint</c>'s names: they are read from a command line by the
/// shipped binary, so they stand here as text.
/// </summary>
public sealed record FaultPlan(string? Point, int Count, long LoadBytes, int Partitions, bool ProducersLiveOn)
{
    /// <summary>Every run must have hit each of these at least once.</summary>
    public static readonly string[] Points =
    [
        "BeforeWrite", "AfterWrite", "BeforeSync", "AfterSync", "BeforeIndex", "AfterIndex", "BeforeRoll", "AfterRoll",
        "BeforeCheckpoint", "AfterCheckpoint", "BeforeRename", "AfterRename",
    ];

    /// <summary>As the binary takes it from ACTORS_FAULT.</summary>
    public string? Fault => Point is null ? null : $"{Point}:{Count}:kill";

    public override string ToString() =>
        $"{Fault ?? "signal"} after up to {LoadBytes / 1024} KiB into {Partitions} partitions{(ProducersLiveOn ? ", producers live on" : "")}";

    public static FaultPlan Next(Random random, bool armed)
    {
        var livesOn = random.Next(3) == 0;
        if (!armed)
        {
            return new FaultPlan(null, 0, random.Next(64, 4 * 1024) * 1024L, KillTopics.Partitions, livesOn);
        }

        var point = Points[random.Next(Points.Length)];
        return point switch
        {
            // The first few passes are the node's own start: dying there is a round too. Later ones happen under load.
            "BeforeWrite" or "AfterWrite" or "BeforeSync" or "AfterSync" =>
                new FaultPlan(point, random.Next(1, 60), 8 << 20, KillTopics.Partitions, livesOn),
            "BeforeIndex" or "AfterIndex" => new FaultPlan(point, random.Next(1, 30), 12 << 20, KillTopics.Partitions, livesOn),
            "BeforeRoll" or "AfterRoll" => new FaultPlan(point, random.Next(1, 5), 12 << 20, random.Next(1, 4), livesOn),
            _ => new FaultPlan(point, random.Next(1, 4), 12 << 20, KillTopics.Partitions, livesOn),
        };
    }
}
