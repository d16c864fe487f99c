using Confluent.Kafka;
using Conformance.Clients;

namespace Conformance.Crashes;

/// <summary>
/// What one campaign knows about its partitions: all that was ever read, and all producers. After each restart everything is read from
/// the start and held against it.
/// </summary>
public sealed class LogBook
{
    /// <summary>How often a waiting reader looks whether the node still lives.</summary>
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(200);

    private readonly Dictionary<TopicPartition, List<string>> _seen = KillTopics.Every.ToDictionary(p => p, _ => new List<string>());
    private readonly List<LoadRun> _runs = [];

    public int RunCount => _runs.Count;

    public long RecordCount => _seen.Values.Sum(s => (long)s.Count);

    public void Add(LoadRun run) => _runs.Add(run);

    /// <summary>
    /// Reads every partition to its end and checks the promises; throws at the first that is broken, and <see cref="NodeGoneException"/>
    /// when the node dies under it.
    /// </summary>
    public void Check(string bootstrap, Task gone)
    {
        var logs = ReadAll(bootstrap, gone);
        foreach (var (partition, records) in logs)
        {
            CheckOffsetsAreStable(partition, records);
        }

        foreach (var run in _runs)
        {
            foreach (var (partition, records) in logs)
            {
                CheckRun(run, partition, records);
            }
        }
    }

    private static Dictionary<TopicPartition, List<ConsumeResult<string?, byte[]>>> ReadAll(string bootstrap, Task gone)
    {
        var logs = KillTopics.Every.ToDictionary(p => p, _ => new List<ConsumeResult<string?, byte[]>>());
        using var consumer = ConfluentClients.Consumer(bootstrap, c =>
        {
            c.CheckCrcs = true;
            c.FetchWaitMaxMs = 20;
            c.MaxPartitionFetchBytes = 4 * 1024 * 1024;
        });
        consumer.Assign(KillTopics.Every.Select(p => new TopicPartitionOffset(p, 0)));
        for (var ended = 0; ended < logs.Count;)
        {
            var result = Next(consumer, gone);
            if (result.IsPartitionEOF)
            {
                ended++;
            }
            else
            {
                logs[result.TopicPartition].Add(result);
            }
        }

        return logs;
    }

    private static ConsumeResult<string?, byte[]> Next(IConsumer<string?, byte[]> consumer, Task gone)
    {
        for (var waited = TimeSpan.Zero; waited < ConfluentClients.Patience; waited += Slice)
        {
            if (consumer.Consume(Slice) is { } result)
            {
                return result;
            }

            if (gone.IsCompleted)
            {
                throw new NodeGoneException();
            }
        }

        throw new TimeoutException($"Nothing for {ConfluentClients.Patience} while reading back");
    }

    /// <summary>Offsets have no gaps, and what was once read at an offset is there for ever.</summary>
    private void CheckOffsetsAreStable(TopicPartition partition, List<ConsumeResult<string?, byte[]>> records)
    {
        var seen = _seen[partition];
        Assert.True(records.Count >= seen.Count, $"{partition}: {seen.Count} records were read before, now there are {records.Count}");
        for (var i = 0; i < records.Count; i++)
        {
            Assert.True(records[i].Offset.Value == i, $"{partition}: the record at place {i} has offset {records[i].Offset.Value}");
            var print = LoadRun.Fingerprint(records[i].Message);
            if (i < seen.Count)
            {
                Assert.True(seen[i] == print, $"{partition} offset {i}: {seen[i]} was read before, now {print}");
            }
            else
            {
                seen.Add(print);
            }
        }
    }

    /// <summary>Every acknowledged record is there, at the offset it was acknowledged with, in the order of sending, once.</summary>
    private static void CheckRun(LoadRun run, TopicPartition partition, List<ConsumeResult<string?, byte[]>> records)
    {
        var found = records.Select(r => (r.Offset.Value, Id: LoadRun.Parse(r.Message.Key!))).Where(r => r.Id.Run == run.Name).ToArray();
        var offsets = found.ToLookup(r => r.Id.Sequence, r => r.Value);
        foreach (var ((where, sequence), offset) in run.Acknowledged().Where(a => a.Key.Partition == partition))
        {
            Assert.True(offsets.Contains(sequence), $"{where}: {run.Name}/{sequence} was acknowledged (offset {offset}) and is not there");
            Assert.True(offset < 0 || offsets[sequence].Contains(offset),
                $"{where}: {run.Name}/{sequence} was acknowledged with offset {offset}, it lies at {string.Join(", ", offsets[sequence])}");
        }

        var sequences = found.Select(r => r.Id.Sequence).ToArray();
        if (run.Idempotent)
        {
            Assert.True(sequences.SequenceEqual(Enumerable.Range(0, sequences.Length)),
                $"{partition}: idempotent {run.Name} is not 0, 1, 2, ...: {Disorder(sequences)}");
        }
        else if (!run.LivedThroughAKill)
        {
            // Nothing was resent, so nothing may be there twice or out of order; what was lost with the connection may be missing.
            Assert.True(sequences.Zip(sequences.Skip(1)).All(p => p.First < p.Second), $"{partition}: {run.Name}: {Disorder(sequences)}");
        }

        Assert.True(sequences.Length == 0 || sequences.Max() < run.SentTo(partition), $"{partition}: {run.Name} has records that were never sent");
    }

    private static string Disorder(int[] sequences)
    {
        var at = Enumerable.Range(1, Math.Max(0, sequences.Length - 1)).FirstOrDefault(i => sequences[i] != sequences[i - 1] + 1);
        return $"at place {at}: {string.Join(", ", sequences.Skip(Math.Max(0, at - 3)).Take(8))} ({sequences.Length} in all)";
    }
}
