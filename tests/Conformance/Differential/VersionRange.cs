namespace Conformance.Differential;

/// <summary>"3", "1-4", "2+" or "none", as message definitions write it.</summary>
public readonly record struct VersionRange(int First, int Last)
{
    public static readonly VersionRange None = new(0, -1);

    public bool Contains(int version) => version >= First && version <= Last;

    public static VersionRange Parse(string? text)
    {
        if (string.IsNullOrEmpty(text) || text == "none")
        {
            return None;
        }

        if (text.EndsWith('+'))
        {
            return new VersionRange(int.Parse(text[..^1], null), int.MaxValue);
        }

        var at = text.IndexOf('-', StringComparison.Ordinal);
        return at < 0
            ? new VersionRange(int.Parse(text, null), int.Parse(text, null))
            : new VersionRange(int.Parse(text[..at], null), int.Parse(text[(at + 1)..], null));
    }
}
