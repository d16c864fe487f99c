using Actors.Storage;
using Simulation.Fakes;

namespace Actors.Tests.Storage;

/// <summary>Files that were there and are gone, or are shorter than what was synced: damage, never silently fewer records.</summary>
public sealed class MissingFileTests
{
    private static readonly string s_accept = $"{TestDirectory.Root}/accept-loss";

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(2, true)]
    public void Commit_log_files_that_are_gone_refuse_the_directory_until_the_loss_is_accepted(int which, bool checkpoint)
    {
        var (device, acknowledged) = Busy(checkpoint);
        for (var i = 0; i < 2; i++)
        {
            if (which == i || which == 2)
            {
                device.DeleteFile($"{TestDirectory.Root}/commit-log.{i}");
            }
        }

        device.SyncDirectory(TestDirectory.Root);
        for (var again = 0; again < 2; again++)
        {
            var refusal = Assert.Throws<StorageCorruptionException>(() => new TestDirectory(device)).Message;
            Assert.Contains("commit-log", refusal, StringComparison.Ordinal);
            Assert.Contains($"touch '{s_accept}'", refusal, StringComparison.Ordinal);
            device = device.Kill();
        }

        device.WriteAll(s_accept, []);
        var directory = new TestDirectory(device);
        var log = directory.Open();
        Assert.InRange(log.WrittenEnd, 1, acknowledged);
        directory.Append(log, 3);
        device = device.Crash(1);
        Assert.Equal(log.WrittenEnd, new TestDirectory(device).Open().WrittenEnd);
    }

    [Fact]
    public void Commit_log_files_and_a_piece_of_a_segment_that_are_gone_do_not_become_fewer_records()
    {
        var (device, _) = Busy(checkpoint: false, partitionTailBytes: 2000);
        var segment = TestDirectory.File("00000000000000000000.log");
        device.WriteAll(segment, device.ReadAll(segment)[..^3000]);
        device.DeleteFile($"{TestDirectory.Root}/commit-log.0");
        device.DeleteFile($"{TestDirectory.Root}/commit-log.1");
        Assert.Throws<StorageCorruptionException>(() => new TestDirectory(device));
    }

    /// <summary>A segment is begun, and the process dies before its first batch: what was found before it counts as synced all the same.</summary>
    [Fact]
    public void A_segment_before_an_empty_one_is_missed_when_it_is_gone()
    {
        var config = new LogConfig { FlushMessages = long.MaxValue };
        var device = new SimulatedStorageDevice();
        var directory = new TestDirectory(device);
        Assert.Equal(3, directory.Append(directory.Open(config: config), 3));
        device = device.Kill();
        device.WriteAll(TestDirectory.File("00000000000000000003.log"), []);
        Assert.Equal(3, new TestDirectory(device).Open(config: config).WrittenEnd);

        device = device.Kill();
        device.Lose(TestDirectory.File("00000000000000000000.log"));
        Assert.Contains("offset 0 is missing", new TestDirectory(device).Refusal(config: config), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(512)]
    [InlineData(60 * 1024)]
    public void A_commit_log_file_that_was_cut_refuses_the_directory(int bytes)
    {
        var (device, _) = Busy(checkpoint: false);
        var path = $"{TestDirectory.Root}/commit-log.0";
        device.WriteAll(path, device.ReadAll(path)[..bytes]);
        Assert.Contains("were there", Assert.Throws<StorageCorruptionException>(() => new TestDirectory(device)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_commit_log_that_lost_rounds_a_checkpoint_counts_on_refuses_the_directory()
    {
        var (device, _) = Busy(checkpoint: true);
        foreach (var file in new[] { "commit-log.0", "commit-log.1" })
        {
            var path = $"{TestDirectory.Root}/{file}";
            device.WriteAll(path, new byte[device.ReadAll(path).Length]);
        }

        Assert.Contains("of which", Assert.Throws<StorageCorruptionException>(() => new TestDirectory(device)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void After_a_clean_close_nothing_counts_on_the_commit_log()
    {
        var device = new SimulatedStorageDevice();
        var directory = new TestDirectory(device);
        directory.Append(directory.Open(), 20);
        directory.Directory.CloseClean();
        device = device.Kill();
        device.DeleteFile($"{TestDirectory.Root}/commit-log.0");
        device.DeleteFile($"{TestDirectory.Root}/commit-log.1");
        directory = new TestDirectory(device);
        var log = directory.Open();
        Assert.Equal(20, log.WrittenEnd);
        directory.Append(log, 20);
        Assert.Equal(40, new TestDirectory(device.Crash(3)).Open().WrittenEnd);
    }

    [Fact]
    public void A_segment_begun_after_the_checkpoint_that_is_gone_refuses_the_log_until_the_loss_is_accepted()
    {
        var device = new SimulatedStorageDevice();
        var config = new LogConfig { SegmentBytes = 3000 };
        var directory = new TestDirectory(device, o => o with { CommitLogBytes = 0 });
        var log = directory.Open(config: config);
        directory.Append(log, 2, valueBytes: 900);
        directory.Directory.Checkpoint();
        directory.Append(log, 3, valueBytes: 900);
        Assert.Equal(2, log.Segments.Length);
        device = device.Kill();
        device.DeleteFile(log.Segments[1].Path);
        Assert.Contains("that begins at offset 3 is missing", new TestDirectory(device).Refusal(config: config), StringComparison.Ordinal);
        device = device.Kill();
        device.WriteAll(TestDirectory.File("accept-loss"), []);
        Assert.Equal(3, new TestDirectory(device).Open(config: config).WrittenEnd);
        device = device.Crash(1);
        Assert.Equal(3, new TestDirectory(device).Open(config: config).WrittenEnd);
    }

    [Fact]
    public void A_folder_without_a_checkpoint_that_is_gone_refuses_the_log()
    {
        var device = new SimulatedStorageDevice();
        var directory = new TestDirectory(device);
        directory.Append(directory.Open(), 3);
        device = device.Kill();
        foreach (var file in device.ListFiles().Where(f => f.Contains("orders-0", StringComparison.Ordinal)))
        {
            device.DeleteFile(file);
        }

        device.DeleteDirectory($"{TestDirectory.Root}/orders-0");
        Assert.Contains("the folder is missing", new TestDirectory(device).Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void Damage_below_the_recovery_point_opens_once_the_loss_is_accepted()
    {
        var device = new SimulatedStorageDevice();
        var directory = new TestDirectory(device, o => o with { CommitLogBytes = 0 });
        directory.Append(directory.Open(), 40, valueBytes: 1000);
        directory.Directory.Checkpoint();
        device = device.Kill();
        var path = TestDirectory.File("00000000000000000000.log");
        device.WriteAll(path, device.ReadAll(path)[..^1]);
        Assert.Contains("touch", new TestDirectory(device).Refusal(), StringComparison.Ordinal);
        device = device.Kill();
        device.WriteAll(TestDirectory.File("accept-loss"), []);
        Assert.Equal(39, new TestDirectory(device).Open().WrittenEnd);
    }

    [Fact]
    public void A_register_that_is_gone_refuses_the_directory_until_the_loss_is_accepted()
    {
        var (device, _) = Busy(checkpoint: true);
        device.DeleteFile($"{TestDirectory.Root}/directory.register");
        var refusal = Assert.Throws<StorageCorruptionException>(() => new TestDirectory(device)).Message;
        Assert.Contains("directory.register is missing", refusal, StringComparison.Ordinal);
        device = device.Kill();
        device.WriteAll(s_accept, []);
        var directory = new TestDirectory(device);
        Assert.True(directory.Open().WrittenEnd > 0);
        directory.Append(directory.Open(), 2);
        new TestDirectory(device.Crash(1)).Open();
    }

    /// <summary>Two logs with records of which the last ones are in the commit log only, and a process that dies.</summary>
    private static (SimulatedStorageDevice Device, long Acknowledged) Busy(bool checkpoint, int partitionTailBytes = 1 << 20)
    {
        var device = new SimulatedStorageDevice();
        var directory = new TestDirectory(device, o => o with { CheckpointMs = long.MaxValue, PartitionTailBytes = partitionTailBytes });
        var (log, other) = (directory.Open(), directory.Open(1));
        directory.Append(other, 3);
        directory.Append(log, 30, valueBytes: 300);
        if (checkpoint)
        {
            directory.Directory.Checkpoint();
            directory.Append(log, 5, valueBytes: 300);
            directory.Directory.Checkpoint();
            directory.Append(log, 5, valueBytes: 300);
            directory.Directory.Checkpoint();
        }

        directory.Append(log, 10, valueBytes: 300);
        Assert.True(log.UnwrittenBytes > 0 || partitionTailBytes < 10_000);
        return (device.Kill(), log.SyncedEnd);
    }
}
