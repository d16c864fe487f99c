using LoadGen.Report;
using LoadGen.Scenarios;

namespace LoadGen.Peers;

/// <summary>Apache Kafka through a launcher script: <c>HOME/kafka start DATADIR PORT</c>, which prints the broker's process id.</summary>
internal sealed class KafkaPeer(string home, int port) : Peer("Apache Kafka", port)
{
    // Deleted topics give their disk back at once instead of after a minute: many gigabytes are written in turn.
    private readonly ProcessPeer _script = new("Apache Kafka", port, $"'{home}/kafka' start {{data}} {{port}}", readyLine: null)
    {
        Environment = new Dictionary<string, string>
        {
            ["KAFKA_EXTRA"] = string.Join(
                ';',
                new[] { Environment.GetEnvironmentVariable("KAFKA_EXTRA"), "log.segment.delete.delay.ms=1000" }
                    .Where(s => !string.IsNullOrEmpty(s))),
        },
    };

    public override IReadOnlyDictionary<string, string> DurableConfigs => TopicSettings.Synced;

    public override RunningServer Start(string dataDirectory, ProgressLine progress) => _script.Start(dataDirectory, progress);
}
