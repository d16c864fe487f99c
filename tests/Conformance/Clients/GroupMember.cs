using System.Text;
using Confluent.Kafka;
using Conformance.Fixtures;

namespace Conformance.Clients;

/// <summary>One consumer in a group; keeps what it owns and what it read. It does something only while it is polled.</summary>
internal sealed class GroupMember : IDisposable
{
    private readonly IConsumer<string?, byte[]> _consumer;
    private readonly HashSet<TopicPartition> _owned = [];

    public GroupMember(string bootstrap, string group, string subscription, Action<ConsumerConfig>? change = null)
    {
        var config = new ConsumerConfig
        {
            BootstrapServers = bootstrap,
            GroupId = group,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            PartitionAssignmentStrategy = PartitionAssignmentStrategy.Range,
            SessionTimeoutMs = 10_000,
            HeartbeatIntervalMs = 300,
            ReconnectBackoffMs = 50,
            ReconnectBackoffMaxMs = 500,
        };
        change?.Invoke(config);
        _consumer = new ConsumerBuilder<string?, byte[]>(config)
            .SetKeyDeserializer(Deserializers.Utf8!)
            .SetLogHandler(static (_, _) => { })
            .SetErrorHandler((_, e) => Fatal = e.IsFatal ? e : Fatal)
            .SetPartitionsAssignedHandler((_, partitions) =>
            {
                AssignmentCount++;
                _owned.UnionWith(partitions);
            })
            .SetPartitionsRevokedHandler((_, partitions) => _owned.ExceptWith(partitions.Select(p => p.TopicPartition)))
            .SetPartitionsLostHandler((_, partitions) => _owned.ExceptWith(partitions.Select(p => p.TopicPartition)))
            .Build();
        _consumer.Subscribe(subscription);
    }

    /// <summary>Partitions it owns.</summary>
    public List<int> Owned => [.. _owned.Select(p => p.Partition.Value).Order()];

    /// <summary>Topics it owns partitions of.</summary>
    public HashSet<string> Topics => [.. _owned.Select(p => p.Topic)];

    /// <summary>What it read.</summary>
    public List<string> Values { get; } = [];

    /// <summary>How often it was assigned partitions.</summary>
    public int AssignmentCount { get; private set; }

    /// <summary>The error that ended it, or null.</summary>
    public Error? Fatal { get; private set; }

    /// <summary>Polls all of them in turn until the condition holds.</summary>
    public static void PollUntil(Func<bool> done, params GroupMember[] members)
    {
        var deadline = TimeProvider.System.GetTimestamp();
        while (!done())
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            Assert.True(
                TimeProvider.System.GetElapsedTime(deadline) < ClientProcess.DefaultDeadline,
                string.Join('\n', members.Select(m => $"owns {string.Join(",", m.Owned)}, read {m.Values.Count}, fatal {m.Fatal}")));
            foreach (var member in members)
            {
                member.Poll();
            }
        }
    }

    public void Commit() => _consumer.Commit();

    public void Close() => _consumer.Close();

    public void Dispose() => _consumer.Dispose();

    private void Poll()
    {
        try
        {
            if (_consumer.Consume(TimeSpan.FromMilliseconds(50)) is { Message: { } message })
            {
                Values.Add(Encoding.UTF8.GetString(message.Value));
            }
        }
        catch (KafkaException e) when (e.Error.IsFatal)
        {
            Fatal = e.Error;
        }
        catch (ConsumeException)
        {
            // A topic that has just been made may not be known yet: the next poll asks again.
        }
    }
}
