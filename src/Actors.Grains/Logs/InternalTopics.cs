using Actors.Model.Ports;

namespace Actors.Grains;

/// <summary>Makes the topics that logs of grains and their states live in, on first use.</summary>
internal sealed class InternalTopics(ICatalogCommands commands, ICatalog catalog)
{
    /// <summary>An append-only log: nothing is removed by time or size.</summary>
    public static IReadOnlyDictionary<string, string> LogConfigs { get; } = new Dictionary<string, string>
    {
        ["cleanup.policy"] = "delete",
        ["retention.ms"] = "-1",
        ["retention.bytes"] = "-1",
    };

    /// <summary>
    /// Creates the topic; None if it is there afterwards, whichever node made it. A topic of this name that is not internal was made by a
    /// client, and so were its records: <see cref="ErrorCode.InvalidTopicException"/>, it is not taken for ours.
    /// </summary>
    public async ValueTask<ErrorCode> EnsureAsync(
        string topic, IReadOnlyDictionary<string, string> configs, CancellationToken cancellationToken)
    {
        var outcome = await commands.CreateTopicAsync(
            new NewTopic { Name = topic, PartitionCount = 1, ReplicationFactor = -1, Configs = configs, IsInternal = true },
            cancellationToken);
        return outcome.Error != ErrorCode.TopicAlreadyExists ? outcome.Error
            : catalog.TryGetTopic(topic, out var existing) && !existing.IsInternal ? ErrorCode.InvalidTopicException : ErrorCode.None;
    }
}
