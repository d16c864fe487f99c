using System.Diagnostics.CodeAnalysis;

namespace Actors.Model.Topics;

/// <summary>
/// The topic settings of Kafka 4.3, by Kafka's names, with its defaults and rules; the one difference is
/// <c>flush.messages</c>, which is 1 here (acknowledged means synced). Source: Kafka's LogConfig and TopicConfig.
/// Settings of parts that do not exist yet (cleaner, tiering, throttles) are accepted, kept and shown.
/// </summary>
public static partial class TopicConfigs
{
    /// <summary>Most characters of a value; bounds what the catalog keeps per topic.</summary>
    public const int MaxValueChars = 32 * 1024;

    /// <summary>The setting of this name.</summary>
    public static bool TryGet(string name, [NotNullWhen(true)] out TopicConfigDefinition? definition) =>
        s_byName.TryGetValue(name, out definition);

    /// <summary>
    /// Checks all settings given for a topic: each by its own rule, then the rules between them. Null, or the sentence for an
    /// <see cref="ErrorCode.InvalidConfig"/> answer; an unknown setting is named.
    /// </summary>
    public static string? Check(IReadOnlyDictionary<string, string> configs)
    {
        ArgumentNullException.ThrowIfNull(configs);
        foreach (var (name, value) in configs.OrderBy(c => c.Key, StringComparer.Ordinal))
        {
            if (!TryGet(name, out var definition))
            {
                return $"Unknown topic config name: {name}";
            }

            if (value is null)
            {
                return $"Null value not supported for topic configs: {name}";
            }

            if (value.Length > MaxValueChars)
            {
                return $"The configuration value of {name} cannot be longer than {MaxValueChars} characters.";
            }

            if (definition.Check(value) is { } wrong)
            {
                return wrong;
            }
        }

        return CheckRelations(configs);
    }

    private static string? CheckRelations(IReadOnlyDictionary<string, string> configs)
    {
        var minLagMs = MinCompactionLagMs.GetInt64(configs);
        var maxLagMs = MaxCompactionLagMs.GetInt64(configs);
        if (minLagMs > maxLagMs)
        {
            return $"conflict topic config setting {MinCompactionLagMs.Name} ({minLagMs}) > {MaxCompactionLagMs.Name} ({maxLagMs})";
        }

        return RemoteStorageEnable.GetBoolean(configs)
            ? "Tiered Storage functionality is disabled in the broker. Topic cannot be configured with remote log storage."
            : null;
    }

    private static Func<string, string?> AtLeast(long least) => text =>
        TopicConfigDefinition.TryInt64(text, out var value) && value >= least ? null : $"Value must be at least {least}";

    private static Func<string, string?> Between(long least, long most) => text =>
        !TopicConfigDefinition.TryInt64(text, out var value) || value < least ? $"Value must be at least {least}"
        : value > most ? $"Value must be no more than {most}" : null;

    private static Func<string, string?> BetweenDouble(double least, double most) => text =>
        !TopicConfigDefinition.TryDouble(text, out var value) || !(value >= least)
            ? FormattableString.Invariant($"Value must be at least {least}")
            : value > most ? FormattableString.Invariant($"Value must be no more than {most}") : null;

    private static string? GzipLevel(string text) =>
        TopicConfigDefinition.TryInt32(text, out var level) && level is -1 or (>= 1 and <= 9)
            ? null : "Value must be between 1 and 9 or equal to -1";

    private static Func<string, string?> OneOf(params string[] names) => text =>
        names.Contains(text, StringComparer.Ordinal) ? null : $"String must be one of: {string.Join(", ", names)}";

    private static Func<string, string?> ItemsOf(params string[] names) => text =>
        TopicConfigDefinition.SplitList(text).All(i => names.Contains(i, StringComparer.Ordinal))
            ? null : $"String must be one of: {string.Join(", ", names)}";

    private static string? ThrottledReplicas(string text)
    {
        if (text is "" or "*" or "none")
        {
            return null;
        }

        foreach (var item in TopicConfigDefinition.SplitList(text))
        {
            var colon = item.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || !item.AsSpan(0, colon).ContainsOnlyDigits() || !item.AsSpan(colon + 1).ContainsOnlyDigits())
            {
                return "value must be the literal '*' or a list of "
                    + "replicas in the form [partitionId]:[brokerId],[partitionId]:[brokerId],...";
            }
        }

        return null;
    }

    private static bool ContainsOnlyDigits(this ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExceptInRange('0', '9');
}
