using System.Text;
using Confluent.Kafka;
using Conformance.Fixtures;
using static Conformance.Clients.ConfluentProducerTests;

namespace Conformance.Clients;

[Collection(SharedNode.Name)]
public sealed class ConfluentConsumerTests(NodeUnderTest node)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task Seeking_reads_from_there_also_backwards()
    {
        var topic = await TopicWithAsync("cf-seek", 100);
        using var consumer = ConfluentClients.Consumer(node.Bootstrap);
        consumer.Assign(new TopicPartitionOffset(topic, 0, 40));

        Assert.Equal("value 40", Next(consumer));
        consumer.Seek(new TopicPartitionOffset(topic, 0, 90));
        Assert.Equal("value 90", Next(consumer));
        consumer.Seek(new TopicPartitionOffset(topic, 0, 3));
        Assert.Equal("value 3", Next(consumer));
    }

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task Beginning_and_end_resolve()
    {
        var topic = await TopicWithAsync("cf-ends", 50);
        using var consumer = ConfluentClients.Consumer(node.Bootstrap);

        var ends = consumer.QueryWatermarkOffsets(new TopicPartition(topic, 0), ConfluentClients.Patience);
        Assert.Equal((0, 50), (ends.Low.Value, ends.High.Value));
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        Assert.Equal("value 0", Next(consumer));
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.End));
        var end = consumer.Consume(ConfluentClients.Patience);
        Assert.True(end.IsPartitionEOF);
        Assert.Equal(50, end.Offset.Value);
    }

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task An_offset_beyond_the_end_is_an_error_and_a_reset_policy_heals_it()
    {
        var topic = await TopicWithAsync("cf-range", 10);
        using (var strict = ConfluentClients.Consumer(node.Bootstrap))
        {
            strict.Assign(new TopicPartitionOffset(topic, 0, 1_000));
            var refused = Assert.Throws<ConsumeException>(() => strict.Consume(ConfluentClients.Patience));
            Assert.Contains(refused.Error.Code, new[] { ErrorCode.OffsetOutOfRange, ErrorCode.Local_AutoOffsetReset });
        }

        using var healing = ConfluentClients.Consumer(node.Bootstrap, c => c.AutoOffsetReset = AutoOffsetReset.Earliest);
        healing.Assign(new TopicPartitionOffset(topic, 0, 1_000));
        Assert.Equal("value 0", Next(healing));
    }

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task Offsets_for_times_find_the_first_record_not_older()
    {
        var topic = NodeUnderTest.NewTopic("cf-times");
        await ConfluentClients.CreateTopicAsync(node.Bootstrap, topic);
        const long start = 1_700_000_000_000;
        using (var producer = ConfluentClients.Producer(node.Bootstrap))
        {
            for (var i = 0; i < 20; i++)
            {
                var message = Numbered(i);
                message.Timestamp = new Timestamp(start + (i * 1_000), TimestampType.CreateTime);
                await producer.ProduceAsync(topic, message, Cancellation);
            }
        }

        using var consumer = ConfluentClients.Consumer(node.Bootstrap);
        long At(long time) => consumer.OffsetsForTimes(
            [new TopicPartitionTimestamp(topic, 0, new Timestamp(time, TimestampType.CreateTime))], ConfluentClients.Patience).Single().Offset.Value;

        Assert.Equal(0, At(start - 5));
        Assert.Equal(7, At(start + 7_000));
        Assert.Equal(8, At(start + 7_001));
        Assert.Equal(Offset.End.Value, At(start + 100_000));
    }

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task A_waiting_consumer_sees_a_record_as_soon_as_it_is_acknowledged()
    {
        var topic = await TopicWithAsync("cf-wait", 1);
        using var consumer = ConfluentClients.Consumer(node.Bootstrap, c => c.FetchWaitMaxMs = 9_000);
        consumer.Assign(new TopicPartitionOffset(topic, 0, 0));
        Assert.Equal("value 0", Next(consumer));
        Assert.True(consumer.Consume(ConfluentClients.Patience).IsPartitionEOF); // parked at the end from here on
        using var producer = ConfluentClients.Producer(node.Bootstrap);

        var waiting = Task.Run(() => Next(consumer), Cancellation);
        await producer.ProduceAsync(topic, Numbered(1), Cancellation);

        // Far less than the 9 s that the fetch may wait: it is the record that ends it.
        Assert.Equal("value 1", await waiting.WaitAsync(TimeSpan.FromSeconds(5), Cancellation));
    }

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task Many_partitions_are_read_over_one_connection_without_starving_any()
    {
        const int partitions = 24;
        var topic = NodeUnderTest.NewTopic("cf-many");
        await ConfluentClients.CreateTopicAsync(node.Bootstrap, topic, partitions);
        using (var producer = ConfluentClients.Producer(node.Bootstrap))
        {
            for (var i = 0; i < partitions * 500; i++)
            {
                producer.Produce(new TopicPartition(topic, i % partitions), Numbered(i / partitions));
            }

            producer.Flush(Cancellation);
        }

        using var consumer = ConfluentClients.Consumer(node.Bootstrap, c => c.MaxPartitionFetchBytes = c.FetchMaxBytes = c.MessageMaxBytes = 1_000);
        consumer.Assign(Enumerable.Range(0, partitions).Select(p => new TopicPartitionOffset(topic, p, 0)));
        var records = new List<ConsumeResult<string?, byte[]>>();
        for (var ended = 0; ended < partitions;)
        {
            var result = consumer.Consume(ConfluentClients.Patience);
            Assert.True(result is not null, $"Nothing for {ConfluentClients.Patience} after {records.Count} records and {ended} ends");
            if (result.IsPartitionEOF)
            {
                ended++;
            }
            else
            {
                records.Add(result);
            }
        }

        Assert.All(Enumerable.Range(0, partitions), p => AssertNumbered([.. records.Where(r => r.Partition == p)], 500));
    }

    private async Task<string> TopicWithAsync(string purpose, int records)
    {
        var topic = NodeUnderTest.NewTopic(purpose);
        await ConfluentClients.CreateTopicAsync(node.Bootstrap, topic);
        using var producer = ConfluentClients.Producer(node.Bootstrap);
        for (var i = 0; i < records; i++)
        {
            producer.Produce(topic, Numbered(i));
        }

        producer.Flush(Cancellation);
        return topic;
    }

    private static string Next(IConsumer<string?, byte[]> consumer)
    {
        while (true)
        {
            var result = consumer.Consume(ConfluentClients.Patience);
            Assert.NotNull(result);
            if (!result.IsPartitionEOF)
            {
                return Encoding.UTF8.GetString(result.Message.Value);
            }
        }
    }
}
