namespace Actors.Model.Topics;

/// <summary>
/// Names of topics that parts of a node keep their own state in. Clients may read such topics, never make, fill, shrink or delete them:
/// their records are trusted where they are read back. Other names that begin with two underscores are the users'.
/// </summary>
public static class ReservedTopics
{
    private static readonly string[] s_names =
        ["__cluster", "__consumer_offsets", "__transaction_state", "__share_group_state", "__remote_log_metadata"];

    private static readonly string[] s_prefixes = ["__state.", "__log.", "__loghash."];

    /// <summary>
    /// Settings of an internal topic that an operator may change: those of storage and replication that do not change which records are
    /// kept, nor what is promised when they are acknowledged.
    /// </summary>
    private static readonly HashSet<string> s_changeable = new(StringComparer.Ordinal)
    {
        TopicConfigs.FileDeleteDelayMs.Name,
        TopicConfigs.IndexIntervalBytes.Name,
        TopicConfigs.MaxCompactionLagMs.Name,
        TopicConfigs.MinCleanableDirtyRatio.Name,
        TopicConfigs.MinCompactionLagMs.Name,
        TopicConfigs.MinInsyncReplicas.Name,
        TopicConfigs.Preallocate.Name,
        TopicConfigs.SegmentBytes.Name,
        TopicConfigs.SegmentIndexBytes.Name,
        TopicConfigs.SegmentJitterMs.Name,
        TopicConfigs.SegmentMs.Name,
    };

    /// <summary>Whether the name is kept for internal topics.</summary>
    public static bool Contains(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Array.IndexOf(s_names, name) >= 0 || Array.Exists(s_prefixes, p => name.StartsWith(p, StringComparison.Ordinal));
    }

    /// <summary>Whether a client may change this setting of an internal topic.</summary>
    public static bool MayChange(string config) => s_changeable.Contains(config);
}
