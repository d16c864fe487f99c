using System.Text;
using Actors.Abstractions;
using Actors.Model.Records;
using Orleans.Runtime;
using ErrorCode = Actors.Model.ErrorCode;
using Record = Actors.Model.Records.Record;

namespace Actors.Tests.Grains;

public sealed class PartitionGrainTests(OneSilo silo) : IClassFixture<OneSilo>, IAsyncLifetime
{
    private readonly GrainsCluster _cluster = silo.Cluster;
    private readonly string _topic = $"orders-{Guid.NewGuid():N}";

    private static CancellationToken Cancelled => GrainsCluster.Cancelled;

    public async ValueTask InitializeAsync() => await _cluster.CreateAsync(_topic);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task What_was_appended_is_read_back_with_offsets_keys_headers_and_times()
    {
        var orders = _cluster.Partition(_topic, 3);
        var first = await orders.AppendAsync(-1, Batch("a", "b"), Cancelled);
        var second = await orders.AppendAsync(
            first.LeaderEpoch,
            RecordBatchBytes.Encode(new Record { TimestampMs = 77, Key = Utf8("k"), Value = Utf8("c"), Headers = [new("h", Utf8("v"))] }),
            Cancelled);

        Assert.Equal((0L, 2), (first.Value!.BaseOffset, first.Value.RecordCount));
        Assert.Equal(2, second.Value!.BaseOffset);
        var read = (await orders.ReadAsync(new ReadQuery { Offset = ReadQuery.Earliest }, Cancelled)).GetValueOrThrow();
        var records = read.DecodeRecords();
        Assert.Equal(["0 a", "1 b", "2 c"], records.Select(r => $"{r.Offset} {Text(r.Value)}"));
        Assert.Equal(("k", 77L, "h"), (Text(records[2].Key), records[2].TimestampMs, records[2].Headers[0].Key));
        Assert.Null(records[0].Key);
        Assert.Equal(3, read.NextOffset);
        Assert.Equal(new LogOffsets(0, 3, 3), (await orders.GetOffsetsAsync(Cancelled)).Value);
    }

    [Fact]
    public async Task An_append_is_answered_only_when_the_disk_has_it_and_reads_go_on_meanwhile()
    {
        var orders = _cluster.Partition(_topic);
        await orders.AppendAsync(-1, Batch("a"), Cancelled);
        var log = _cluster.World.Log(_topic);
        log.Hold();

        var held = orders.AppendAsync(-1, Batch("b"), Cancelled).AsTask();
        await log.WhenHeldAsync();
        var read = (await orders.ReadAsync(new ReadQuery { Offset = 0 }, Cancelled)).GetValueOrThrow();

        Assert.False(held.IsCompleted);
        Assert.Equal(["a"], read.DecodeRecords().Select(r => Text(r.Value)));
        Assert.Equal(new LogOffsets(0, 1, 2), read.Offsets);
        log.Release();
        Assert.Equal(1, (await held).GetValueOrThrow().BaseOffset);
    }

    [Fact]
    public async Task A_stale_epoch_is_answered_as_fenced_with_the_current_one()
    {
        var orders = _cluster.Partition(_topic);
        _cluster.World.Lead(_topic, 0, leaderId: 1);

        var answer = await orders.AppendAsync(0, Batch("a"), Cancelled);

        Assert.Equal((AnswerKind.Fenced, ErrorCode.FencedLeaderEpoch, 1), (answer.Kind, answer.Error, answer.LeaderEpoch));
        Assert.True((await orders.AppendAsync(answer.LeaderEpoch, Batch("a"), Cancelled)).IsDone);
    }

    [Theory]
    [InlineData("nothing/0")]
    [InlineData("orders/4")]
    [InlineData("orders")]
    [InlineData("orders/03")]
    [InlineData("orders/x")]
    public async Task A_partition_that_does_not_exist_is_refused_by_value(string key)
    {
        var grain = _cluster.Client.GetGrain<IPartitionGrain>(key.Replace("orders", _topic, StringComparison.Ordinal));

        var answer = await grain.AppendAsync(-1, Batch("a"), Cancelled);

        Assert.Equal((AnswerKind.Refused, ErrorCode.UnknownTopicOrPartition), (answer.Kind, answer.Error));
    }

    [Fact]
    public async Task Damaged_or_false_batches_are_refused_and_nothing_is_appended()
    {
        var orders = _cluster.Partition(_topic);
        foreach (var (name, damage) in Damages())
        {
            var bytes = Batch("abc", "def").Bytes.ToArray();
            var answer = await orders.AppendAsync(-1, new RecordBatchBytes(damage(bytes)), Cancelled);
            Assert.True(answer.Kind == AnswerKind.Refused, $"{name}: {answer}");
        }

        Assert.Equal(0, _cluster.World.Log(_topic).LogEnd);
    }

    [Fact]
    public async Task A_read_with_nothing_to_read_waits_for_the_next_record()
    {
        var orders = _cluster.Partition(_topic);
        var waiting = orders.ReadAsync(new ReadQuery { Offset = ReadQuery.Latest, MaxWaitMs = ReadQuery.MaxMaxWaitMs }, Cancelled).AsTask();
        await _cluster.World.Log(_topic).WhenParkedAsync();
        Assert.False(waiting.IsCompleted);

        await orders.AppendAsync(-1, Batch("now"), Cancelled);

        Assert.Equal(["now"], (await waiting).GetValueOrThrow().DecodeRecords().Select(r => Text(r.Value)));
    }

    [Fact]
    public async Task A_read_that_waited_in_vain_is_empty_and_says_where_to_go_on()
    {
        var read = (await _cluster.Partition(_topic).ReadAsync(new ReadQuery { Offset = 0, MaxWaitMs = 20 }, Cancelled)).GetValueOrThrow();

        Assert.True(read.Batches.IsEmpty);
        Assert.Equal(0, read.NextOffset);
    }

    [Fact]
    public async Task An_offset_outside_the_log_is_refused()
    {
        var answer = await _cluster.Partition(_topic).ReadAsync(new ReadQuery { Offset = 9 }, Cancelled);

        Assert.Equal((AnswerKind.Refused, ErrorCode.OffsetOutOfRange), (answer.Kind, answer.Error));
    }

    [Fact]
    public async Task A_tail_gives_what_is_there_and_then_what_comes()
    {
        var orders = _cluster.Partition(_topic, 1);
        var log = _cluster.World.Log(_topic, 1);
        await orders.AppendAsync(-1, Batch("0", "1"), Cancelled);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var seen = new List<string>();

        await foreach (var answer in orders.TailAsync(new ReadQuery { Offset = ReadQuery.Earliest }, enough.Token))
        {
            seen.AddRange(answer.GetValueOrThrow().DecodeRecords().Select(r => Text(r.Value)));
            if (seen.Count == 5)
            {
                break;
            }

            _ = AppendOnceParkedAsync(log, orders, seen.Count.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        Assert.Equal(["0", "1", "2", "3", "4"], seen);
    }

    [Fact]
    public async Task A_tail_of_a_large_log_comes_in_messages_of_about_a_mebibyte()
    {
        var orders = _cluster.Partition(_topic, 2);
        for (var i = 0; i < 40; i++)
        {
            await orders.AppendAsync(-1, RecordBatchBytes.Encode(new Record { Value = new byte[200_000] }), Cancelled);
        }

        var largest = 0;
        var records = 0;
        await foreach (var answer in orders.TailAsync(new ReadQuery { Offset = 0, MaxBytes = int.MaxValue }, Cancelled).WithBatchSize(1000))
        {
            largest = Math.Max(largest, answer.GetValueOrThrow().Batches.Length);
            records += answer.Value!.DecodeRecords().Count;
            if (records == 40)
            {
                break;
            }
        }

        Assert.InRange(largest, 200_000, ReadQuery.MaxMaxBytes);
    }

    [Fact]
    public async Task A_resent_batch_of_an_idempotent_producer_is_in_the_log_once()
    {
        var producer = (await _cluster.Topic(_topic).OpenProducerAsync(Cancelled)).GetValueOrThrow();
        var builder = new RecordBatchBuilder();
        builder.TryAdd(new Record { Value = Utf8("once") });
        var batch = new RecordBatchBytes(builder.Build(producer.ProducerId, producer.ProducerEpoch, 0));
        var orders = _cluster.Partition(_topic);

        var first = await orders.AppendAsync(-1, batch, Cancelled);
        var again = await orders.AppendAsync(-1, batch, Cancelled);

        Assert.Equal(first.Value, again.Value);
        Assert.Equal(1, _cluster.World.Log(_topic).LogEnd);
    }

    [Fact]
    public async Task A_search_by_time_answers_the_offset_or_the_end()
    {
        var orders = _cluster.Partition(_topic);
        await orders.AppendAsync(-1, RecordBatchBytes.Encode(new Record { TimestampMs = 1000, Value = Utf8("a") }), Cancelled);
        await orders.AppendAsync(-1, RecordBatchBytes.Encode(new Record { TimestampMs = 2000, Value = Utf8("b") }), Cancelled);

        Assert.Equal(new FoundOffset(1, 2000), (await orders.FindOffsetAsync(1500, Cancelled)).Value);
        Assert.Equal(new FoundOffset(2, -1), (await orders.FindOffsetAsync(3000, Cancelled)).Value);
    }

    private static async Task AppendOnceParkedAsync(Fakes.FakeLog log, IPartitionGrain orders, string value)
    {
        await log.WhenParkedAsync();
        await orders.AppendAsync(-1, Batch(value), Cancelled);
    }

    private static IEnumerable<(string Name, Func<byte[], byte[]> Damage)> Damages()
    {
        yield return ("empty", _ => []);
        yield return ("too large", _ => new byte[RecordBatchBytes.MaxBytes + 1]);
        yield return ("cut", b => b[..^1]);
        yield return ("longer than it says", b => [.. b, 0]);
        yield return ("one bit", b => { b[^2] ^= 1; return b; });
        yield return ("magic", b => { b[RecordBatch.MagicAt] = 1; return b; });
        yield return ("count", b => { b[RecordBatch.RecordCountAt + 3] = 3; RecordBatch.WriteCrc(b); return b; });
        yield return ("control", b => { b[RecordBatch.AttributesAt + 1] = 0x20; RecordBatch.WriteCrc(b); return b; });
        yield return ("inner length", b => { b[RecordBatch.HeaderBytes] = 0x7f; RecordBatch.WriteCrc(b); return b; });
    }

    private static RecordBatchBytes Batch(params string[] values) => RecordBatchBytes.Encode(values.Select(v => new Record { Value = Utf8(v) }));

    private static ReadOnlyMemory<byte> Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(ReadOnlyMemory<byte>? bytes) => Encoding.UTF8.GetString(bytes!.Value.Span);
}
