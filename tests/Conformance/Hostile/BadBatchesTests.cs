using System.IO.Compression;
using Conformance.Clients;
using Conformance.Fixtures;
using Conformance.Wire;

namespace Conformance.Hostile;

/// <summary>Batches that lie: refused with the protocol's error, and not a byte of them is kept.</summary>
[Collection(SharedNode.Name)]
public sealed class BadBatchesTests(NodeUnderTest node)
{
    private const short CorruptMessage = 2;
    private const short MessageTooLarge = 10;
    private const short UnsupportedForMessageFormat = 43;
    private const short InvalidRecord = 87;
    private const short UnsupportedCompressionType = 76;

    private const short Gzip = 1;

    private static readonly Dictionary<string, (BatchBuilder Batch, short[] Errors)> Lies = new()
    {
        ["checksum"] = (new BatchBuilder { BadChecksum = true }.Add("a"), [CorruptMessage]),
        ["magic 0"] = (new BatchBuilder { Magic = 0 }.Add("a"), [CorruptMessage, UnsupportedForMessageFormat, InvalidRecord]),
        ["magic 9"] = (new BatchBuilder { Magic = 9 }.Add("a"), [CorruptMessage, UnsupportedForMessageFormat, InvalidRecord]),
        ["more records than there are"] =
            (new BatchBuilder { ClaimedCount = 3, ClaimedLastOffsetDelta = 2 }.Add("a"), [CorruptMessage, InvalidRecord]),
        ["fewer records than there are"] =
            (new BatchBuilder { ClaimedCount = 1, ClaimedLastOffsetDelta = 0 }.Add("a").Add("b"), [CorruptMessage, InvalidRecord]),
        ["a billion records"] =
            (new BatchBuilder { ClaimedCount = 1_000_000_000, ClaimedLastOffsetDelta = 999_999_999 }.Add("a"), [CorruptMessage, InvalidRecord]),
        ["a negative count"] = (new BatchBuilder { ClaimedCount = -1 }.Add("a"), [CorruptMessage, InvalidRecord]),
        ["no records"] = (new BatchBuilder { ClaimedLastOffsetDelta = 0 }, [CorruptMessage, InvalidRecord]),
        ["a last offset that the count denies"] = (new BatchBuilder { ClaimedLastOffsetDelta = 7 }.Add("a"), [CorruptMessage, InvalidRecord]),
        ["a length beyond the request"] = (new BatchBuilder { LengthError = 100 }.Add("a"), [CorruptMessage, InvalidRecord]),
        ["a length of nothing"] = (new BatchBuilder { LengthError = -60 }.Add("a"), [CorruptMessage, InvalidRecord]),
        ["a record longer than its batch"] =
            (new BatchBuilder { Payload = [0xfe, 0x7f, 0, 0, 0, 1], ClaimedCount = 1, ClaimedLastOffsetDelta = 0 },
                [CorruptMessage, InvalidRecord]),
        ["a codec that does not exist"] = (new BatchBuilder { Attributes = 7 }.Add("a"),
                [CorruptMessage, InvalidRecord, UnsupportedCompressionType]),
        ["bytes that are not gzip"] =
            (new BatchBuilder { Attributes = Gzip, Payload = [1, 2, 3, 4, 5, 6, 7, 8], ClaimedCount = 1, ClaimedLastOffsetDelta = 0 },
                [CorruptMessage, InvalidRecord]),
        ["a control batch"] = (new BatchBuilder { Attributes = 0x20 }.Add("a"), [InvalidRecord]),
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Names => [.. Lies.Keys];

    [Theory(Explicit = true, Timeout = 120_000)]
    [MemberData(nameof(Names))]
    public async Task A_batch_that_lies_is_refused_and_nothing_of_it_is_kept(string lie)
    {
        var topic = NodeUnderTest.NewTopic("lie");
        await ConfluentClients.CreateTopicAsync(node.Bootstrap, topic);
        using var connection = await RawConnection.OpenAsync(node.Bootstrap, Cancellation);
        var (batch, errors) = Lies[lie];

        var refused = await RawProduce.SendAsync(connection, topic, 0, batch.Build(), Cancellation);
        var taken = await RawProduce.SendAsync(connection, topic, 0, new BatchBuilder().Add("honest").Build(), Cancellation);

        // Where its inflater gives up, Apache Kafka answers UNKNOWN_SERVER_ERROR (-1); we say what is wrong.
        Assert.Contains(refused.Error, NodeUnderTest.Foreign is null ? errors : [.. errors, -1]);
        Assert.Equal(new RawProduce.Answer(0, 0, null), taken);
        Assert.Single(await StoredBatch.ReadAllAsync(node.Bootstrap, topic, 0, Cancellation));
    }

    [Fact(Explicit = true, Timeout = 180_000)]
    public async Task A_decompression_bomb_costs_neither_memory_nor_anybodys_time()
    {
        var topic = NodeUnderTest.NewTopic("bomb");
        await ConfluentClients.CreateTopicAsync(node.Bootstrap, topic);
        await using var healthy = await HealthyClient.StartAsync(node.Bootstrap);
        var bomb = new BatchBuilder { Attributes = Gzip, Payload = Bomb(600_000_000), ClaimedCount = 1, ClaimedLastOffsetDelta = 0 }.Build();
        Assert.InRange(bomb.Length, 1, 1_000_000);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            using var connection = await RawConnection.OpenAsync(node.Bootstrap, Cancellation);
            var answer = await RawProduce.SendAsync(connection, topic, 0, bomb, Cancellation);
            if (NodeUnderTest.Foreign is null) // Apache Kafka has no limit here and takes it
            {
                Assert.Contains(answer.Error, new short[] { CorruptMessage, MessageTooLarge, InvalidRecord });
            }
        }));

        await healthy.WasNotDisturbedAsync(TimeSpan.FromSeconds(10));
        if (NodeUnderTest.Foreign is null)
        {
            Assert.InRange(node.Silo.ResidentBytes, 1, 1_000_000_000);
        }
    }

    [Theory(Explicit = true, Timeout = 120_000)]
    [InlineData("", 0)]
    [InlineData("x", 1)]
    public async Task Produce_without_a_whole_batch_is_refused(string records, int extraBytes)
    {
        var topic = NodeUnderTest.NewTopic("stub");
        await ConfluentClients.CreateTopicAsync(node.Bootstrap, topic);
        using var connection = await RawConnection.OpenAsync(node.Bootstrap, Cancellation);
        var bytes = records.Length == 0 ? [] : new BatchBuilder().Add(records).Build()[..^extraBytes];

        var refused = await RawProduce.SendAsync(connection, topic, 0, bytes, Cancellation);

        Assert.NotEqual(0, refused.Error);
        Assert.Empty(await StoredBatch.ReadAllAsync(node.Bootstrap, topic, 0, Cancellation));
    }

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task Two_batches_for_one_partition_in_one_request_are_refused()
    {
        var topic = NodeUnderTest.NewTopic("two");
        await ConfluentClients.CreateTopicAsync(node.Bootstrap, topic);
        using var connection = await RawConnection.OpenAsync(node.Bootstrap, Cancellation);
        byte[] two = [.. new BatchBuilder().Add("a").Build(), .. new BatchBuilder().Add("b").Build()];

        var refused = await RawProduce.SendAsync(connection, topic, 0, two, Cancellation);

        Assert.Equal(InvalidRecord, refused.Error);
    }

    /// <summary>One gzip record whose value is so many zeros: a thousandth of that on the wire.</summary>
    private static byte[] Bomb(int zeros)
    {
        var head = new WireWriter().Int8(0).Varint(0).Varint(0).Varint(-1).Varint(zeros).ToArray();
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal))
        {
            gzip.Write(new WireWriter().Varint(head.Length + zeros + 1).Raw(head).ToArray());
            var block = new byte[1 << 20];
            for (var left = zeros; left > 0; left -= block.Length)
            {
                gzip.Write(block, 0, Math.Min(left, block.Length));
            }

            gzip.Write([0]);
        }

        return compressed.ToArray();
    }
}
