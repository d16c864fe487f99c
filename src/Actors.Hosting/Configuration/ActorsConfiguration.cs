using Microsoft.Extensions.Configuration;

namespace Actors.Hosting.Configuration;

/// <summary>Turns the configuration's section <c>Actors</c> into checked <see cref="ActorsOptions"/>, or refuses in one sentence.</summary>
public static class ActorsConfiguration
{
    /// <summary>The section.</summary>
    public const string SectionName = "Actors";

    /// <summary>Reads and checks all settings; <paramref name="configure"/> has the last word and is checked too.</summary>
    /// <exception cref="StartRefusedException">A key is unknown, or a value is not allowed.</exception>
    public static ActorsOptions Load(IConfiguration configuration, Action<ActorsOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var options = new ActorsOptions();
        foreach (var child in configuration.GetSection(SectionName).GetChildren())
        {
            Read(child, child.Key, options);
        }

        configure?.Invoke(options);
        Check(options);
        return options;
    }

    /// <summary>Checks each setting and how they relate.</summary>
    /// <exception cref="StartRefusedException">A value is not allowed.</exception>
    public static void Check(ActorsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        foreach (var setting in SettingsTable.All)
        {
            setting.Check(options);
        }

        SettingsRelations.Check(options);
    }

    /// <summary>The known key that is nearest to a mistyped one, or null if none is near.</summary>
    internal static string? Nearest(string key)
    {
        var best = SettingsTable.All
            .Select(s => (s.FullKey, Distance: Math.Min(EditDistance(s.Key, key), EditDistance(s.FullKey, key))))
            .MinBy(s => s.Distance);
        return best.Distance <= Math.Max(2, key.Length / 4) ? best.FullKey : null;
    }

    private static void Read(IConfigurationSection section, string key, ActorsOptions options)
    {
        var children = section.GetChildren().ToArray();
        if (children.Length == 0 || section.Value is not null)
        {
            var setting = SettingsTable.Find(key);
            if (setting is null)
            {
                if (children.Length == 0 && section.Value is null or "" && IsGroup(key))
                {
                    return; // "Kafka": {} names nothing
                }

                throw Unknown(key);
            }

            setting.Read(section.Value ?? "", options);
        }

        foreach (var child in children)
        {
            Read(child, key + ":" + child.Key, options);
        }
    }

    private static bool IsGroup(string key) =>
        SettingsTable.All.Any(s => s.Key.StartsWith(key + ":", StringComparison.OrdinalIgnoreCase));

    private static StartRefusedException Unknown(string key)
    {
        var near = Nearest(key);
        var hint = near is null ? "--help lists all settings" : $"did you mean {near}?";
        return new StartRefusedException($"{SectionName}:{key} is not a setting; {hint}");
    }

    private static int EditDistance(string a, string b)
    {
        var previous = new int[b.Length + 1];
        var current = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            previous[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var change = char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]) ? 0 : 1;
                current[j] = Math.Min(Math.Min(current[j - 1], previous[j]) + 1, previous[j - 1] + change);
            }

            (previous, current) = (current, previous);
        }

        return previous[b.Length];
    }
}
