using Actors.Model.Leases;
using Actors.Storage;
using Simulation.Fakes;

namespace Actors.Tests.Storage;

public sealed class AppendReadTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(64 * 1024)]
    public async Task What_is_appended_is_told_as_synced_and_read_back_also_after_a_power_cut(int commitLogBytes)
    {
        var device = new SimulatedStorageDevice();
        var directory = new TestDirectory(device, o => o with { CommitLogBytes = commitLogBytes });
        var log = directory.Open();
        Assert.Equal(200, directory.Append(log, 200, valueBytes: 300));
        Assert.Equal((200, 200), directory.Told[log]);
        Assert.Equal(Enumerable.Range(0, 200).Select(i => (long)i), (await TestDirectory.ReadAll(log)).Select(h => h.BaseOffset));

        var after = new TestDirectory(device.Crash(1));
        var again = after.Open();
        Assert.Equal(200, again.WrittenEnd);
        Assert.Equal(200, again.SyncedEnd);
        Assert.Equal(200, (await TestDirectory.ReadAll(again)).Count);
    }

    [Fact]
    public async Task A_clean_close_leaves_everything_in_the_segments()
    {
        var device = new SimulatedStorageDevice();
        var directory = new TestDirectory(device);
        var log = directory.Open();
        directory.Append(log, 50, producerId: 7);
        directory.Directory.CloseClean();

        var after = new TestDirectory(device);
        Assert.True(after.Directory.WasClosedClean);
        var again = after.Open();
        Assert.Equal(50, again.WrittenEnd);
        Assert.Equal(50, (await TestDirectory.ReadAll(again)).Count);
        Assert.True(again.Producers.TryGet(7, out var producer));
        Assert.Equal((5, 49), (producer.BatchCount, producer.LastSequence));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(5000)]
    [InlineData(200_000)]
    public async Task Reads_hold_whole_batches_within_the_bounds_that_were_asked_for(int maxBytes)
    {
        var directory = new TestDirectory(new SimulatedStorageDevice(), o => o with { PartitionTailBytes = 20_000 });
        var log = directory.Open(config: new LogConfig { SegmentBytes = 50_000 });
        directory.Append(log, 500, valueBytes: 400);
        Assert.True(log.Segments.Length > 3);
        Assert.Equal(500, (await TestDirectory.ReadAll(log, maxBytes: maxBytes)).Count);

        var slices = new List<LeaseSlice>();
        var bytes = await log.ReadAsync(3, 6, maxBytes, firstBatchWhole: false, slices, TestContext.Current.CancellationToken);
        Assert.True(bytes <= maxBytes);
        Assert.True(maxBytes == 100 ? bytes == 0 : Batches.Headers(slices).TrueForAll(h => h.BaseOffset is >= 3 and < 6));
    }
}
