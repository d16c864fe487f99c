using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Conformance.Clients;

/// <summary>Confluent.Kafka as a service would set it up, and the few things every test does with it.</summary>
internal static class ConfluentClients
{
    /// <summary>Longer than any wait a healthy node causes; reaching it is the failure.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static IProducer<string?, byte[]> Producer(string bootstrap, Action<ProducerConfig>? change = null)
    {
        var config = new ProducerConfig
        {
            BootstrapServers = bootstrap,
            Acks = Acks.All,
            LingerMs = 2,
            MessageTimeoutMs = 30_000,
            ReconnectBackoffMs = 50,
            ReconnectBackoffMaxMs = 500,
        };
        change?.Invoke(config);
        return new ProducerBuilder<string?, byte[]>(config).SetKeySerializer(Serializers.Utf8!).SetLogHandler(static (_, _) => { }).Build();
    }

    /// <summary>Assigned partitions only: no group is joined and no offset committed.</summary>
    public static IConsumer<string?, byte[]> Consumer(string bootstrap, Action<ConsumerConfig>? change = null)
    {
        var config = new ConsumerConfig
        {
            BootstrapServers = bootstrap,
            GroupId = "never-joined",
            EnableAutoCommit = false,
            EnablePartitionEof = true,
            AutoOffsetReset = AutoOffsetReset.Error,
            ReconnectBackoffMs = 50,
            ReconnectBackoffMaxMs = 500,
        };
        change?.Invoke(config);
        return new ConsumerBuilder<string?, byte[]>(config).SetKeyDeserializer(Deserializers.Utf8!).SetLogHandler(static (_, _) => { }).Build();
    }

    public static IAdminClient Admin(string bootstrap) =>
        new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrap }).SetLogHandler(static (_, _) => { }).Build();

    public static async Task CreateTopicAsync(string bootstrap, string topic, int partitions = 1, Dictionary<string, string>? configs = null)
    {
        using var admin = Admin(bootstrap);
        await admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = partitions, ReplicationFactor = 1, Configs = configs }]);
    }

    /// <summary>Everything from an offset to the end of one partition, in the order in which the client hands it out.</summary>
    public static List<ConsumeResult<string?, byte[]>> ReadAll(
        string bootstrap, string topic, int partition = 0, long from = 0, Action<ConsumerConfig>? change = null)
    {
        using var consumer = Consumer(bootstrap, change);
        consumer.Assign(new TopicPartitionOffset(topic, partition, from));
        var records = new List<ConsumeResult<string?, byte[]>>();
        while (true)
        {
            var result = consumer.Consume(Patience);
            Assert.True(result is not null, $"Nothing from {topic} [{partition}] for {Patience} after {records.Count} records");
            if (result.IsPartitionEOF)
            {
                return records;
            }

            records.Add(result);
        }
    }
}
