using System.Text;
using Confluent.Kafka;
using Conformance.Clients;
using Conformance.Fixtures;
using static Conformance.Clients.ConfluentProducerTests;

namespace Conformance.Crashes;

/// <summary>kill -9 under groups and producers: what was answered holds, and clients go on by themselves.</summary>
public sealed class GroupRestartTests : IDisposable
{
    private const int Groups = 8;
    private const int CommitsBeforeKill = 200;

    private readonly TempFolder _data = new("groups");
    private readonly SiloSettings _settings;

    public GroupRestartTests() => _settings = SiloSettings.WithFixedKafkaPort(_data.Path) with
    {
        Arguments = ["--Actors:Groups:InitialRebalanceDelayMs=100"],
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Explicit = true, Timeout = 300_000)]
    public async Task A_committed_offset_survives_kill_9_and_never_goes_back()
    {
        const int rounds = 3;
        var committed = new long[Groups];
        var tried = new long[Groups];
        using var answered = new SemaphoreSlim(0);
        using var done = new CancellationTokenSource();
        Task[] committing = [];
        for (var round = 0; round <= rounds; round++)
        {
            await using var silo = await SiloProcess.StartAsync(_settings, Cancellation);
            if (round == 0)
            {
                await ConfluentClients.CreateTopicAsync(silo.Kafka, "commits");
                committing = [.. Enumerable.Range(0, Groups).Select(g => Task.Factory.StartNew(
                    () => CommitUntil(silo.Kafka, g, committed, tried, answered, done.Token),
                    Cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
            }

            AssertCommitted(silo.Kafka, committed, tried);
            for (var i = 0; i < CommitsBeforeKill; i++)
            {
                Assert.True(await answered.WaitAsync(ConfluentClients.Patience, Cancellation), "commits should be answered");
            }

            if (round < rounds)
            {
                await silo.Kill9Async();
                continue;
            }

            await done.CancelAsync();
            await Task.WhenAll(committing);
            AssertCommitted(silo.Kafka, committed, tried);
            Assert.Equal(0, await silo.TerminateAsync());
        }
    }

    [Fact(Explicit = true, Timeout = 300_000)]
    public async Task An_idempotent_producer_and_a_group_go_on_through_a_restart()
    {
        var topic = "through";
        var silo = await SiloProcess.StartAsync(_settings, Cancellation);
        try
        {
            await ConfluentClients.CreateTopicAsync(silo.Kafka, topic, partitions: 2);
            using var producer = ConfluentClients.Producer(silo.Kafka, c =>
            {
                c.EnableIdempotence = true;
                c.MessageTimeoutMs = 120_000;
            });
            using var member = new GroupMember(silo.Kafka, topic, topic, c => c.SessionTimeoutMs = 30_000);
            var failures = new List<Error>();
            Send(0, 2_000);
            GroupMember.PollUntil(() => member.Values.Count >= 1_000, member);
            Send(2_000, 2_000);
            await silo.Kill9Async();
            await silo.DisposeAsync();
            silo = await SiloProcess.StartAsync(_settings, Cancellation);
            Send(4_000, 2_000);
            producer.Flush(Cancellation);
            Assert.Empty(failures);

            GroupMember.PollUntil(() => member.Values.Distinct().Count() >= 6_000, member);
            var stored = Enumerable.Range(0, 2).SelectMany(p => ConfluentClients.ReadAll(silo.Kafka, topic, p)).ToArray();
            Assert.Equal(6_000, stored.Length); // once each, although some were sent again
            Assert.Equal(6_000, stored.Select(r => Encoding.UTF8.GetString(r.Message.Value)).Distinct().Count());
            member.Close();

            void Send(int first, int count)
            {
                for (var i = first; i < first + count; i++)
                {
                    producer.Produce(topic, Numbered(i), report =>
                    {
                        if (report.Error.IsError)
                        {
                            failures.Add(report.Error);
                        }
                    });
                }
            }
        }
        finally
        {
            await silo.DisposeAsync();
        }
    }

    public void Dispose() => _data.Dispose();

    /// <summary>Commits rising offsets; a commit under a kill waits for the node to come back, or fails and is followed by the next.</summary>
    private static void CommitUntil(
        string bootstrap, int group, long[] committed, long[] tried, SemaphoreSlim answered, CancellationToken done)
    {
        using var consumer = Consumer(bootstrap, group);
        while (!done.IsCancellationRequested)
        {
            var offset = Interlocked.Increment(ref tried[group]);
            try
            {
                consumer.Commit([new TopicPartitionOffset("commits", 0, offset)]);
                Volatile.Write(ref committed[group], offset);
                answered.Release();
            }
            catch (KafkaException)
            {
                // Whether it counts is open.
            }
        }
    }

    private static void AssertCommitted(string bootstrap, long[] committed, long[] tried)
    {
        for (var group = 0; group < Groups; group++)
        {
            var least = Volatile.Read(ref committed[group]);
            using var consumer = Consumer(bootstrap, group);
            var found = consumer.Committed([new TopicPartition("commits", 0)], ConfluentClients.Patience).Single().Offset;
            Assert.InRange(found == Offset.Unset ? 0 : found.Value, least, Volatile.Read(ref tried[group]));
        }
    }

    private static IConsumer<string?, byte[]> Consumer(string bootstrap, int group) =>
        ConfluentClients.Consumer(bootstrap, c =>
        {
            c.GroupId = $"committing-{group}";
            c.SocketTimeoutMs = 10_000;
        });
}
