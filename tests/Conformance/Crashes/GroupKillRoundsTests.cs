using System.Collections.Concurrent;
using Confluent.Kafka;
using Conformance.Clients;
using Conformance.Fixtures;
using static Conformance.Clients.ConfluentProducerTests;

namespace Conformance.Crashes;

/// <summary>kill -9 rounds in which members of a group read and commit while a producer produces.</summary>
public sealed class GroupKillRoundsTests : IDisposable
{
    private const int Rounds = 4;
    private const int Partitions = 2;
    private const int CommitsPerRound = 40;
    private const int RecordsPerCommit = 25;
    private const string Topic = "rounds";

    private readonly TempFolder _data = new("group-rounds");
    private readonly CancellationTokenSource _done = new();
    private readonly SemaphoreSlim _answered = new(0);
    private readonly long[] _committed = new long[Partitions];
    private readonly ConcurrentDictionary<(int Partition, long Offset), string> _read = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Explicit = true, Timeout = 300_000)]
    public async Task No_committed_offset_is_lost_or_goes_back_and_every_record_is_read()
    {
        var settings = SiloSettings.WithFixedKafkaPort(_data.Path) with { Arguments = ["--Actors:Groups:InitialRebalanceDelayMs=100"] };
        Task[] clients = [];
        for (var round = 0; round <= Rounds; round++)
        {
            await using var silo = await SiloProcess.StartAsync(settings, Cancellation);
            if (round == 0)
            {
                await ConfluentClients.CreateTopicAsync(silo.Kafka, Topic, Partitions);
                clients = [Begin(() => Produce(silo.Kafka)), Begin(() => ReadAndCommit(silo.Kafka)), Begin(() => ReadAndCommit(silo.Kafka))];
            }

            AssertCommitted(silo.Kafka);
            for (var i = 0; i < CommitsPerRound; i++)
            {
                Assert.True(await _answered.WaitAsync(ConfluentClients.Patience, Cancellation), $"commits should be answered in round {round}");
            }

            if (round < Rounds)
            {
                await silo.Kill9Async();
                continue;
            }

            await _done.CancelAsync();
            await Task.WhenAll(clients);
            AssertCommitted(silo.Kafka);
            AssertRead(silo.Kafka);
            Assert.Equal(0, await silo.TerminateAsync());
        }
    }

    public void Dispose()
    {
        _done.Dispose();
        _answered.Dispose();
        _data.Dispose();
    }

    private static Task Begin(Action work) =>
        Task.Factory.StartNew(work, Cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Produce(string bootstrap)
    {
        using var producer = ConfluentClients.Producer(bootstrap, c => (c.EnableIdempotence, c.MessageTimeoutMs, c.LingerMs) = (true, 120_000, 5));
        var errors = new ConcurrentQueue<Error>();
        for (var i = 0; !_done.IsCancellationRequested; i++)
        {
            producer.Produce(new TopicPartition(Topic, i % Partitions), Numbered(i), r =>
            {
                if (r.Error.IsError)
                {
                    errors.Enqueue(r.Error);
                }
            });
            producer.Poll(TimeSpan.FromMilliseconds(1));
        }

        producer.Flush(ConfluentClients.Patience);
        Assert.Empty(errors);
    }

    /// <summary>A member: what a commit's answer has promised is noted, whatever happens to commits without an answer.</summary>
    private void ReadAndCommit(string bootstrap)
    {
        using var member = ConfluentClients.Consumer(bootstrap, c =>
        {
            (c.GroupId, c.AutoOffsetReset, c.EnablePartitionEof) = (Topic, AutoOffsetReset.Earliest, false);
            (c.SessionTimeoutMs, c.HeartbeatIntervalMs) = (10_000, 300);
        });
        member.Subscribe(Topic);
        var next = new Dictionary<int, long>();
        var uncommitted = 0;
        while (!_done.IsCancellationRequested)
        {
            try
            {
                if (member.Consume(TimeSpan.FromMilliseconds(100)) is { Message: { } message } record)
                {
                    _read[(record.Partition.Value, record.Offset.Value)] = System.Text.Encoding.UTF8.GetString(message.Value);
                    next[record.Partition.Value] = record.Offset.Value + 1;
                    uncommitted++;
                }

                if (uncommitted >= RecordsPerCommit)
                {
                    uncommitted = 0;
                    Commit(member, next);
                }
            }
            catch (KafkaException e) when (!e.Error.IsFatal)
            {
                next.Clear(); // under a kill or a rebalance: whether it counts is open, and what is read next tells where it goes on
            }
        }

        member.Close();
    }

    private void Commit(IConsumer<string?, byte[]> member, Dictionary<int, long> next)
    {
        foreach (var partition in next.Keys.Except(member.Assignment.Select(p => p.Partition.Value)).ToArray())
        {
            next.Remove(partition);
        }

        if (next.Count == 0)
        {
            return;
        }

        member.Commit(next.Select(n => new TopicPartitionOffset(Topic, n.Key, n.Value)));
        lock (_committed)
        {
            foreach (var (partition, offset) in next)
            {
                _committed[partition] = Math.Max(_committed[partition], offset);
            }
        }

        _answered.Release();
    }

    private void AssertCommitted(string bootstrap)
    {
        long[] least;
        lock (_committed)
        {
            least = [.. _committed];
        }

        using var consumer = ConfluentClients.Consumer(bootstrap, c => c.GroupId = Topic);
        var partitions = Enumerable.Range(0, Partitions).Select(p => new TopicPartition(Topic, p));
        foreach (var found in consumer.Committed(partitions, ConfluentClients.Patience))
        {
            var offset = found.Offset == Offset.Unset ? 0 : found.Offset.Value;
            var answered = least[found.Partition.Value];
            Assert.True(offset >= answered, $"partition {found.Partition.Value}: {offset} is committed, {answered} was answered");
        }
    }

    /// <summary>What is in the log below a committed offset was read by a member, as it is.</summary>
    private void AssertRead(string bootstrap)
    {
        for (var partition = 0; partition < Partitions; partition++)
        {
            Assert.True(_committed[partition] > 0, $"nothing of partition {partition} was committed");
            foreach (var record in ConfluentClients.ReadAll(bootstrap, Topic, partition).Where(r => r.Offset.Value < _committed[partition]))
            {
                Assert.True(
                    _read.TryGetValue((partition, record.Offset.Value), out var value)
                    && value == System.Text.Encoding.UTF8.GetString(record.Message.Value),
                    $"partition {partition}: the record at {record.Offset.Value} was committed and not read");
            }
        }
    }
}
