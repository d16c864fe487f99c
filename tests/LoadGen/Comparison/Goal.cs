using System.Globalization;

namespace LoadGen.Comparison;

/// <summary>What one figure has to reach, as a rule over theirs, ours and the bare loop's.</summary>
/// <param name="Text">The rule for the reader.</param>
/// <param name="NeedsBare">Whether the bare loop's figure is part of it.</param>
/// <param name="IsMet">The verdict over (theirs, ours, bare); null where a value it needs is missing.</param>
internal sealed record Goal(string Text, bool NeedsBare, Func<double?, double, double?, bool?> IsMet)
{
    /// <summary>No target: reported only.</summary>
    public static Goal Reported { get; } = new("reported", false, (_, _, _) => null);

    public static Goal AtMost(double limit) => new(Invariant($"≤ {limit:0.###}"), false, (_, ours, _) => ours <= limit);

    public static Goal AtLeastTheirs(double times) => new(
        Invariant($"≥ {times:0.##} × Kafka"), false, (theirs, ours, _) => theirs is null ? null : ours >= times * theirs);

    public static Goal AtMostTheirs(double times) => new(
        Invariant($"≤ {times:0.##} × Kafka"), false, (theirs, ours, _) => theirs is null ? null : ours <= times * theirs);

    public static Goal AtLeastBare(double times) => new(
        Invariant($"≥ {times:0.##} × bare loop"), true, (_, ours, bare) => bare is null ? null : ours >= times * bare);

    /// <summary>Ours against what the bare column holds (such as the disk's own latency) plus an allowance.</summary>
    public static Goal AtMostBarePlus(double allowance, string what) => new(
        Invariant($"≤ {what} + {allowance:0.##}"), true, (_, ours, bare) => bare is null ? null : ours <= bare + allowance);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>One line of the table: a figure by name, how it is printed, and its goal.</summary>
internal sealed record FigureLine(string Figure, string Format, Goal Goal);
