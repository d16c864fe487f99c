using Actors.Storage;
using Actors.Storage.Formats;
using Simulation.Fakes;

namespace Actors.Tests.Storage;

/// <summary>What the simulation has found once in thousands of power cuts, each as the shortest way there.</summary>
public sealed class PowerCutTests
{
    private const long T0 = 1_700_000_000_000;

    [Fact]
    public async Task What_a_moved_start_leaves_behind_stays_synced_until_a_checkpoint_says_so()
    {
        var config = new LogConfig { SegmentBytes = 3000, FlushMessages = long.MaxValue, FlushMs = 1000 };
        for (var seed = 0; seed < 20; seed++)
        {
            // The disk is full for checkpoints: the moved start is not durable when what lies behind it is synced.
            var device = new SimulatedStorageDevice();
            var directory = new TestDirectory(device, o => o with { CheckpointMs = 1_000_000 });
            var log = directory.Open(config: config);
            directory.Append(log, 20, valueBytes: 900);
            device.Faults = (operation, path) => operation == "pwritev" && path.Contains("checkpoint", StringComparison.Ordinal) ? 28 : 0;
            var moved = directory.Directory.MoveLogStartAsync(log, 10);
            directory.Directory.RunRound();
            Assert.False(moved.IsCompleted);
            directory.Time.Advance(TimeSpan.FromSeconds(2));
            directory.Directory.RunRound();
            Assert.Equal(20, log.SyncedEnd);
            log = new TestDirectory(device.Crash(seed)).Open(config: config);
            Assert.Equal((seed, 0, 20), (seed, log.LogStartOffset, log.WrittenEnd));
            Assert.Equal(20, (await TestDirectory.ReadAll(log)).Count);
        }
    }

    [Theory]
    [InlineData(FileText.IndexSuffix)]
    [InlineData(FileText.TimeIndexSuffix)]
    public async Task Zeros_behind_the_entries_of_an_index_are_no_entries(string suffix)
    {
        var config = new LogConfig { IndexIntervalBytes = 100 };
        var device = new SimulatedStorageDevice();
        var directory = new TestDirectory(device);
        var log = directory.Open(config: config);
        AppendUpTo(directory, log, 20);
        directory.Directory.Checkpoint();
        device = device.Kill();
        var path = TestDirectory.File(FileText.OffsetName(0, suffix));
        var entries = device.ReadAll(path);
        Assert.NotEmpty(entries);
        device.WriteAll(path, [.. entries, .. new byte[entries.Length + 6]]);

        directory = new TestDirectory(device);
        log = directory.Open(config: config);
        AppendUpTo(directory, log, 30);
        for (var i = 0; i < 30; i++)
        {
            Assert.Equal(30 - i, (await TestDirectory.ReadAll(log, i)).Count);
        }

        for (var ms = 0; ms < 5; ms++)
        {
            Assert.Equal(
                new TimestampedOffset(ms, T0 + ms, 0), await log.FindByTimestampAsync(T0 + ms, 30, TestContext.Current.CancellationToken));
        }

        Assert.Equal(
            new TimestampedOffset(5, T0 + 10_000, 0), await log.FindByTimestampAsync(T0 + 7, 30, TestContext.Current.CancellationToken));
        Assert.Equal(new TimestampedOffset(5, T0 + 10_000, 0), await log.FindMaxTimestampAsync(30, TestContext.Current.CancellationToken));
    }

    /// <summary>Each record is a millisecond later than the one before, but for the sixth, which is the latest of all.</summary>
    private static void AppendUpTo(TestDirectory directory, PartitionLog log, int end)
    {
        while (log.WrittenEnd < end)
        {
            var offset = log.WrittenEnd;
            directory.Submit(log, Batches.Make(offset, 1, 90, timestampMs: T0 + (offset == 5 ? 10_000 : offset)));
            directory.Directory.RunRound();
        }
    }

    [Fact]
    public void The_note_of_a_swap_is_written_byte_for_byte_as_ever()
    {
        var note = new SwapFormat([new SwappedSegment(0, 10, 700), new SwappedSegment(10, 25, 650)], [new SwappedSegment(0, 25, 320)]);
        const string Golden =
            "41435457" + "0001" + "0000" + "36DE18D8" + "00000002" + "00000001"
            + "0000000000000000" + "000000000000000A" + "00000000000002BC"
            + "000000000000000A" + "0000000000000019" + "000000000000028A"
            + "0000000000000000" + "0000000000000019" + "0000000000000140";
        var written = Convert.ToHexString(note.Write());
        Assert.Equal(Golden, written);
        var read = SwapFormat.Read(note.Write());
        Assert.NotNull(read);
        Assert.Equal(note.Old, read.Old);
        Assert.Equal(note.New, read.New);
        for (var bit = 0; bit < written.Length * 4; bit++)
        {
            var bytes = note.Write();
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.True(SwapFormat.Read(bytes) is null || bit / 8 is 6 or 7, $"a note with bit {bit} flipped is taken");
        }
    }
}
