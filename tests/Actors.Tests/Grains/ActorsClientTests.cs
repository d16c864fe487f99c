using System.Globalization;
using System.Text;
using Actors.Abstractions;
using Actors.Client;
using ErrorCode = Actors.Model.ErrorCode;
using Record = Actors.Model.Records.Record;

namespace Actors.Tests.Grains;

public sealed class ActorsClientTests(OneSilo silo) : IClassFixture<OneSilo>, IAsyncLifetime
{
    private readonly GrainsCluster _cluster = silo.Cluster;
    private readonly ActorsClient _client = new(silo.Cluster.Client, new ActorsClientOptions { DeliveryTimeout = TimeSpan.FromSeconds(10) });
    private readonly string _name = $"t-{Guid.NewGuid():N}";

    private static CancellationToken Cancelled => GrainsCluster.Cancelled;

    public async ValueTask InitializeAsync() => await _cluster.CreateAsync(_name);

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    [Fact]
    public async Task Records_appended_at_once_are_there_once_and_in_the_order_of_the_calls()
    {
        var topic = _client.Topic(_name);
        var appends = Enumerable.Range(0, 2000)
            .Select(i => topic.AppendTextAsync($"k{i % 7}", i.ToString(CultureInfo.InvariantCulture), Cancelled).AsTask()).ToArray();
        var appended = await Task.WhenAll(appends);

        var seen = new Dictionary<int, List<int>>();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var count = 0;
        await foreach (var (partition, record) in topic.TailAsync(cancellationToken: enough.Token))
        {
            var i = int.Parse(Text(record.Value), CultureInfo.InvariantCulture);
            Assert.Equal(new AppendedRecord(partition, record.Offset), appended[i]);
            Assert.Equal(KeyPartitioner.Partition(record.Key!.Value.Span, 4), partition);
            seen.TryAdd(partition, []);
            seen[partition].Add(i);
            if (++count == 2000)
            {
                break;
            }
        }

        Assert.Equal(2000, seen.Values.SelectMany(v => v).Distinct().Count());
        Assert.All(seen.Values, v => Assert.Equal(v.Order(), v));
        Assert.InRange(Enumerable.Range(0, 4).Sum(p => _cluster.World.Log(_name, p).Appends), 1, 1000); // they travelled together
    }

    [Fact]
    public async Task A_topic_of_the_clusters_own_is_not_taken_for_one_that_was_made_for_the_caller()
    {
        var name = $"__state.{_name}";
        _cluster.World.Create(new Actors.Model.Ports.NewTopic { Name = name, PartitionCount = 1, ReplicationFactor = 1, IsInternal = true }, 1);
        var refused = await Assert.ThrowsAsync<LogException>(() => _client.Topic(name).EnsureCreatedAsync(cancellationToken: Cancelled));
        Assert.Equal((AnswerKind.Refused, ErrorCode.InvalidTopicException), (refused.Kind, refused.Error));
        Assert.Equal(_name, (await _client.Topic(_name).EnsureCreatedAsync(cancellationToken: Cancelled)).Name);
    }

    [Fact]
    public async Task An_append_without_an_answer_is_tried_again_and_in_the_log_once()
    {
        var topic = _client.Topic(_name);
        await topic.AppendTextAsync("k", "first", Cancelled);
        var log = _cluster.World.Log(_name, KeyPartitioner.Partition("k"u8, 4));
        log.DoubtNext();

        var appended = await topic.AppendTextAsync("k", "second", Cancelled);
        log.FailNext(ErrorCode.NotEnoughReplicas);
        await topic.AppendTextAsync("k", "third", Cancelled);

        Assert.Equal(1, appended.Offset);
        Assert.Equal(3, log.LogEnd);
        Assert.Equal(5, log.Appends);
    }

    [Fact]
    public async Task A_producer_the_partition_has_forgotten_goes_on_under_a_new_identity()
    {
        var topic = _client.Topic(_name);
        await topic.AppendTextAsync("k", "first", Cancelled);
        var log = _cluster.World.Log(_name, KeyPartitioner.Partition("k"u8, 4));
        log.FailNext(ErrorCode.UnknownProducerId);

        Assert.Equal(1, (await topic.AppendTextAsync("k", "second", Cancelled)).Offset);

        var producers = log.Batches.Select(b => Actors.Model.Records.RecordBatch.ReadInfo(b)).ToArray();
        Assert.NotEqual(producers[0].ProducerId, producers[1].ProducerId);
        Assert.Equal(0, producers[1].BaseSequence);
    }

    [Fact]
    public async Task What_is_not_acknowledged_in_time_is_thrown_and_the_next_record_is_tried()
    {
        await using var hurried = new ActorsClient(
            _cluster.Client, new ActorsClientOptions { DeliveryTimeout = TimeSpan.FromMilliseconds(100) });
        var topic = hurried.Topic(_name);
        await topic.AppendTextAsync("k", "first", Cancelled);
        var log = _cluster.World.Log(_name, KeyPartitioner.Partition("k"u8, 4));
        log.FailAll(ErrorCode.NotEnoughReplicas);

        var thrown = await Assert.ThrowsAsync<LogException>(() => topic.AppendTextAsync("k", "never", Cancelled).AsTask());
        log.FailAll(ErrorCode.None);

        Assert.Equal((AnswerKind.Busy, false), (thrown.Kind, thrown.IsOutcomeUnknown));
        Assert.Equal(1, (await topic.AppendTextAsync("k", "second", Cancelled)).Offset);
    }

    [Fact]
    public async Task A_record_larger_than_a_batch_is_refused_and_its_neighbours_are_not()
    {
        var topic = _client.Topic(_name);
        var before = topic.AppendTextAsync("k", "a", Cancelled).AsTask();
        var large = topic.AppendAsync(new Record { Key = "k"u8.ToArray(), Value = new byte[RecordBatchBytes.MaxBytes] }, Cancelled).AsTask();
        var after = topic.AppendTextAsync("k", "b", Cancelled).AsTask();

        Assert.Equal(0, (await before).Offset);
        Assert.Equal(ErrorCode.MessageTooLarge, (await Assert.ThrowsAsync<LogException>(() => large)).Error);
        Assert.Equal(1, (await after).Offset);
    }

    [Fact]
    public async Task Records_without_a_key_use_all_partitions()
    {
        var topic = _client.Topic(_name);
        var used = new HashSet<int>();
        for (var i = 0; i < 8; i++)
        {
            used.Add((await topic.AppendTextAsync(key: null, "x", Cancelled)).Partition);
        }

        Assert.Equal(4, used.Count);
    }

    [Fact]
    public async Task A_tail_waits_for_what_comes_and_ends_when_cancelled()
    {
        var topic = _client.Topic(_name);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        await using var tail = topic.TailPartitionAsync(2, ReadQuery.Latest, stop.Token).GetAsyncEnumerator(stop.Token);
        var next = tail.MoveNextAsync().AsTask();
        await _cluster.World.Log(_name, 2).WhenParkedAsync();

        await _cluster.Partition(_name, 2).AppendAsync(-1, RecordBatchBytes.Encode(new Record { Value = "now"u8.ToArray() }), Cancelled);
        Assert.True(await next);
        Assert.Equal("now", Text(tail.Current.Value));

        next = tail.MoveNextAsync().AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    [Fact]
    public async Task What_does_not_exist_is_thrown_with_its_code()
    {
        var missing = _client.Topic("missing");
        Assert.Equal(
            ErrorCode.UnknownTopicOrPartition,
            (await Assert.ThrowsAsync<LogException>(() => missing.AppendTextAsync("k", "v", Cancelled).AsTask())).Error);
        Assert.Equal(
            ErrorCode.UnknownTopicOrPartition,
            (await Assert.ThrowsAsync<LogException>(async () => await missing.TailPartitionAsync(0, 0, Cancelled).FirstAsync(Cancelled))).Error);
        Assert.Equal(
            ErrorCode.TopicAlreadyExists,
            (await Assert.ThrowsAsync<LogException>(() => _client.Topic(_name).CreateAsync(null, Cancelled))).Error);
        Assert.Equal(4, (await _client.Topic(_name).EnsureCreatedAsync(null, Cancelled)).Partitions.Length);
    }

    [Theory]
    [InlineData("21", -973932308)]
    [InlineData("foobar", -790332482)]
    [InlineData("a-little-bit-long-string", -985981536)]
    [InlineData("a-little-bit-longer-string", -1486304829)]
    [InlineData("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971)]
    [InlineData("abc", 479470107)]
    [InlineData("", 275646681)]
    [InlineData("\u00fc", 1419834458)]
    public void Keys_hash_as_in_Kafkas_own_client(string key, int expected) => // printed by Kafka 4.3.1's Utils.murmur2
        Assert.Equal(expected, KeyPartitioner.Murmur2(Encoding.UTF8.GetBytes(key)));

    [Theory]
    [InlineData("a:1", "a:1")]
    [InlineData(" a:1 , b , [::1]:5,[::2]", "a:1 b:30000 ::1:5 ::2:30000")]
    [InlineData("", null)]
    [InlineData("a:0", null)]
    [InlineData("a:65536", null)]
    [InlineData(":1", null)]
    public void Gateways_are_written_as_host_and_port(string text, string? expected)
    {
        if (expected is null)
        {
            Assert.Throws<ArgumentException>(() => GatewayEndpoints.Parse(text));
        }
        else
        {
            Assert.Equal(expected, string.Join(' ', GatewayEndpoints.Parse(text).Select(g => $"{g.Host}:{g.Port}")));
        }
    }

    private static string Text(ReadOnlyMemory<byte>? bytes) => Encoding.UTF8.GetString(bytes!.Value.Span);
}
