using System.Text.RegularExpressions;

namespace Conformance.Differential;

/// <summary>Where we answer differently on purpose or for now, each with its reason. The list should shrink.</summary>
internal static class AllowedDifferences
{
    private static readonly (string Case, string Difference, string Reason)[] All =
    [
        ("^api versions", @"^\.(ApiKeys|SupportedFeatures|FinalizedFeatures)", "we list what is built; which ranges is checked on its own"),
        ("the coordinator of a group", @"^\.", "there are no groups yet: COORDINATOR_NOT_AVAILABLE"),
        ("configs? of a topic|a config with its synonyms", @"flush\.messages", "our default is 1: acknowledged means synced"),
    ];

    public static string? Reason(string name, string difference)
    {
        foreach (var (test, pattern, reason) in All)
        {
            if (Regex.IsMatch(name, test) && Regex.IsMatch(difference, pattern))
            {
                return reason;
            }
        }

        return null;
    }
}
