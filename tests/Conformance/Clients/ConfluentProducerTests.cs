using System.Text;
using Confluent.Kafka;
using Conformance.Fixtures;
using Conformance.Wire;

namespace Conformance.Clients;

[Collection(SharedNode.Name)]
public sealed class ConfluentProducerTests(NodeUnderTest node)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Explicit = true, Timeout = 120_000)]
    [InlineData(Acks.None)]
    [InlineData(Acks.Leader)]
    [InlineData(Acks.All)]
    public async Task Records_are_read_back_in_the_order_in_which_they_were_sent(Acks acks)
    {
        var topic = NodeUnderTest.NewTopic("cf-acks");
        await ConfluentClients.CreateTopicAsync(node.Bootstrap, topic);
        using (var producer = ConfluentClients.Producer(node.Bootstrap, c => c.Acks = acks))
        {
            Enumerable.Range(0, 5_000).ToList().ForEach(i => producer.Produce(topic, Numbered(i)));
            producer.Flush(Cancellation);
        }

        // acks=0 has no answer: the end of the log is the only sign that all have arrived.
        using (var offsets = await PartitionOffsets.OpenAsync(node.Bootstrap, Cancellation))
        {
            await offsets.WaitForEndAsync(topic, 0, 5_000, Cancellation);
        }

        AssertNumbered(ConfluentClients.ReadAll(node.Bootstrap, topic), 5_000);
    }

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task An_idempotent_producer_gets_consecutive_offsets_and_leaves_its_id_in_the_batches()
    {
        var topic = NodeUnderTest.NewTopic("cf-idempotent");
        await ConfluentClients.CreateTopicAsync(node.Bootstrap, topic, partitions: 3);
        using (var producer = ConfluentClients.Producer(node.Bootstrap, c => c.EnableIdempotence = true))
        {
            var sends = Enumerable.Range(0, 3_000).Select(i =>
                producer.ProduceAsync(new TopicPartition(topic, i % 3), Numbered(i / 3), Cancellation)).ToArray();
            var reports = await Task.WhenAll(sends);
            Assert.All(reports, r => Assert.Equal(PersistenceStatus.Persisted, r.Status));
            for (var partition = 0; partition < 3; partition++)
            {
                var offsets = reports.Where(r => r.Partition == partition).Select(r => r.Offset.Value);
                Assert.Equal(Enumerable.Range(0, 1_000).Select(i => (long)i), offsets);
            }
        }

        for (var partition = 0; partition < 3; partition++)
        {
            AssertNumbered(ConfluentClients.ReadAll(node.Bootstrap, topic, partition), 1_000);
            var batches = await StoredBatch.ReadAllAsync(node.Bootstrap, topic, partition, Cancellation);
            Assert.Single(batches.Select(b => b.ProducerId).Distinct(), id => id >= 0);
            Assert.Equal(0, batches[0].BaseSequence);
        }
    }

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task Fifty_producers_at_once_lose_nothing_and_keep_their_own_order()
    {
        const int producers = 50;
        const int each = 400;
        var topic = NodeUnderTest.NewTopic("cf-fifty");
        await ConfluentClients.CreateTopicAsync(node.Bootstrap, topic, partitions: 4);

        var ids = await Task.WhenAll(Enumerable.Range(0, producers).Select(p => Task.Run(() =>
        {
            using var producer = ConfluentClients.Producer(node.Bootstrap, c => c.EnableIdempotence = p % 2 == 0);
            for (var i = 0; i < each; i++)
            {
                producer.Produce(new TopicPartition(topic, p % 4), new Message<string?, byte[]> { Key = $"{p}", Value = Encoding.UTF8.GetBytes($"{i}") });
            }

            producer.Flush(Cancellation);
            return p;
        })));

        var found = Enumerable.Range(0, 4).SelectMany(p => ConfluentClients.ReadAll(node.Bootstrap, topic, p)).ToLookup(r => r.Message.Key);
        Assert.All(ids, p => Assert.Equal(
            Enumerable.Range(0, each).Select(i => $"{i}"), found[$"{p}"].Select(r => Encoding.UTF8.GetString(r.Message.Value))));
    }

    [Theory(Explicit = true, Timeout = 120_000)]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public async Task A_compressed_record_of_every_size_survives(CompressionType codec)
    {
        var topic = NodeUnderTest.NewTopic("cf-codec");
        await ConfluentClients.CreateTopicAsync(node.Bootstrap, topic);
        var random = new Random(4711);
        var values = Enumerable.Range(0, 120).Select(i => Text(random, i * i * 10)).ToArray();
        using (var producer = ConfluentClients.Producer(node.Bootstrap, c => c.CompressionType = codec))
        {
            values.ToList().ForEach(v => producer.Produce(topic, new Message<string?, byte[]> { Value = v }));
            producer.Flush(Cancellation);
        }

        var back = ConfluentClients.ReadAll(node.Bootstrap, topic);
        Assert.Equal(values.Length, back.Count);
        Assert.All(back, r => Assert.True(values[r.Offset.Value].AsSpan().SequenceEqual(r.Message.Value)));
        Assert.Contains(await StoredBatch.ReadAllAsync(node.Bootstrap, topic, 0, Cancellation), b => (int)b.Codec == (int)codec);
    }

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task A_record_just_under_the_limit_is_kept_and_one_over_it_is_refused()
    {
        var topic = NodeUnderTest.NewTopic("cf-large");
        await ConfluentClients.CreateTopicAsync(node.Bootstrap, topic);
        using var producer = ConfluentClients.Producer(node.Bootstrap, c => c.MessageMaxBytes = 4_000_000);
        var largest = new byte[1_048_588 - 200];
        new Random(1).NextBytes(largest);

        var report = await producer.ProduceAsync(topic, new Message<string?, byte[]> { Value = largest }, Cancellation);
        var refused = await Assert.ThrowsAsync<ProduceException<string?, byte[]>>(() =>
            producer.ProduceAsync(topic, new Message<string?, byte[]> { Value = new byte[2_000_000] }, Cancellation));
        var after = await producer.ProduceAsync(topic, Numbered(1), Cancellation);

        Assert.Equal(0, report.Offset.Value);
        Assert.Equal(ErrorCode.MsgSizeTooLarge, refused.Error.Code);
        Assert.Equal(1, after.Offset.Value);
        Assert.True(largest.AsSpan().SequenceEqual(ConfluentClients.ReadAll(node.Bootstrap, topic)[0].Message.Value));
    }

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task A_topic_that_takes_larger_records_takes_them()
    {
        var topic = NodeUnderTest.NewTopic("cf-larger");
        await ConfluentClients.CreateTopicAsync(node.Bootstrap, topic, configs: new() { ["max.message.bytes"] = "16000000" });
        using var producer = ConfluentClients.Producer(node.Bootstrap, c => c.MessageMaxBytes = 16_000_000);
        var value = new byte[15_000_000];
        new Random(2).NextBytes(value);

        await producer.ProduceAsync(topic, new Message<string?, byte[]> { Value = value }, Cancellation);

        // Larger than what one fetch asks for: the first batch comes whole all the same.
        var back = Assert.Single(ConfluentClients.ReadAll(node.Bootstrap, topic, change: c => c.FetchMaxBytes = c.MessageMaxBytes = 1_000_000));
        Assert.True(value.AsSpan().SequenceEqual(back.Message.Value));
    }

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task An_unknown_topic_is_made_when_it_is_first_written_to()
    {
        var topic = NodeUnderTest.NewTopic("cf-auto");
        using var producer = ConfluentClients.Producer(node.Bootstrap);

        var report = await producer.ProduceAsync(topic, Numbered(0), Cancellation);

        Assert.Equal(0, report.Offset.Value);
        AssertNumbered(ConfluentClients.ReadAll(node.Bootstrap, topic), 1);
    }

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task A_bad_topic_name_is_refused()
    {
        using var producer = ConfluentClients.Producer(node.Bootstrap, c => c.MessageTimeoutMs = 10_000);

        var refused = await Assert.ThrowsAsync<ProduceException<string?, byte[]>>(() =>
            producer.ProduceAsync("no spaces allowed", Numbered(0), Cancellation));

        Assert.Contains(refused.Error.Code, new[] { ErrorCode.TopicException, ErrorCode.Local_UnknownTopic });
    }

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task Headers_keys_and_timestamps_come_back_as_they_were_sent()
    {
        var topic = NodeUnderTest.NewTopic("cf-headers");
        var sent = new Message<string?, byte[]>
        {
            Key = "käy",
            Value = [1, 2, 3],
            Timestamp = new Timestamp(1_700_000_000_123, TimestampType.CreateTime),
            Headers = new Headers { { "trace", [9, 8] }, { "trace", [] }, { "nothing", null } },
        };
        using (var producer = ConfluentClients.Producer(node.Bootstrap))
        {
            await producer.ProduceAsync(topic, sent, Cancellation);
            await producer.ProduceAsync(topic, new Message<string?, byte[]> { Key = null, Value = null! }, Cancellation);
        }

        var back = ConfluentClients.ReadAll(node.Bootstrap, topic);
        Assert.Equal(sent.Key, back[0].Message.Key);
        Assert.Equal(sent.Value, back[0].Message.Value);
        Assert.Equal(sent.Timestamp, back[0].Message.Timestamp);
        Assert.Equal(sent.Headers.Select(h => (h.Key, h.GetValueBytes())), back[0].Message.Headers.Select(h => (h.Key, h.GetValueBytes())));
        Assert.Null(back[1].Message.Key);
        Assert.Null(back[1].Message.Value);
    }

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task A_log_append_time_topic_stamps_its_own_time()
    {
        var topic = NodeUnderTest.NewTopic("cf-append-time");
        await ConfluentClients.CreateTopicAsync(node.Bootstrap, topic, configs: new() { ["message.timestamp.type"] = "LogAppendTime" });
        using var producer = ConfluentClients.Producer(node.Bootstrap);
        var before = TimeProvider.System.GetUtcNow().AddSeconds(-1).ToUnixTimeMilliseconds();

        await producer.ProduceAsync(
            topic, new Message<string?, byte[]> { Value = [1], Timestamp = new Timestamp(1_000, TimestampType.CreateTime) }, Cancellation);

        var stamp = Assert.Single(ConfluentClients.ReadAll(node.Bootstrap, topic)).Message.Timestamp;
        Assert.Equal(TimestampType.LogAppendTime, stamp.Type);
        Assert.InRange(stamp.UnixTimestampMs, before, before + 120_000);
    }

    internal static Message<string?, byte[]> Numbered(int i) => new() { Key = $"k{i}", Value = Encoding.UTF8.GetBytes($"value {i}") };

    internal static void AssertNumbered(List<ConsumeResult<string?, byte[]>> records, int count)
    {
        Assert.Equal(Enumerable.Range(0, count).Select(i => $"value {i}"), records.Select(r => Encoding.UTF8.GetString(r.Message.Value)));
        Assert.Equal(Enumerable.Range(0, count).Select(i => (long)i), records.Select(r => r.Offset.Value));
    }

    private static byte[] Text(Random random, int length)
    {
        var bytes = new byte[length];
        for (var i = 0; i < length; i++)
        {
            bytes[i] = (byte)('a' + (i % 7) + (random.Next(20) == 0 ? 9 : 0));
        }

        return bytes;
    }
}
