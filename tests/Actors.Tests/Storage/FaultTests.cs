using Actors.Storage;
using Simulation.Fakes;

namespace Actors.Tests.Storage;

public sealed class FaultTests
{
    [Theory]
    [InlineData("fdatasync")]
    [InlineData("fsync")]
    [InlineData("pwritev")]
    public void A_disk_that_fails_fails_the_directory_and_nothing_unfinished_is_told_as_written(string call)
    {
        var device = new SimulatedStorageDevice();
        var directory = new TestDirectory(device, o => o with { CommitLogBytes = 0 });
        var log = directory.Open(config: new LogConfig { SegmentBytes = 1000 });
        directory.Append(log, 9);
        device.Faults = (name, _) => name == call ? 5 : 0;
        for (var i = 0; i < 20 && directory.Fault is null; i++)
        {
            directory.Append(log, 1);
        }

        device.Faults = null;
        Assert.Equal(call, Assert.IsType<Actors.Storage.Devices.StorageException>(directory.Fault?.Cause).Operation);
        var told = directory.Told[log];
        directory.Submit(log, Batches.Make(log.NextOffset));
        Assert.False(directory.Directory.RunRound());
        Assert.Equal(told, directory.Told[log]);
        Assert.NotNull(directory.Directory.OpenLog(TestDirectory.Identity(3), new LogConfig()).Refusal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(64 * 1024)]
    public async Task A_full_disk_holds_batches_back_in_order_and_goes_on_by_itself_when_there_is_room(int commitLogBytes)
    {
        var device = new SimulatedStorageDevice();
        var directory = new TestDirectory(device, o => o with { CommitLogBytes = commitLogBytes, CommitLogRunBytes = 500 });
        var logs = new[] { directory.Open(), directory.Open(1) };
        directory.Append(logs[0], 5, valueBytes: 900);
        directory.Append(logs[1], 5, valueBytes: 100);
        device.CapacityBytes = device.GetSpace("/").TotalBytes - device.GetSpace("/").FreeBytes + 2500;
        for (var i = 5; i < 30; i++)
        {
            directory.Submit(logs[0], Batches.Make(i, 1, 900));
            directory.Submit(logs[1], Batches.Make(i, 1, 100));
            directory.Time.Advance(TimeSpan.FromSeconds(1));
            directory.Directory.RunRound();
        }

        Assert.Null(directory.Fault);
        Assert.True(directory.Directory.IsFull);
        Assert.True(logs[0].WrittenEnd < 30);
        var told = directory.Told[logs[0]];

        device.CapacityBytes += 1 << 20;
        for (var i = 0; i < 3; i++)
        {
            directory.Time.Advance(TimeSpan.FromSeconds(1));
            directory.Directory.RunRound();
        }

        Assert.False(directory.Directory.IsFull);
        Assert.True(told.Written < 30);
        Assert.All(logs, l => Assert.Equal((30, 30), directory.Told[l]));
        Assert.Equal(31, directory.Append(logs[0], 1));
        foreach (var log in logs)
        {
            Assert.Equal((int)log.WrittenEnd, (await TestDirectory.ReadAll(log)).Count);
        }

        directory.Directory.CloseClean();
        var after = new TestDirectory(device);
        Assert.True(after.Directory.WasClosedClean);
        Assert.Equal(31, (await TestDirectory.ReadAll(after.Open())).Count);
    }

    [Fact]
    public void Below_the_reserve_the_directory_says_it_is_full_before_a_write_fails()
    {
        var device = new SimulatedStorageDevice { CapacityBytes = 300_000 };
        var directory = new TestDirectory(device, o => o with { CommitLogBytes = 0, ReserveBytes = 100_000 });
        var log = directory.Open();
        while (!directory.Directory.IsFull)
        {
            Assert.True(log.WrittenEnd < 300, "the reserve was not noticed");
            directory.Append(log, 1, valueBytes: 1000);
            directory.Time.Advance(TimeSpan.FromSeconds(2));
        }

        Assert.Null(directory.Fault);
        Assert.InRange(log.WrittenEnd, 150, 200);
    }

    [Fact]
    public void At_the_limit_of_unsynced_bytes_a_sync_comes_before_the_next_write()
    {
        var device = new SimulatedStorageDevice();
        var directory = new TestDirectory(
            device, o => o with { MaxUnsyncedBytes = 20_000, CheckpointBytes = long.MaxValue, CheckpointMs = long.MaxValue, CommitLogBytes = 0 });
        var log = directory.Open(config: new LogConfig { FlushMessages = long.MaxValue });
        for (var i = 0; i < 100; i++)
        {
            directory.Append(log, 1, valueBytes: 1000);
            Assert.True(log.UnprotectedBytes <= 21_200, $"{log.UnprotectedBytes} bytes are unsynced");
        }

        Assert.True(directory.Told[log].Synced > 70);
    }

    [Fact]
    public void Flush_messages_and_flush_ms_sync_in_the_background()
    {
        var device = new SimulatedStorageDevice();
        var directory = new TestDirectory(device, o => o with { CheckpointMs = long.MaxValue, CheckpointBytes = long.MaxValue });
        var every = directory.Open(0, new LogConfig { FlushMessages = 10 });
        var timed = directory.Open(1, new LogConfig { FlushMessages = long.MaxValue, FlushMs = 1000 });
        directory.Append(every, 9);
        directory.Append(timed, 3);
        Assert.Equal((9, 0), directory.Told[every]);
        directory.Append(every, 1);
        Assert.Equal((10, 10), directory.Told[every]);
        Assert.Equal((3, 0), directory.Told[timed]);
        directory.Time.Advance(TimeSpan.FromMilliseconds(1001));
        directory.Directory.RunRound();
        Assert.Equal((3, 3), directory.Told[timed]);
    }
}
