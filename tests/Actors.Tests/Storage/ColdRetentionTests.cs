using Actors.Storage;
using Simulation.Fakes;

namespace Actors.Tests.Storage;

/// <summary>Retention of logs that nobody has opened since the directory was.</summary>
public sealed class ColdRetentionTests
{
    private const long SegmentMs = 600_000;

    /// <summary>Three of the seven segments are too old then, for ten minutes to come.</summary>
    private static readonly TimeSpan s_later = TimeSpan.FromMilliseconds(12.2 * SegmentMs);

    private static readonly LogConfig s_small = new() { SegmentBytes = 3000, RetentionMs = 10 * SegmentMs };

    [Fact]
    public async Task Old_segments_of_a_log_that_nobody_has_opened_go_and_it_stays_unopened()
    {
        var device = Write(out var ends);
        var directory = new TestDirectory(device) { ColdConfig = s_small };
        directory.Time.Advance(s_later);
        Retain(directory);
        Assert.Empty(directory.OpeningsDue);
        Assert.All(directory.Directory.ListLogs(), l => Assert.False(l.IsOpen));
        Assert.DoesNotContain(TestDirectory.File("00000000000000000000.log"), device.ListFiles());
        Assert.DoesNotContain(TestDirectory.File("00000000000000000000.timeindex"), device.ListFiles());
        Assert.Contains(TestDirectory.File("00000000000000000009.log"), device.ListFiles());
        var log = new TestDirectory(device.Crash(1)).Open(config: s_small);
        Assert.Equal((9, ends), (log.LogStartOffset, log.WrittenEnd));
        Assert.Equal(9, (await TestDirectory.ReadAll(log, from: 9))[0].BaseOffset);
    }

    [Fact]
    public void A_cold_log_keeps_at_least_its_retention_bytes_and_is_looked_at_once_only()
    {
        var device = Write(out _);
        var directory = new TestDirectory(device) { ColdConfig = s_small with { RetentionMs = -1, RetentionBytes = 5000 } };
        Retain(directory);
        Assert.InRange(directory.Directory.GetSizeBytes(TestDirectory.Identity().Id), 5000, 8000);
        var lists = 0;
        device.Faults = (call, _) =>
        {
            lists += call == "readdir" ? 1 : 0;
            return 0;
        };
        Retain(directory);
        Assert.Equal(0, lists);
    }

    [Fact]
    public void A_cold_log_whose_records_are_all_too_old_is_emptied_and_goes_on_where_it_was()
    {
        var device = Write(out var ends);
        var directory = new TestDirectory(device) { ColdConfig = s_small };
        directory.Time.Advance(TimeSpan.FromDays(1));
        Retain(directory);
        Assert.Empty(Segments(device));
        for (var life = 0; life < 3; life++)
        {
            directory = new TestDirectory(device = device.Crash(life));
            var log = directory.Open(config: s_small);
            Assert.Equal((ends, ends + life), (log.LogStartOffset, log.WrittenEnd));
            Assert.Equal(ends + life + 1, directory.Append(log, 1));
        }
    }

    [Fact]
    public void A_log_that_is_not_due_or_not_to_be_touched_is_left_alone()
    {
        var device = Write(out _);
        var before = Segments(device).ToArray();
        foreach (var config in new[] { s_small, s_small with { Deletes = false, RetentionMs = 0 }, s_small with { RetentionMs = -1 }, null })
        {
            Retain(new TestDirectory(device = device.Kill()) { ColdConfig = config });
        }

        Assert.Equal(before, Segments(device));
    }

    [Fact]
    public void A_log_with_records_beyond_its_checkpoint_is_opened_instead()
    {
        var device = new SimulatedStorageDevice();
        var directory = new TestDirectory(device, o => o with { CommitLogBytes = 0 });
        directory.Append(directory.Open(config: s_small), 5, valueBytes: 900);
        directory.Directory.Checkpoint();
        directory.Append(directory.Open(config: s_small), 1, valueBytes: 900);
        directory.Append(directory.Open(1, config: s_small), 1, valueBytes: 900);
        directory = new TestDirectory(device.Kill()) { ColdConfig = s_small };
        directory.Time.Advance(TimeSpan.FromDays(1));
        Retain(directory);
        Assert.Equal([TestDirectory.Identity(1), TestDirectory.Identity()], directory.OpeningsDue);
    }

    [Fact]
    public async Task A_log_that_is_opened_while_its_new_start_is_on_the_way_to_the_disk_begins_there()
    {
        for (var steps = 0; steps < 6; steps++)
        {
            var work = new DeferredWork();
            var copy = Write(out var ends);
            var directory = new TestDirectory(copy) { ColdConfig = s_small };
            directory.Directory.Background = work;
            directory.Time.Advance(s_later);
            directory.Directory.Post(directory.Directory.BeginRetention);
            for (var i = 0; i < steps; i++)
            {
                directory.Time.Advance(TimeSpan.FromSeconds(6));
                directory.Directory.RunRound();
                work.RunOne();
            }

            var log = directory.Open(config: s_small);
            var start = log.LogStartOffset;
            Retain(directory);
            work.WaitUntilIdle();
            Retain(directory);
            Assert.Equal(9, log.LogStartOffset);
            Assert.True(start is 0 or 9);
            Assert.Equal(9, (await TestDirectory.ReadAll(log, from: 9))[0].BaseOffset);
            Assert.DoesNotContain(TestDirectory.File("00000000000000000000.log"), copy.ListFiles());
            Assert.Equal((9, ends), Reopened(copy.Crash(steps)));
        }
    }

    [Fact]
    public void A_crash_at_any_step_leaves_the_old_start_or_the_new_one_and_the_next_look_ends_it()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var work = new DeferredWork();
            var copy = Write(out var ends);
            var directory = new TestDirectory(copy) { ColdConfig = s_small };
            directory.Directory.Background = work;
            directory.Time.Advance(s_later);
            directory.Directory.Post(directory.Directory.BeginRetention);
            for (var i = 0; i < seed / 4; i++)
            {
                directory.Time.Advance(TimeSpan.FromSeconds(6));
                directory.Directory.RunRound();
                work.RunOne();
            }

            copy = copy.Crash(seed);
            directory = new TestDirectory(copy) { ColdConfig = s_small };
            if (seed % 4 == 0)
            {
                var log = directory.Open(config: s_small);
                Assert.True(log.LogStartOffset is 0 or 9, $"seed {seed}: it begins at {log.LogStartOffset}");
                Assert.Equal(ends, log.WrittenEnd);
                continue;
            }

            directory.Time.Advance(s_later + s_later);
            Retain(directory);
            Assert.Empty(directory.OpeningsDue);
            Assert.Empty(Segments(copy));
            Assert.Equal((ends, ends), Reopened(copy.Crash(seed)));
        }
    }

    private static IEnumerable<string> Segments(SimulatedStorageDevice device) =>
        device.ListFiles().Where(f => f.EndsWith(".log", StringComparison.Ordinal));

    private static (long Start, long End) Reopened(SimulatedStorageDevice device)
    {
        var log = new TestDirectory(device).Open(config: s_small);
        return (log.LogStartOffset, log.WrittenEnd);
    }

    /// <summary>Twenty records, three in a segment, a minute between segments; closed clean.</summary>
    private static SimulatedStorageDevice Write(out long end)
    {
        var device = new SimulatedStorageDevice();
        var directory = new TestDirectory(device);
        var log = directory.Open(config: s_small);
        for (var i = 0; i < 20; i++)
        {
            directory.Submit(log, Batches.Make(i, 1, 900, timestampMs: 1_700_000_000_000 + (i / 3 * SegmentMs)));
            directory.Directory.RunRound();
            directory.Time.Advance(TimeSpan.FromMilliseconds(SegmentMs / 3));
        }

        end = log.WrittenEnd;
        directory.Directory.CloseClean();
        return device;
    }

    /// <summary>A whole pass, and everything that follows from it.</summary>
    private static void Retain(TestDirectory directory)
    {
        directory.Directory.Post(directory.Directory.BeginRetention);
        for (var i = 0; i < 60; i++)
        {
            directory.Time.Advance(TimeSpan.FromSeconds(1));
            directory.Directory.RunRound();
            (directory.Directory.Background as DeferredWork)?.RunOne();
        }
    }
}
