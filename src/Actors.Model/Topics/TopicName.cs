using System.Buffers;

namespace Actors.Model.Topics;

/// <summary>What a topic may be called. Source: Kafka's Topic.validate.</summary>
public static class TopicName
{
    /// <summary>Most characters of a name: it is part of a folder's name.</summary>
    public const int MaxChars = 249;

    private static readonly SearchValues<char> s_allowed =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

    /// <summary>Null if the name is allowed, else Kafka's sentence for an <see cref="ErrorCode.InvalidTopicException"/> answer.</summary>
    public static string? Check(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length == 0)
        {
            return "Topic name is invalid: the empty string is not allowed";
        }

        if (name is "." or "..")
        {
            return $"Topic name is invalid: '{name}' is not allowed";
        }

        if (name.Length > MaxChars)
        {
            return $"Topic name is invalid: the length of '{name}' is longer than the max allowed length {MaxChars}";
        }

        return name.AsSpan().ContainsAnyExcept(s_allowed)
            ? $"Topic name is invalid: '{name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'"
            : null;
    }

    /// <summary>
    /// Whether two names would meet in one metric's name, where '.' and '_' are the same; Kafka refuses the second one.
    /// </summary>
    public static bool Collide(string left, string right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return string.Equals(left.Replace('.', '_'), right.Replace('.', '_'), StringComparison.Ordinal);
    }
}
