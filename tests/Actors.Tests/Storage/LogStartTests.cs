using Actors.Model.Leases;
using Actors.Storage;
using Simulation.Fakes;

namespace Actors.Tests.Storage;

/// <summary>The log's beginning: moved by request and by retention, durable before anything is deleted.</summary>
public sealed class LogStartTests
{
    private static readonly LogConfig s_small = new() { SegmentBytes = 3000 };

    [Fact]
    public async Task Records_below_a_moved_start_are_not_read_and_their_segments_go()
    {
        var device = new SimulatedStorageDevice();
        var directory = new TestDirectory(device);
        var log = directory.Open(config: s_small);
        directory.Append(log, 20, valueBytes: 900);
        var moved = directory.Directory.MoveLogStartAsync(log, 10);
        directory.Directory.RunRound();
        Assert.Equal(10, await moved);
        Assert.Equal(10, log.LogStartOffset);
        Assert.Equal(9, log.Segments[0].BaseOffset);
        var slices = new List<LeaseSlice>();
        Assert.Equal(0, await log.ReadAsync(9, 20, 1 << 20, firstBatchWhole: true, slices, TestContext.Current.CancellationToken));
        Assert.Equal(10, (await TestDirectory.ReadAll(log, from: 10)).Count);
        DeleteAll(directory);
        Assert.DoesNotContain(TestDirectory.File("00000000000000000000.log"), device.ListFiles());
        log = new TestDirectory(device.Crash(1)).Open(config: s_small);
        Assert.Equal((10, 20), (log.LogStartOffset, log.WrittenEnd));
    }

    [Fact]
    public async Task A_log_that_lost_all_its_records_goes_on_where_it_was()
    {
        var device = new SimulatedStorageDevice();
        var directory = new TestDirectory(device);
        var log = directory.Open(config: s_small);
        directory.Append(log, 20, valueBytes: 900);
        var moved = directory.Directory.MoveLogStartAsync(log, 100);
        directory.Directory.RunRound();
        Assert.Equal(20, await moved);
        Assert.Equal(0, log.SizeBytes);
        DeleteAll(directory);
        for (var life = 0; life < 3; life++)
        {
            device = device.Crash(life);
            directory = new TestDirectory(device);
            log = directory.Open(config: s_small);
            Assert.Equal((20, 20 + life), (log.LogStartOffset, log.WrittenEnd));
            Assert.Equal(21 + life, directory.Append(log, 1));
        }
    }

    [Fact]
    public void A_crash_before_the_deletion_is_finished_by_the_next_opening()
    {
        var device = new SimulatedStorageDevice();
        var directory = new TestDirectory(device);
        var log = directory.Open(config: s_small);
        directory.Append(log, 20, valueBytes: 900);
        device.Faults = (call, path) => call == "unlink" && path.EndsWith(".log", StringComparison.Ordinal) ? 5 : 0;
        _ = directory.Directory.MoveLogStartAsync(log, 12);
        directory.Directory.RunRound();
        DeleteAll(directory);
        device.Faults = null;
        Assert.Contains(TestDirectory.File("00000000000000000000.log"), device.ListFiles());
        device = device.Crash(2);
        log = new TestDirectory(device).Open(config: s_small);
        Assert.Equal((12, 20), (log.LogStartOffset, log.WrittenEnd));
        Assert.DoesNotContain(TestDirectory.File("00000000000000000000.log"), device.ListFiles());
    }

    [Fact]
    public void Retention_by_size_keeps_whole_segments_of_at_least_that_many_bytes()
    {
        var directory = new TestDirectory(new SimulatedStorageDevice());
        var log = directory.Open(config: s_small with { RetentionBytes = 5000 });
        directory.Append(log, 20, valueBytes: 900);
        directory.Directory.Post(directory.Directory.BeginRetention);
        directory.Directory.RunRound();
        Assert.InRange(log.SizeBytes, 5000, 8000);
        Assert.Equal(log.Segments[0].BaseOffset, log.LogStartOffset);
    }

    [Fact]
    public void Retention_by_time_drops_what_is_too_old_the_active_segment_too_and_a_future_timestamp_keeps_nothing()
    {
        var directory = new TestDirectory(new SimulatedStorageDevice());
        var log = directory.Open(config: s_small with { RetentionMs = 60_000, SegmentMs = long.MaxValue });
        for (var i = 0; i < 6; i++)
        {
            directory.Submit(log, Batches.Make(i, 1, 900, timestampMs: 1_900_000_000_000));
            directory.Directory.RunRound();
        }

        directory.Directory.Post(directory.Directory.BeginRetention);
        directory.Directory.RunRound();
        Assert.Equal(0, log.LogStartOffset);
        directory.Time.Advance(TimeSpan.FromSeconds(61));
        directory.Directory.Post(directory.Directory.BeginRetention);
        directory.Directory.RunRound();
        Assert.Equal((6, 0), (log.LogStartOffset, log.SizeBytes));
        Assert.Equal(7, directory.Append(log, 1));
    }

    [Fact]
    public void A_topic_without_delete_in_its_policy_loses_nothing_to_retention_and_changed_settings_reach_an_open_log()
    {
        var directory = new TestDirectory(new SimulatedStorageDevice());
        var log = directory.Open(config: s_small with { RetentionBytes = 0, Deletes = false });
        directory.Append(log, 20, valueBytes: 900);
        directory.Directory.Post(directory.Directory.BeginRetention);
        directory.Directory.RunRound();
        Assert.Equal(0, log.LogStartOffset);
        log.Configure(s_small with { RetentionBytes = 0 });
        directory.Directory.Post(directory.Directory.BeginRetention);
        directory.Directory.RunRound();
        Assert.Equal(20, log.LogStartOffset);
    }

    [Fact]
    public async Task The_greatest_timestamp_is_found_above_a_log_start_inside_a_segment()
    {
        var directory = new TestDirectory(new SimulatedStorageDevice());
        var log = directory.Open(config: new LogConfig());
        long[] times = [10, 90, 20, 50, 30];
        for (var i = 0; i < times.Length; i++)
        {
            directory.Submit(log, Batches.Make(i, timestampMs: 1_700_000_000_000 + times[i]));
            directory.Directory.RunRound();
        }

        var cancel = TestContext.Current.CancellationToken;
        Assert.Equal(1, (await log.FindMaxTimestampAsync(5, cancel)).Offset);
        var moved = directory.Directory.MoveLogStartAsync(log, 2); // the greatest one lies below now, in the same segment
        directory.Directory.RunRound();
        Assert.Equal(2, await moved);
        Assert.Equal(new TimestampedOffset(3, 1_700_000_000_050, 0), await log.FindMaxTimestampAsync(5, cancel));
        Assert.Equal(new TimestampedOffset(2, 1_700_000_000_020, 0), await log.FindMaxTimestampAsync(3, cancel));
    }

    [Fact]
    public void Retention_of_very_many_logs_goes_on_from_checkpoint_to_checkpoint()
    {
        const int logs = 1500;
        var directory = new TestDirectory(new SimulatedStorageDevice(), o => o with { CommitLogBytes = 0 });
        var all = Enumerable.Range(0, logs).Select(i => directory.Open(i, s_small with { RetentionBytes = 0 })).ToArray();
        Array.ForEach(all, l => directory.Submit(l, Batches.Make(0)));
        directory.Directory.RunRound();
        directory.Directory.Checkpoint();
        directory.Directory.Post(directory.Directory.BeginRetention);
        for (var i = 0; i < logs; i++)
        {
            directory.Directory.RunRound();
        }

        Assert.InRange(all.Count(l => l.LogStartOffset == 1), 1000, 1100);
        for (var i = 0; i < 200 && all.Any(l => l.LogStartOffset == 0); i++)
        {
            directory.Time.Advance(TimeSpan.FromSeconds(1));
            directory.Directory.RunRound();
        }

        Assert.All(all, l => Assert.Equal(1, l.LogStartOffset));
    }

    private static void DeleteAll(TestDirectory directory)
    {
        for (var i = 0; i < 50 && directory.Directory.SegmentsToDelete > 0; i++)
        {
            directory.Time.Advance(TimeSpan.FromMilliseconds(50));
            directory.Directory.RunRound();
        }

        directory.Directory.RunRound();
    }
}
