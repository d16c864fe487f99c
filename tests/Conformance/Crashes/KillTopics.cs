using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Conformance.Clients;

namespace Conformance.Crashes;

/// <summary>The topics of one campaign. Segments are as small as Kafka allows, so that rolls happen all the time.</summary>
public static class KillTopics
{
    public const string Synced = "synced";

    /// <summary>Acknowledged when written, synced when the system likes: a killed process still loses nothing, only a power cut would.</summary>
    public const string LeftToTheSystem = "left-to-the-system";

    private static readonly TopicPartition[] All =
    [
        new(Synced, 0), new(LeftToTheSystem, 0), new(Synced, 1), new(Synced, 2), new(LeftToTheSystem, 1),
    ];

    public static int Partitions => All.Length;

    public static TopicPartition At(int index) => All[index];

    public static IReadOnlyList<TopicPartition> Every => All;

    public static async Task CreateAsync(string bootstrap)
    {
        using var admin = ConfluentClients.Admin(bootstrap);
        await admin.CreateTopicsAsync(
        [
            Topic(Synced, 3, []),
            Topic(LeftToTheSystem, 2, new() { ["flush.messages"] = $"{long.MaxValue}" }),
        ]);
    }

    private static TopicSpecification Topic(string name, int partitions, Dictionary<string, string> configs) =>
        new()
        {
            Name = name,
            NumPartitions = partitions,
            ReplicationFactor = 1,
            Configs = new(configs) { ["segment.bytes"] = "1048576", ["index.interval.bytes"] = "4096" },
        };
}
