using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using Conformance.Clients;

namespace Conformance.Crashes;

/// <summary>
/// One producer from its start to its end: what it sent to each partition, in order, and what was acknowledged, with which offset.
/// A record's key is <c>RUN/SEQUENCE</c>, its value is padding.
/// </summary>
public sealed class LoadRun : IDisposable
{
    /// <summary>Small, so that what is sent stays close to what is acknowledged.</summary>
    private const int QueueKbytes = 1024;

    /// <summary>Between records once only time is left to fill.</summary>
    private static readonly TimeSpan TrickleWait = TimeSpan.FromMilliseconds(20);

    private readonly IProducer<string?, byte[]> _producer;
    private readonly Random _random;
    private readonly byte[] _padding = new byte[24 * 1024];
    private readonly Lock _gate = new();
    private readonly Dictionary<TopicPartition, int> _sent = [];
    private readonly Dictionary<(TopicPartition Partition, int Sequence), long> _acknowledged = [];
    private readonly List<string> _failures = [];

    public LoadRun(string bootstrap, string name, bool idempotent, CompressionType codec, int seed)
    {
        Name = name;
        Idempotent = idempotent;
        _random = new Random(seed);
        _random.NextBytes(_padding);
        _producer = ConfluentClients.Producer(bootstrap, c =>
        {
            c.EnableIdempotence = idempotent;
            c.CompressionType = codec;
            c.QueueBufferingMaxKbytes = QueueKbytes;
            c.MessageTimeoutMs = 120_000;
            c.BatchSize = 64 * 1024;
            c.SocketConnectionSetupTimeoutMs = 5_000;
        });
    }

    public string Name { get; }

    public bool Idempotent { get; }

    /// <summary>True once the process died under it and it resent: only then may a producer without idempotence write twice.</summary>
    public bool LivedThroughAKill { get; set; }

    public int AcknowledgedCount
    {
        get
        {
            lock (_gate)
            {
                return _acknowledged.Count;
            }
        }
    }

    public string[] Failures
    {
        get
        {
            lock (_gate)
            {
                return [.. _failures];
            }
        }
    }

    /// <summary>Sends until so many bytes are out and so much time has passed, or the node is gone.</summary>
    public void Send(FaultPlan plan, long bytes, Task gone)
    {
        var began = Stopwatch.GetTimestamp();
        for (long sent = 0; (sent < bytes || Stopwatch.GetElapsedTime(began) < plan.LoadAtLeast) && !gone.IsCompleted;)
        {
            var partition = KillTopics.At(_random.Next(plan.Partitions));
            var size = _random.Next(4) == 0 ? _random.Next(1, _padding.Length) : _random.Next(1, 400);
            var sequence = _sent.GetValueOrDefault(partition);
            if (TrySend(partition, sequence, size, gone))
            {
                _sent[partition] = sequence + 1;
                sent += size;
            }

            if (sent >= bytes)
            {
                gone.Wait(TrickleWait, CancellationToken.None);
            }
        }
    }

    /// <summary>Waits until every record sent was acknowledged or given up; false when the node is gone before that.</summary>
    public bool Drain(TimeSpan patience, Task gone)
    {
        var began = Stopwatch.GetTimestamp();
        while (_producer.Flush(TimeSpan.FromMilliseconds(100)) is var left and > 0)
        {
            if (gone.IsCompleted)
            {
                return false;
            }

            Assert.True(Stopwatch.GetElapsedTime(began) < patience, $"{Name}: {left} records still wait for their acknowledgement after {patience}");
        }

        return true;
    }

    public int SentTo(TopicPartition partition) => _sent.GetValueOrDefault(partition);

    public Dictionary<(TopicPartition Partition, int Sequence), long> Acknowledged()
    {
        lock (_gate)
        {
            return new(_acknowledged);
        }
    }

    public void Dispose() => _producer.Dispose();

    private bool TrySend(TopicPartition partition, int sequence, int size, Task gone)
    {
        var message = new Message<string?, byte[]> { Key = $"{Name}/{sequence}", Value = _padding.AsSpan(0, size).ToArray() };
        while (true)
        {
            try
            {
                _producer.Produce(partition, message, report => OnReport(partition, sequence, report));
                return true;
            }
            catch (ProduceException<string?, byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                if (gone.IsCompleted)
                {
                    return false;
                }

                _producer.Flush(TimeSpan.FromMilliseconds(5)); // returns early once there is room again
            }
        }
    }

    private void OnReport(TopicPartition partition, int sequence, DeliveryReport<string?, byte[]> report)
    {
        lock (_gate)
        {
            if (report.Error.IsError)
            {
                _failures.Add($"{Name}/{sequence} to {partition}: {report.Error}");
            }
            else
            {
                _acknowledged[(partition, sequence)] = report.Offset.Value;
            }
        }
    }

    public static (string Run, int Sequence) Parse(string key)
    {
        var at = key.IndexOf('/', StringComparison.Ordinal);
        return (key[..at], int.Parse(key.AsSpan(at + 1), null));
    }

    /// <summary>What tells two records apart when an offset is read again: its key and the value's length and ends.</summary>
    public static string Fingerprint(Message<string?, byte[]> message) =>
        new StringBuilder(message.Key).Append(':').Append(message.Value.Length).Append(':').Append(message.Value[0]).Append(message.Value[^1]).ToString();
}
