using Actors.Model;
using Actors.Model.Leases;
using Actors.Model.Ports;
using Actors.Model.Records;
using Actors.Node.Partitions;
using Actors.Storage;
using Actors.Storage.Devices;
using Actors.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Actors.Tests.Node;

/// <summary>Partitions that nobody has touched since the node was started.</summary>
public sealed class ColdPartitionTests
{
    private const long StartMs = 1_700_000_000_000;
    private const int MinuteMs = 60_000;
    private const int Count = 6;

    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeMilliseconds(StartMs));
    private readonly LeasePool _leases = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Old_segments_of_a_partition_that_nobody_touches_go_after_a_restart_and_nothing_is_open_then()
    {
        await using var node = await TestNode.StartAsync();
        var configs = new Dictionary<string, string> { ["retention.ms"] = $"{10 * MinuteMs}", ["segment.ms"] = $"{MinuteMs / 2}" };
        var topic = await node.Commands.CreateTopicAsync(TestNode.Topic("cold") with { Configs = configs }, Cancel);
        var id = new TopicPartitionId(topic.Topic!.Id, 0);
        var folder = Path.Combine(node.Directory, "logs", "cold-0");
        await using (var partitions = Open(node))
        {
            await FillAsync(partitions, id);
        }

        Assert.Equal(Count, Directory.GetFiles(folder, "*.log").Length);
        await using (var partitions = Open(node))
        {
            await UntilAsync(partitions, () => Directory.GetFiles(folder, "*.log").Length == 3);
            Assert.False(partitions.TryGetOpen(id, out _));
            Assert.DoesNotContain(OpenFiles(), f => f.StartsWith(folder, StringComparison.Ordinal));
            var opening = await partitions.OpenAsync(id, Cancel);
            Assert.Equal((3L, (long)Count), (opening.Partition!.Offsets.LogStart, opening.Partition.Offsets.HighWatermark));
        }
    }

    [Fact]
    public async Task Records_are_deleted_up_to_the_high_watermark_and_it_is_durable()
    {
        await using var node = await TestNode.StartAsync();
        var topic = await node.Commands.CreateTopicAsync(TestNode.Topic("deleted"), Cancel);
        var id = new TopicPartitionId(topic.Topic!.Id, 0);
        await using (var partitions = Open(node))
        {
            await FillAsync(partitions, id);
            var partition = (await partitions.OpenAsync(id, Cancel)).Partition!;
            Assert.Equal(new DeleteRecordsOutcome(ErrorCode.OffsetOutOfRange, -1), await partition.DeleteRecordsAsync(Count + 1, Cancel));
            Assert.Equal(new DeleteRecordsOutcome(ErrorCode.None, 4), await partition.DeleteRecordsAsync(4, Cancel));
            Assert.Equal(new DeleteRecordsOutcome(ErrorCode.None, 4), await partition.DeleteRecordsAsync(2, Cancel));
            Assert.Equal(4, partition.Offsets.LogStart);
        }

        await using (var partitions = Open(node))
        {
            var partition = (await partitions.OpenAsync(id, Cancel)).Partition!;
            Assert.Equal(4, partition.Offsets.LogStart);
            var all = await partition.DeleteRecordsAsync(DeleteRecordsOutcome.UpToHighWatermark, Cancel);
            Assert.Equal(new DeleteRecordsOutcome(ErrorCode.None, Count), all);
        }
    }

    private LocalPartitions Open(TestNode node) => new(
        new PosixStorageDevice(), new LogDirectoryOptions { Path = Path.Combine(node.Directory, "logs"), ReserveBytes = 0 }, node.Catalog, _leases,
        _time, NullLoggerFactory.Instance);

    /// <summary>A batch per minute, each in a segment of its own.</summary>
    private async Task FillAsync(LocalPartitions partitions, TopicPartitionId id)
    {
        var partition = (await partitions.OpenAsync(id, Cancel)).Partition!;
        for (var i = 0; i < Count; i++)
        {
            var batch = Batches.Make(i, timestampMs: _time.GetUtcNow().ToUnixTimeMilliseconds());
            var waiter = new Waiter();
            var result = partition.Append(new AppendRequest
            {
                Batch = Batches.InLease(_leases, batch),
                Info = RecordBatch.ReadInfo(batch),
                ExpectedLeaderEpoch = -1,
                Acks = AckMode.All,
                Origin = AppendOrigin.Client,
                Waiter = waiter,
            });
            Assert.Equal(ErrorCode.None, result.IsPending ? await waiter.Done : result.Outcome.Error);
            _time.Advance(TimeSpan.FromMilliseconds(MinuteMs));
        }
    }

    /// <summary>Lets time go on in rounds of the log thread until something holds.</summary>
    private async Task UntilAsync(LocalPartitions partitions, Func<bool> holds)
    {
        _time.Advance(TimeSpan.FromMilliseconds(6.5 * MinuteMs)); // three of the batches are older than ten minutes now
        partitions.Directory.Post(partitions.Directory.BeginRetention);
        for (var round = 0; round < 10_000 && !holds(); round++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(round < 8 ? 1000 : 20));
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            partitions.Directory.Post(done.SetResult);
            await done.Task.WaitAsync(Cancel);
        }

        Assert.True(holds());
    }

    private static IEnumerable<string> OpenFiles() =>
        Directory.EnumerateFileSystemEntries("/proc/self/fd").Select(l => new FileInfo(l).LinkTarget ?? "");

    private sealed class Waiter : IAppendWaiter
    {
        private readonly TaskCompletionSource<ErrorCode> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<ErrorCode> Done => _done.Task;

        public bool OnAppended(long token, in AppendOutcome outcome)
        {
            _done.TrySetResult(outcome.Error);
            return false;
        }

        public void Wake()
        {
        }
    }
}
