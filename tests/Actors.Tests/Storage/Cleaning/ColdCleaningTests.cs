using Actors.Storage;
using Simulation.Fakes;

namespace Actors.Tests.Storage.Cleaning;

/// <summary>Compaction of logs that nobody has opened since the directory was.</summary>
public sealed class ColdCleaningTests
{
    private const int Logs = 5;
    private static readonly LogConfig s_config = CompactedLog.Config;

    [Fact]
    public async Task Dirty_logs_that_nobody_has_opened_are_cleaned_one_at_a_time_and_closed_again()
    {
        var device = Write(out var known);
        var directory = Started(device, s_config);
        var before = Enumerable.Range(0, Logs).Select(i => directory.Directory.GetSizeBytes(TestDirectory.Identity(i).Id)).ToArray();
        var mostOpen = 0;
        Pass(directory, () => mostOpen = Math.Max(mostOpen, directory.Directory.ListLogs().Count(l => l.IsOpen)));
        Assert.Equal(1, mostOpen);
        Assert.All(directory.Directory.ListLogs(), l => Assert.False(l.IsOpen));
        Assert.Equal((Logs, 0), ((int)directory.Directory.CleanerStatistics.Cleanings, directory.OpeningsDue.Count));
        for (var i = 0; i < Logs; i++)
        {
            Assert.True(directory.Directory.GetSizeBytes(TestDirectory.Identity(i).Id) < before[i] / 2, $"log {i} has not become smaller");
        }

        Pass(directory, () => Assert.DoesNotContain(directory.Directory.ListLogs(), l => l.IsOpen)); // clean: not opened again
        await CheckAsync(device.Crash(1), known, "after all");
    }

    [Fact]
    public async Task A_log_that_is_opened_while_it_is_cleaned_is_taken_over_as_it_is_and_stays_open()
    {
        for (var steps = 0; steps < 40; steps += 3)
        {
            var device = Write(out var known);
            var directory = Started(device, s_config);
            BeginPass(directory, steps);

            var log = directory.Open(config: s_config);
            directory.Append(log, 1);
            Pass(directory, () => Assert.False(log.IsClosed));
            Assert.Equal([TestDirectory.Identity()], directory.Directory.ListLogs().Where(l => l.IsOpen).Select(l => l.Identity));
            Assert.True(log.Entry.CleanedEnd > 0 && directory.Directory.CleanerStatistics.Cleanings >= Logs, $"{steps} steps: not all were cleaned");
            await CheckAsync(device.Crash(steps), known, $"taken over after {steps} steps", appended: 1);
        }
    }

    [Fact]
    public async Task A_crash_at_any_step_loses_no_newest_record()
    {
        for (var steps = 0; steps < 60; steps += 2)
        {
            var device = Write(out var known);
            var directory = Started(device, s_config);
            BeginPass(directory, steps);

            device = steps % 4 == 0 ? device.Crash(steps) : device.Kill();
            directory = Started(device, s_config);
            Pass(directory, () => { });
            await CheckAsync(device.Crash(steps), known, $"crash after {steps} steps");
        }
    }

    [Fact]
    public void A_log_that_is_not_due_is_not_opened()
    {
        LogConfig?[] configs =
        [
            s_config with { Compacts = false }, s_config with { MinCompactionLagMs = 3_600_000 },
            s_config with { MinCleanableDirtyRatio = 1 }, s_config with { Compacts = false, Deletes = true, RetentionMs = -1 }, null,
        ];
        foreach (var config in configs)
        {
            var directory = Started(Write(out _), config);
            Pass(directory, () => Assert.DoesNotContain(directory.Directory.ListLogs(), l => l.IsOpen));
            Assert.Equal((0, 0), (directory.OpeningsDue.Count, (int)directory.Directory.CleanerStatistics.Cleanings));
        }
    }

    [Fact]
    public void Records_older_than_the_longest_lag_are_cleaned_whatever_the_ratio_also_those_of_the_newest_segment()
    {
        var config = s_config with { MinCleanableDirtyRatio = 1, MaxCompactionLagMs = 600_000 };
        var directory = Started(Write(out _), config);
        Pass(directory, () => { });
        Assert.Equal(0, directory.Directory.CleanerStatistics.Cleanings);
        directory.Time.Advance(TimeSpan.FromMinutes(11));
        Pass(directory, () => { });
        Pass(directory, () => { });
        Assert.DoesNotContain(directory.Directory.ListLogs(), l => l.IsOpen);
        Pass(directory, () => Assert.DoesNotContain(directory.Directory.ListLogs(), l => l.IsOpen));
        Assert.All(Enumerable.Range(0, Logs), i => Assert.Equal(60, directory.Open(i, config).Entry.CleanedEnd));
    }

    [Fact]
    public void A_log_that_only_an_opening_can_judge_or_that_refuses_is_left_to_whose_it_is()
    {
        var device = Write(out _);
        device.Lose(TestDirectory.File("00000000000000000000.log"));
        var directory = Started(device, s_config);
        Pass(directory, () => { });
        Assert.Equal([TestDirectory.Identity()], directory.OpeningsDue.Distinct());
        Assert.Equal(Logs - 1, directory.Directory.CleanerStatistics.Cleanings);
    }

    /// <summary>Five logs with few keys, closed clean.</summary>
    private static SimulatedStorageDevice Write(out Dictionary<string, string?> newest)
    {
        newest = [];
        var device = new SimulatedStorageDevice();
        var directory = new TestDirectory(device);
        for (var partition = 0; partition < Logs; partition++)
        {
            var log = directory.Open(partition, s_config);
            for (var i = 0; i < 60; i++)
            {
                var (key, value) = ($"key-{i % 7}", i % 7 == 3 && i > 50 ? null : $"{partition}-{i}-{new string('v', 100)}");
                newest[$"{partition}/{key}"] = value;
                directory.Submit(log, KeyedBatches.Make([new Keyed(i, key, value, 1_700_000_000_000 + i)]));
                directory.Directory.RunRound();
            }
        }

        directory.Directory.CloseClean();
        return device;
    }

    private static TestDirectory Started(SimulatedStorageDevice device, LogConfig? config)
    {
        var directory = new TestDirectory(device, o => o with { CleanerBackoffMs = 1000 }) { ColdConfig = config };
        directory.Directory.Background = new DeferredWork();
        directory.Directory.Cleaner = new DeferredWork();
        return directory;
    }

    private static void Step(TestDirectory directory)
    {
        directory.Time.Advance(TimeSpan.FromMilliseconds(500));
        directory.Directory.RunRound();
        (directory.Directory.Background as DeferredWork)?.RunOne();
        (directory.Directory.Cleaner as DeferredWork)?.RunOne();
        Assert.True(directory.Fault is null, directory.Fault?.Cause.ToString());
    }

    private static void BeginPass(TestDirectory directory, int steps)
    {
        directory.Directory.Post(directory.Directory.BeginRetention);
        for (var i = 0; i < steps; i++)
        {
            Step(directory);
        }
    }

    /// <summary>A whole pass, and everything that follows from it.</summary>
    private static void Pass(TestDirectory directory, Action afterStep)
    {
        directory.Directory.Post(directory.Directory.BeginRetention);
        for (var i = 0; i < 150; i++)
        {
            Step(directory);
            afterStep();
        }
    }

    private static async Task CheckAsync(SimulatedStorageDevice device, Dictionary<string, string?> newest, string context, int appended = 0)
    {
        var directory = new TestDirectory(device);
        for (var partition = 0; partition < Logs; partition++)
        {
            var log = directory.Open(partition, s_config);
            Assert.Equal(60 + (partition == 0 ? appended : 0), log.WrittenEnd);
            var found = (await KeyedBatches.ReadAsync(log)).Where(b => b.Info.BaseOffset < 60).SelectMany(b => b.Records).ToList();
            foreach (var key in newest.Where(k => k.Key.StartsWith($"{partition}/", StringComparison.Ordinal)))
            {
                var last = found.FindLast(r => $"{partition}/{r.Key}" == key.Key);
                Assert.True(last is not null && last.Value == key.Value, $"{context}: {key.Key} is {last}, {key.Value} was written last");
            }
        }
    }
}
