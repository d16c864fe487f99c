using System.Globalization;

namespace Actors.Hosting.Configuration;

/// <summary>
/// One row of <see cref="SettingsTable"/>: a key, what it means, how its text is read and what values it may have. The loader, the
/// checks and <c>--help</c> all come from here.
/// </summary>
public sealed class Setting
{
    private readonly Func<string, ActorsOptions, bool> _read;
    private readonly Func<ActorsOptions, bool> _isGood;
    private readonly Func<ActorsOptions, string> _show;

    private Setting(
        string key,
        string meaning,
        string expected,
        string? defaultText,
        Func<string, ActorsOptions, bool> read,
        Func<ActorsOptions, bool> isGood,
        Func<ActorsOptions, string> show)
    {
        Key = key;
        Meaning = meaning;
        Expected = expected;
        _read = read;
        _isGood = isGood;
        _show = show;
        DefaultText = defaultText ?? show(new ActorsOptions());
    }

    /// <summary>The key below <c>Actors:</c>, such as <c>Kafka:Port</c>.</summary>
    public string Key { get; }

    /// <summary>The whole key, such as <c>Actors:Kafka:Port</c>.</summary>
    public string FullKey => ActorsConfiguration.SectionName + ":" + Key;

    /// <summary>What it is for.</summary>
    public string Meaning { get; }

    /// <summary>What a value must be, to follow "which is not".</summary>
    public string Expected { get; }

    /// <summary>The default as text; empty where there is none.</summary>
    public string DefaultText { get; }

    /// <summary>A text.</summary>
    internal static Setting Text(
        string key,
        string meaning,
        Func<ActorsOptions, string> get,
        Action<ActorsOptions, string> set,
        Func<string, bool>? isGood = null,
        string expected = "a text") =>
        new(
            key,
            meaning,
            expected,
            null,
            (text, options) =>
            {
                set(options, text);
                return true;
            },
            options => isGood is null || isGood(get(options)),
            get);

    /// <summary>A whole number within bounds.</summary>
    internal static Setting Number(
        string key,
        string meaning,
        int min,
        int max,
        Func<ActorsOptions, int?> get,
        Action<ActorsOptions, int> set,
        string? defaultText = null) =>
        new(
            key,
            meaning,
            max == int.MaxValue ? $"a whole number of at least {min}" : $"a whole number from {min} to {max}",
            defaultText,
            (text, options) =>
            {
                if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
                {
                    return false;
                }

                set(options, value);
                return true;
            },
            options => get(options) is not { } value || (value >= min && value <= max),
            options => get(options)?.ToString(CultureInfo.InvariantCulture) ?? "");

    /// <summary>A port that a listener binds: 0 is a free one; -1 off, where the listener can be off.</summary>
    internal static Setting Port(
        string key, string meaning, bool canBeOff, Func<ActorsOptions, int?> get, Action<ActorsOptions, int> set) =>
        Number(key, meaning + (canBeOff ? "; 0: a free one, -1: off" : "; 0: a free one"), canBeOff ? -1 : 0, 65535, get, set);

    /// <summary>True or false.</summary>
    internal static Setting Switch(string key, string meaning, Func<ActorsOptions, bool> get, Action<ActorsOptions, bool> set) =>
        new(
            key,
            meaning,
            "true or false",
            null,
            (text, options) =>
            {
                if (!bool.TryParse(text, out var value))
                {
                    return false;
                }

                set(options, value);
                return true;
            },
            _ => true,
            options => get(options) ? "true" : "false");

    /// <summary>Takes a value over from the configuration.</summary>
    /// <exception cref="StartRefusedException">The text cannot be read or the value is out of bounds.</exception>
    internal void Read(string text, ActorsOptions into)
    {
        if (!_read(text.Trim(), into) || !_isGood(into))
        {
            throw Refusal(text);
        }
    }

    /// <summary>Checks a value that code has set.</summary>
    /// <exception cref="StartRefusedException">The value is out of bounds.</exception>
    internal void Check(ActorsOptions options)
    {
        if (!_isGood(options))
        {
            throw Refusal(_show(options));
        }
    }

    private StartRefusedException Refusal(string value) => new($"{FullKey} is \"{value}\", which is not {Expected}.");
}
