using Actors.Kafka.Listener;
using Actors.Kafka.Wire;
using Actors.Model;
using Actors.Tests.Model;

namespace Actors.Tests.KafkaListener;

public sealed class FetchSessionTests
{
    [Fact]
    public async Task An_incremental_answer_names_only_what_changed()
    {
        await using var kafka = new KafkaHarness();
        kafka.Node.With("orders", 3);
        var client = kafka.Connect();
        var opened = await client.Ask<FetchRequest, FetchResponse>(Open("orders", 0, 1, 2), 11);
        Assert.NotEqual(0, opened.SessionId);
        Assert.Equal(3, opened.Responses[0].Partitions.Length);

        var nothing = await client.Ask<FetchRequest, FetchResponse>(Next(opened.SessionId, 1, maxWaitMs: 0), 11);
        Assert.Equal((opened.SessionId, 0), (nothing.SessionId, nothing.Responses.Length));

        kafka.Node["orders", 1].Fill(BatchBytes.Of("a"));
        var changed = await client.Ask<FetchRequest, FetchResponse>(Next(opened.SessionId, 2), 11);
        var partition = Assert.Single(changed.Responses.Single().Partitions);
        Assert.Equal(
            (1, 1L, kafka.Node["orders", 1].Batches[0].Length),
            (partition.PartitionIndex, partition.HighWatermark, partition.Records.LengthBytes));

        // The consumer moves on: only then the partition has nothing more to say.
        var moved = Next(opened.SessionId, 3, maxWaitMs: 0);
        moved.Topics = Open("orders", 1).Topics;
        moved.Topics[0].Partitions[0].FetchOffset = 1;
        Assert.Empty((await client.Ask<FetchRequest, FetchResponse>(moved, 11)).Responses);

        // Forgotten partitions are told no more.
        var forgetting = Next(opened.SessionId, 4, maxWaitMs: 0);
        forgetting.ForgottenTopicsData = [new() { Topic = "orders", Partitions = [2] }];
        kafka.Node["orders", 2].Fill(BatchBytes.Of("b"));
        Assert.Empty((await client.Ask<FetchRequest, FetchResponse>(forgetting, 11)).Responses);
    }

    [Fact]
    public async Task An_error_is_told_again_until_it_is_gone()
    {
        await using var kafka = new KafkaHarness();
        kafka.Node.With("orders");
        var client = kafka.Connect();
        var opened = await client.Ask<FetchRequest, FetchResponse>(Open("orders", 0), 11);
        kafka.Node["orders", 0].ReadError = ErrorCode.KafkaStorageError;
        for (var epoch = 1; epoch <= 2; epoch++)
        {
            var failing = await client.Ask<FetchRequest, FetchResponse>(Next(opened.SessionId, epoch, maxWaitMs: 0), 11);
            Assert.Equal((short)ErrorCode.KafkaStorageError, failing.Responses[0].Partitions[0].ErrorCode);
        }

        kafka.Node["orders", 0].ReadError = ErrorCode.None;
        Assert.Single((await client.Ask<FetchRequest, FetchResponse>(Next(opened.SessionId, 3, maxWaitMs: 0), 11)).Responses);
        Assert.Empty((await client.Ask<FetchRequest, FetchResponse>(Next(opened.SessionId, 4, maxWaitMs: 0), 11)).Responses);
    }

    [Fact]
    public async Task A_wrong_id_epoch_or_naming_is_an_error_of_the_whole_answer()
    {
        await using var kafka = new KafkaHarness();
        kafka.Node.With("orders");
        var client = kafka.Connect();
        Assert.Equal((short)ErrorCode.FetchSessionIdNotFound, (await client.Ask<FetchRequest, FetchResponse>(Next(12345, 1), 11)).ErrorCode);
        var opened = await client.Ask<FetchRequest, FetchResponse>(Open("orders", 0), 11);
        Assert.Equal(
            (short)ErrorCode.InvalidFetchSessionEpoch,
            (await client.Ask<FetchRequest, FetchResponse>(Next(opened.SessionId, 2), 11)).ErrorCode);
        Assert.Equal(
            (short)ErrorCode.FetchSessionTopicIdError,
            (await client.Ask<FetchRequest, FetchResponse>(Next(opened.SessionId, 1), 13)).ErrorCode);
        Assert.Equal(0, (await client.Ask<FetchRequest, FetchResponse>(Next(opened.SessionId, 1, maxWaitMs: 0), 11)).ErrorCode);
    }

    [Fact]
    public async Task A_full_fetch_closes_the_session_it_names()
    {
        await using var kafka = new KafkaHarness();
        kafka.Node.With("orders");
        var client = kafka.Connect();
        var opened = await client.Ask<FetchRequest, FetchResponse>(Open("orders", 0), 11);
        var final = Open("orders", 0);
        (final.SessionId, final.SessionEpoch) = (opened.SessionId, FetchSession.FinalEpoch);
        Assert.Equal(0, (await client.Ask<FetchRequest, FetchResponse>(final, 11)).SessionId);
        Assert.Equal(
            (short)ErrorCode.FetchSessionIdNotFound, (await client.Ask<FetchRequest, FetchResponse>(Next(opened.SessionId, 1), 11)).ErrorCode);
    }

    [Fact]
    public async Task Partitions_that_got_records_come_last_next_time()
    {
        await using var kafka = new KafkaHarness();
        kafka.Node.With("orders", 2);
        kafka.Node["orders", 0].Fill(BatchBytes.OfSize(1, 500));
        kafka.Node["orders", 1].Fill(BatchBytes.OfSize(1, 500));
        var client = kafka.Connect();
        var open = Open("orders", 0, 1);
        open.MaxBytes = 10;
        var opened = await client.Ask<FetchRequest, FetchResponse>(open, 11);
        var first = await client.Ask<FetchRequest, FetchResponse>(Next(opened.SessionId, 1, maxBytes: 10), 11);
        var second = await client.Ask<FetchRequest, FetchResponse>(Next(opened.SessionId, 2, maxBytes: 10), 11);
        Assert.Equal([0, 1], new[] { first, second }.Select(r => r.Responses[0].Partitions.Single(p => p.Records.LengthBytes > 0).PartitionIndex));
    }

    [Fact]
    public void A_full_cache_gives_a_place_only_to_whoever_may_take_one()
    {
        var cache = new FetchSessionCache(slots: 2, evictionMs: 1000);
        var small = cache.TryCreate(1, false, nowMs: 0)!;
        Assert.NotNull(cache.TryCreate(10, false, nowMs: 0));
        Assert.Null(cache.TryCreate(100, false, nowMs: 500));
        cache.Touch(small, 1, nowMs: 900);
        Assert.NotNull(cache.TryCreate(5, false, nowMs: 1_500)); // the one of 10, unused since 0
        Assert.True(cache.TryGet(small.Id, out _));
        Assert.Null(cache.TryCreate(1, false, nowMs: 1_800)); // none is unused or smaller
        Assert.NotNull(cache.TryCreate(2, false, nowMs: 1_800)); // larger than the small one, which is old enough
        Assert.False(cache.TryGet(small.Id, out _));
        Assert.Equal(2, cache.Count);
        Assert.Null(new FetchSessionCache(slots: 0, evictionMs: 0).TryCreate(1, false, 0));
    }

    private static FetchRequest Open(string topic, params int[] partitions)
    {
        var request = FetchTests.Fetch(topic, default, [.. partitions.Select(p => (p, 0L))]);
        (request.SessionEpoch, request.MaxWaitMs) = (FetchSession.InitialEpoch, 0);
        return request;
    }

    private static FetchRequest Next(int sessionId, int epoch, int maxWaitMs = 500, int maxBytes = 1 << 20) => new()
    {
        SessionId = sessionId, SessionEpoch = epoch, MaxWaitMs = maxWaitMs, MinBytes = 1, MaxBytes = maxBytes,
    };
}
