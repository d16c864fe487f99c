using Actors.Model.Leases;
using Actors.Model.Producers;
using Actors.Storage;
using Simulation.Fakes;

namespace Actors.Tests.Storage;

public sealed class LogTests
{
    private const long T0 = 1_700_000_000_000;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Records_are_found_by_time_across_segments_and_after_reopening(bool reopen)
    {
        var device = new SimulatedStorageDevice();
        var config = new LogConfig { SegmentBytes = 3000, IndexIntervalBytes = 200 };
        var directory = new TestDirectory(device, o => o with { CommitLogBytes = 0 });
        var log = directory.Open(config: config);
        for (var i = 0; i < 100; i++)
        {
            // Three records a batch, a ms apart; batches ten ms apart, but for the one at offset 150, which is from the future.
            directory.Submit(log, Batches.Make(i * 3, 3, timestampMs: T0 + (i == 50 ? 100_000 : i * 10)));
            directory.Directory.RunRound();
        }

        if (reopen)
        {
            directory.Directory.CloseClean();
            log = new TestDirectory(device).Open(config: config);
        }

        var ct = TestContext.Current.CancellationToken;
        Assert.True(log.Segments.Length > 3);
        Assert.Equal(new TimestampedOffset(0, T0, 0), await log.FindByTimestampAsync(0, 300, ct));
        Assert.Equal(new TimestampedOffset(31, T0 + 101, 0), await log.FindByTimestampAsync(T0 + 101, 300, ct));
        Assert.Equal(new TimestampedOffset(33, T0 + 110, 0), await log.FindByTimestampAsync(T0 + 105, 300, ct));
        Assert.Equal(new TimestampedOffset(150, T0 + 100_000, 0), await log.FindByTimestampAsync(T0 + 2000, 300, ct));
        Assert.Equal(TimestampedOffset.None, await log.FindByTimestampAsync(T0 + 2000, 150, ct));
        Assert.Equal(TimestampedOffset.None, await log.FindByTimestampAsync(T0 + 200_000, 300, ct));
        Assert.Equal(new TimestampedOffset(152, T0 + 100_002, 0), await log.FindMaxTimestampAsync(300, ct));
        Assert.Equal(new TimestampedOffset(149, T0 + 492, 0), await log.FindMaxTimestampAsync(150, ct));
    }

    [Fact]
    public void A_producers_five_last_batches_are_known_after_a_checkpoint_and_a_power_cut()
    {
        var device = new SimulatedStorageDevice();
        var directory = new TestDirectory(device);
        var log = directory.Open();
        directory.Append(log, 12, producerId: 77);
        directory.Directory.Checkpoint();
        var again = new TestDirectory(device.Crash(3)).Open();
        Assert.True(again.Producers.TryGet(77, out var state));
        Assert.Equal(ProducerBatches.Capacity, state.BatchCount);
        Assert.Equal([7, 8, 9, 10, 11], Enumerable.Range(0, 5).Select(i => state[i].BaseSequence));
    }

    [Fact]
    public void A_segment_is_full_by_size_age_index_or_the_width_of_its_offsets()
    {
        static int Segments(LogConfig config, params (long Offset, long TimeMs, int ValueBytes)[] batches)
        {
            var directory = new TestDirectory(new SimulatedStorageDevice());
            var log = directory.Open(config: config);
            foreach (var (offset, timeMs, valueBytes) in batches)
            {
                directory.Submit(log, Batches.Make(offset, 1, valueBytes, timestampMs: timeMs));
                directory.Directory.RunRound();
            }

            return log.Segments.Length;
        }

        var batch = Batches.Make(0, 1, 100).Length;
        Assert.Equal(1, Segments(new LogConfig { SegmentBytes = 2 * batch }, (0, T0, 100), (1, T0, 100)));
        Assert.Equal(2, Segments(new LogConfig { SegmentBytes = (2 * batch) - 1 }, (0, T0, 100), (1, T0, 100)));
        Assert.Equal(2, Segments(new LogConfig { SegmentBytes = 100 }, (0, T0, 500), (1, T0, 500)));
        Assert.Equal(1, Segments(new LogConfig { SegmentMs = 1000 }, (0, T0, 1), (1, T0 + 1000, 1)));
        Assert.Equal(2, Segments(new LogConfig { SegmentMs = 1000 }, (0, T0, 1), (1, T0 + 1001, 1)));
        Assert.Equal(1, Segments(new LogConfig(), (0, T0, 1), (int.MaxValue, T0, 1)));
        Assert.Equal(2, Segments(new LogConfig(), (0, T0, 1), (int.MaxValue + 1L, T0, 1)));
        Assert.Equal(1, Segments(new LogConfig { SegmentIndexBytes = 24, IndexIntervalBytes = 0 }, (0, T0, 1), (1, T0, 1), (2, T0, 1), (3, T0, 1)));
        Assert.Equal(2, Segments(new LogConfig { SegmentIndexBytes = 23, IndexIntervalBytes = 0 }, (0, T0, 1), (1, T0, 1), (2, T0, 1), (3, T0, 1)));
    }

    [Fact]
    public void Epochs_end_where_the_next_one_begins()
    {
        var directory = new TestDirectory(new SimulatedStorageDevice());
        var log = directory.Open();
        directory.Append(log, 5, epoch: 2);
        log.Epochs.Assign(3, 5);
        directory.Append(log, 5, epoch: 4);
        Assert.Equal([new EpochStart(2, 0), new EpochStart(4, 5)], log.Epochs.Entries);
        Assert.Equal((2, 0), log.Epochs.FindEnd(1, 10) is (1, 0) ? (2, 0) : (-9, -9));
        Assert.Equal((2, 5), log.Epochs.FindEnd(2, 10));
        Assert.Equal((2, 5), log.Epochs.FindEnd(3, 10));
        Assert.Equal((4, 10), log.Epochs.FindEnd(4, 10));
        Assert.Equal((-1, -1), log.Epochs.FindEnd(5, 10));
        Assert.Equal((-1, -1), new EpochHistory().FindEnd(0, 10));
    }

    [Fact]
    public async Task A_prewritten_log_is_found_at_its_end_after_a_kill_and_after_a_power_cut()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var device = new SimulatedStorageDevice();
            var config = new LogConfig { PrewriteBytes = 8192, SegmentBytes = 30_000 };
            var directory = new TestDirectory(device);
            var log = directory.Open(config: config);
            directory.Append(log, 60, valueBytes: 700);
            var device2 = seed == 0 ? device.Kill() : device.Crash(seed);
            var after = new TestDirectory(device2);
            log = after.Open(config: config);
            Assert.Equal(60, log.WrittenEnd);
            Assert.Empty(after.Directory.Cuts);
            Assert.Equal(70, after.Append(log, 10, valueBytes: 700));
            Assert.Equal(70, (await TestDirectory.ReadAll(log)).Count);
            after.Directory.CloseClean();
            Assert.True(new TestDirectory(device2).Open(config: config).WrittenEnd == 70);
        }
    }

    [Fact]
    public async Task A_read_that_must_wait_for_the_disk_gets_the_same_bytes()
    {
        var device = new SimulatedStorageDevice { IsCached = false };
        var directory = new TestDirectory(device, o => o with { PartitionTailBytes = 0, CommitLogBytes = 0 });
        var log = directory.Open(config: new LogConfig { SegmentBytes = 100_000 });
        directory.Append(log, 300, valueBytes: 1000);
        Assert.Equal(300, (await TestDirectory.ReadAll(log, maxBytes: 7000)).Count);
        Assert.Equal(300, (await TestDirectory.ReadAll(log)).Count);
    }

    [Fact]
    public async Task Readers_see_nothing_beyond_the_end_they_give()
    {
        var directory = new TestDirectory(new SimulatedStorageDevice());
        var log = directory.Open();
        directory.Append(log, 50);
        foreach (var end in new[] { 0L, 1, 7, 49, 50, 80 })
        {
            var slices = new List<LeaseSlice>();
            await log.ReadAsync(0, end, 1 << 20, true, slices, TestContext.Current.CancellationToken);
            Assert.Equal(Math.Min(end, 50), Batches.Headers(slices).Count);
        }
    }

    [Fact]
    public void Bytes_between_offsets_are_estimated_without_the_disk()
    {
        var device = new SimulatedStorageDevice();
        var directory = new TestDirectory(device, o => o with { PartitionTailBytes = 5000 });
        var log = directory.Open(config: new LogConfig { SegmentBytes = 10_000 });
        directory.Append(log, 100, valueBytes: 500);
        device.Faults = (_, _) => 5;
        var one = Batches.Make(0, 1, 500).Length;
        Assert.Equal(2 * one, log.EstimateBytes(98, 100));
        Assert.InRange(log.EstimateBytes(0, 100), 95 * one, 105 * one);
        Assert.InRange(log.EstimateBytes(10, 20), 8 * one, 12 * one);
        Assert.Equal(0, log.EstimateBytes(100, 200));
    }
}
