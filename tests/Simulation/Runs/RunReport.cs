using System.Globalization;

namespace Simulation.Runs;

/// <summary>What one run, or many, did.</summary>
internal sealed record RunReport
{
    public int Runs { get; init; } = 1;
    public long Steps { get; init; }
    public long DeviceCalls { get; init; }
    public long Acknowledged { get; init; }
    public long Starts { get; init; }
    public long PowerCuts { get; init; }
    public long Kills { get; init; }
    public long Refusals { get; init; }
    public long Cuts { get; init; }
    public long DiskErrors { get; init; }
    public long FullDisks { get; init; }
    public long RottenBits { get; init; }
    public long Cleanings { get; init; }
    public long ColdCleanings { get; init; }
    public long CleanedAway { get; init; }
    public long TreeCommands { get; init; }
    public long Repeats { get; init; }
    public long Events { get; init; }

    /// <summary>The trace's number, for a single run.</summary>
    public ulong Hash { get; init; }

    public static RunReport Sum(IEnumerable<RunReport> reports) => reports.Aggregate(new RunReport { Runs = 0 }, (sum, one) => new RunReport
    {
        Runs = sum.Runs + one.Runs,
        Steps = sum.Steps + one.Steps,
        DeviceCalls = sum.DeviceCalls + one.DeviceCalls,
        Acknowledged = sum.Acknowledged + one.Acknowledged,
        Starts = sum.Starts + one.Starts,
        PowerCuts = sum.PowerCuts + one.PowerCuts,
        Kills = sum.Kills + one.Kills,
        Refusals = sum.Refusals + one.Refusals,
        Cuts = sum.Cuts + one.Cuts,
        DiskErrors = sum.DiskErrors + one.DiskErrors,
        FullDisks = sum.FullDisks + one.FullDisks,
        RottenBits = sum.RottenBits + one.RottenBits,
        Cleanings = sum.Cleanings + one.Cleanings,
        ColdCleanings = sum.ColdCleanings + one.ColdCleanings,
        CleanedAway = sum.CleanedAway + one.CleanedAway,
        TreeCommands = sum.TreeCommands + one.TreeCommands,
        Repeats = sum.Repeats + one.Repeats,
        Events = sum.Events + one.Events,
    });

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Runs} runs, {Steps} steps, {DeviceCalls} device calls, {Acknowledged} acknowledged, {Starts} starts, {PowerCuts} power cuts, {Kills} kills, "
        + $"{Refusals} refusals, {Cuts} reported cuts, {DiskErrors} disk errors, {FullDisks} full disks, {RottenBits} rotten bits, "
        + $"{Cleanings} cleanings, {ColdCleanings} of them of cold logs, {CleanedAway} records cleaned away, "
        + $"{TreeCommands} tree commands, {Repeats} asked for again, {Events} watch events");
}
