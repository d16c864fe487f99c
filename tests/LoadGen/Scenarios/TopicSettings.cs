using System.Globalization;

namespace LoadGen.Scenarios;

/// <summary>Topic configurations that loads ask for, by Kafka's names.</summary>
internal static class TopicSettings
{
    public static IReadOnlyDictionary<string, string> None { get; } = new Dictionary<string, string>();

    /// <summary>Syncing is left to the operating system: Kafka's default.</summary>
    public static IReadOnlyDictionary<string, string> Unsynced { get; } =
        new Dictionary<string, string> { ["flush.messages"] = long.MaxValue.ToString(CultureInfo.InvariantCulture) };

    /// <summary>Synced before each acknowledgement.</summary>
    public static IReadOnlyDictionary<string, string> Synced { get; } = new Dictionary<string, string> { ["flush.messages"] = "1" };
}
