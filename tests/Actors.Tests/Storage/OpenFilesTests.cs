using Actors.Storage;
using Simulation.Fakes;

namespace Actors.Tests.Storage;

/// <summary>The limit of open files.</summary>
public sealed class OpenFilesTests
{
    private const int Limit = 24;
    private const int Logs = 60;

    /// <summary>What the directory itself keeps, and one log's files of a checkpoint and of a beginning segment.</summary>
    private const int Spare = 10;

    [Theory]
    [InlineData(1L)]
    [InlineData(long.MaxValue)]
    public async Task More_logs_than_files_may_be_open_are_written_side_by_side_and_nothing_is_lost(long flushMessages)
    {
        var device = new SimulatedStorageDevice();
        var most = 0;
        device.Faults = (call, _) =>
        {
            most = Math.Max(most, device.OpenFiles);
            return 0;
        };
        var config = new LogConfig { FlushMessages = flushMessages, SegmentBytes = 1000 };
        var directory = new TestDirectory(device, o => o with { MaxOpenFiles = Limit });
        var logs = Enumerable.Range(0, Logs).Select(i => directory.Open(i, config)).ToArray();
        for (var round = 0; round < 30; round++)
        {
            foreach (var log in logs)
            {
                directory.Submit(log, Batches.Make(log.WrittenEnd, 1, 100));
            }

            directory.Directory.RunRound();
            directory.Time.Advance(TimeSpan.FromMilliseconds(1001));
        }

        directory.Directory.Checkpoint();
        Assert.Null(directory.Fault);
        Assert.InRange(most, Limit, Limit + Spare);
        var after = new TestDirectory(device.Crash(3), o => o with { MaxOpenFiles = Limit });
        for (var i = 0; i < Logs; i++)
        {
            Assert.Equal(30, (await TestDirectory.ReadAll(after.Open(i, config))).Count);
        }
    }

    [Fact]
    public void A_sync_that_fails_before_files_are_closed_fails_the_directory()
    {
        var device = new SimulatedStorageDevice();
        var directory = new TestDirectory(device, o => o with { MaxOpenFiles = Limit });
        device.Faults = (call, _) => call == "syncfs" ? 5 : 0;
        var config = new LogConfig { FlushMessages = long.MaxValue };
        for (var i = 0; i < Logs && directory.Fault is null; i++)
        {
            directory.Append(directory.Open(i, config), 1);
        }

        Assert.NotNull(directory.Fault);
    }
}
