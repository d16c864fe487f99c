using Actors.Storage;
using Simulation.Fakes;

namespace Actors.Tests.Storage;

public sealed class CommitLogTests
{
    private static readonly string s_first = $"{TestDirectory.Root}/commit-log.0";

    [Fact]
    public void A_round_over_many_logs_is_one_sync()
    {
        var device = new SimulatedStorageDevice();
        var (directory, logs) = Make(device, 40);
        SubmitToAll(directory, logs);
        directory.Directory.RunRound(); // begins the file
        var before = device.SyncCount;
        SubmitToAll(directory, logs);
        directory.Directory.RunRound();
        Assert.Equal(before + 1, device.SyncCount);
        Assert.All(logs, l => Assert.Equal((3, 3), directory.Told[l]));
    }

    [Fact]
    public async Task What_only_the_commit_log_holds_is_in_the_logs_after_a_power_cut()
    {
        var device = new SimulatedStorageDevice();
        var (directory, logs) = Make(device, 10);
        for (var i = 0; i < 5; i++)
        {
            SubmitToAll(directory, logs);
            directory.Directory.RunRound();
        }

        Assert.True(logs[3].UnwrittenBytes > 0);
        device = device.Crash(5);
        for (var again = 0; again < 2; again++)
        {
            var after = new TestDirectory(device);
            for (var p = 0; p < 10; p++)
            {
                var log = after.Open(p);
                Assert.Equal(6, log.WrittenEnd);
                Assert.Equal(6, (await TestDirectory.ReadAll(log)).Count);
            }

            device = device.Crash(again);
        }
    }

    [Fact]
    public async Task The_files_are_written_over_once_a_checkpoint_has_synced_what_they_hold()
    {
        var device = new SimulatedStorageDevice();
        var (directory, logs) = Make(device, 3, commitLogBytes: 16 * 1024);
        for (var i = 0; i < 300; i++)
        {
            SubmitToAll(directory, logs);
            directory.Directory.RunRound();
        }

        Assert.Equal(16 * 1024, device.ReadAll(s_first).Length);
        device = device.Crash(7);
        var after = new TestDirectory(device);
        for (var p = 0; p < 3; p++)
        {
            Assert.Equal(301, (await TestDirectory.ReadAll(after.Open(p))).Count);
        }
    }

    [Fact]
    public void Damage_before_a_good_round_refuses_to_open_the_directory()
    {
        var device = new SimulatedStorageDevice();
        var (directory, logs) = Make(device, 3);
        for (var i = 0; i < 4; i++)
        {
            SubmitToAll(directory, logs);
            directory.Directory.RunRound();
        }

        device = device.Kill();
        device.FlipBit(s_first, (512 * 8) + 100);
        var damaged = Assert.Throws<StorageCorruptionException>(() => new TestDirectory(device));
        Assert.Contains("commit-log.0", damaged.Message, StringComparison.Ordinal);

        device.FlipBit(s_first, (512 * 8) + 100);
        device.FlipBit(s_first, 100);
        Assert.Throws<StorageCorruptionException>(() => new TestDirectory(device));
        device.FlipBit(s_first, 100);
        Assert.Equal(5, new TestDirectory(device).Open(2).WrittenEnd);
    }

    [Fact]
    public void A_log_that_ends_before_its_records_in_the_commit_log_begin_refuses_to_open()
    {
        var device = new SimulatedStorageDevice();
        var (directory, logs) = Make(device, 2);
        SubmitToAll(directory, logs);
        directory.Directory.RunRound();
        device = device.Kill();
        var path = TestDirectory.File("00000000000000000000.log");
        device.WriteAll(path, []);
        var refusal = new TestDirectory(device).Refusal();
        Assert.Contains("with none between", refusal, StringComparison.Ordinal);

        // The refusal outlives the commit log's next turns, and ends with the operator's word.
        device = device.Kill();
        Assert.Contains("with none between", new TestDirectory(device).Refusal(), StringComparison.Ordinal);
        device = device.Kill();
        device.WriteAll(TestDirectory.File("accept-loss"), []);
        Assert.Equal(0, new TestDirectory(device).Open().WrittenEnd);
    }

    [Fact]
    public async Task What_a_dead_process_left_in_the_page_cache_is_synced_before_the_commit_log_that_covers_it_is_written_over()
    {
        for (var seed = 0; seed < 10; seed++)
        {
            var device = new SimulatedStorageDevice();
            var directory = new TestDirectory(device, o => o with { PartitionTailBytes = 100, CheckpointMs = long.MaxValue });
            directory.Append(directory.Open(), 20, valueBytes: 100);
            device = device.Kill();
            new TestDirectory(device).Directory.CloseClean(); // a life in which nobody opens the log
            device = device.Crash(seed);
            var log = new TestDirectory(device).Open();
            Assert.Equal(20, log.WrittenEnd);
            Assert.Equal(20, (await TestDirectory.ReadAll(log)).Count);
        }
    }

    [Fact]
    public async Task Large_runs_go_to_their_own_file_and_keep_their_place_among_small_ones()
    {
        var device = new SimulatedStorageDevice();
        var directory = new TestDirectory(device, o => o with { CommitLogRunBytes = 1000 });
        var log = directory.Open();
        foreach (var valueBytes in new[] { 10, 10, 5000, 10, 40_000, 10, 10 })
        {
            directory.Append(log, 1, valueBytes);
        }

        Assert.Equal(7, (await TestDirectory.ReadAll(log)).Count);
        device = device.Crash(3);
        Assert.Equal(7, (await TestDirectory.ReadAll(new TestDirectory(device).Open())).Count);
    }

    [Fact]
    public void A_sync_of_the_commit_log_that_fails_fails_the_directory_for_good()
    {
        var device = new SimulatedStorageDevice();
        var (directory, logs) = Make(device, 3);
        device.Faults = (call, path) => call == "fdatasync" && path == s_first ? 5 : 0;
        SubmitToAll(directory, logs);
        directory.Directory.RunRound();
        device.Faults = null;
        Assert.NotNull(directory.Fault);
        Assert.All(logs, l => Assert.Equal((1, 1), directory.Told[l]));
        SubmitToAll(directory, logs);
        Assert.False(directory.Directory.RunRound());
        Assert.All(logs, l => Assert.Equal((1, 1), directory.Told[l]));
        Assert.Contains("failed", directory.Refusal(7), StringComparison.Ordinal);
    }

    /// <summary>Logs with one batch each, checkpointed: the next rounds can go to the commit log.</summary>
    private static (TestDirectory Directory, PartitionLog[] Logs) Make(SimulatedStorageDevice device, int count, int commitLogBytes = 256 * 1024)
    {
        var directory = new TestDirectory(
            device, o => o with { CommitLogBytes = commitLogBytes, CheckpointMs = long.MaxValue, CheckpointBytes = long.MaxValue });
        var logs = Enumerable.Range(0, count).Select(p => directory.Open(p)).ToArray();
        SubmitToAll(directory, logs);
        directory.Directory.RunRound();
        return (directory, logs);
    }

    private static void SubmitToAll(TestDirectory directory, PartitionLog[] logs)
    {
        foreach (var log in logs)
        {
            directory.Submit(log, Batches.Make(log.WrittenEnd), leaseBytes: 50_000);
        }
    }
}
