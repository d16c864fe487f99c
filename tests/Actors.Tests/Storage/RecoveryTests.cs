using Actors.Model.Records;
using Actors.Storage;
using Simulation.Fakes;

namespace Actors.Tests.Storage;

public sealed class RecoveryTests
{
    private static readonly string s_log = TestDirectory.File("00000000000000000000.log");

    [Fact]
    public async Task A_log_cut_anywhere_in_its_last_batches_keeps_every_whole_batch()
    {
        var (device, sizes) = Make(6, checkpoint: false);
        var whole = device.ReadAll(s_log);
        var begin = whole.Length - sizes[^1] - sizes[^2];
        for (var length = begin; length <= whole.Length; length++)
        {
            var cut = Make(6, checkpoint: false).Device;
            cut.WriteAll(s_log, whole[..length]);
            var directory = Reopen(cut);
            var log = directory.Open();
            var expected = length < begin + sizes[^2] ? 4 : length < whole.Length ? 5 : 6;
            Assert.True(expected == log.WrittenEnd, $"cut at {length}: ends at {log.WrittenEnd}");
            Assert.Equal(log.WrittenEnd, log.SyncedEnd);
            Assert.Equal(expected, (await TestDirectory.ReadAll(log)).Count);
            Assert.Equal(length is 0 || length == begin || length == begin + sizes[^2] || length == whole.Length, directory.Directory.Cuts.Count == 0);
            Assert.Equal(7, directory.Append(log, 7 - expected));
        }
    }

    [Fact]
    public void What_was_cut_is_kept_and_reported()
    {
        var (device, sizes) = Make(6, checkpoint: false);
        device.FlipBit(s_log, (sizes.Sum() - 10) * 8L);
        var before = device.ReadAll(s_log);
        var directory = Reopen(device);
        var log = directory.Open();
        Assert.Equal(5, log.WrittenEnd);
        var cut = Assert.Single(directory.Directory.Cuts);
        Assert.Equal((5L, (long)sizes[^1]), (cut.Offset, cut.CutBytes));
        Assert.Equal(before[^sizes[^1]..], device.ReadAll(cut.KeptIn));
        Assert.Equal(before.Length - sizes[^1], device.ReadAll(s_log).Length);
    }

    [Fact]
    public void Offsets_seen_behind_the_cut_are_named()
    {
        var (device, sizes) = Make(8, checkpoint: false);
        device.FlipBit(s_log, (sizes.Take(5).Sum() + 70) * 8L);
        var directory = Reopen(device);
        Assert.Equal(5, directory.Open().WrittenEnd);
        Assert.Equal(7, Assert.Single(directory.Directory.Cuts).LastSeenOffset);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(4096)]
    public async Task Garbage_behind_the_last_batch_is_cut(int garbageBytes)
    {
        var (device, _) = Make(4, checkpoint: false);
        var garbage = new byte[garbageBytes];
        new Random(garbageBytes).NextBytes(garbage);
        device.WriteAll(s_log, [.. device.ReadAll(s_log), .. garbage]);
        var log = Reopen(device).Open();
        Assert.Equal(4, (await TestDirectory.ReadAll(log)).Count);
    }

    [Fact]
    public void A_bad_batch_far_before_a_good_one_is_damage_and_refuses_to_open_until_the_loss_is_accepted()
    {
        var (device, sizes) = Make(60, checkpoint: false, valueBytes: 1000);
        device.FlipBit(s_log, (sizes.Take(3).Sum() + 100) * 8L);
        var directory = Reopen(device, maxRoundBytes: 8000);
        var refusal = directory.Refusal();
        Assert.Contains("00000000000000000000.log is damaged", refusal, StringComparison.Ordinal);
        Assert.Contains("accept-loss", refusal, StringComparison.Ordinal);
        Assert.Equal(60 * sizes[0], device.ReadAll(s_log).Length);

        device.WriteAll(TestDirectory.File("accept-loss"), []);
        Assert.Equal(3, directory.Open().WrittenEnd);
        Assert.DoesNotContain(TestDirectory.File("accept-loss"), device.ListFiles());
    }

    [Fact]
    public async Task A_bit_flipped_below_the_recovery_point_is_found_when_it_is_read_and_never_served()
    {
        var (device, sizes) = Make(40, checkpoint: true, valueBytes: 1000);
        device.FlipBit(s_log, (sizes.Take(3).Sum() + 100) * 8L);
        var directory = Reopen(device);
        var log = directory.Open();
        Assert.Equal(40, log.WrittenEnd);
        var into = new List<Actors.Model.Leases.LeaseSlice>();
        await Assert.ThrowsAsync<StorageCorruptionException>(
            async () => await log.ReadAsync(3, 40, 5000, true, into, TestContext.Current.CancellationToken));
        Assert.Empty(into);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5000)]
    public void A_segment_shorter_than_what_was_synced_refuses_to_open(int missingBytes)
    {
        var (device, _) = Make(40, checkpoint: true, valueBytes: 1000);
        device.WriteAll(s_log, device.ReadAll(s_log)[..^missingBytes]);
        Assert.Contains("were synced", Reopen(device).Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_segment_or_folder_that_is_gone_refuses_to_open()
    {
        var (device, _) = Make(40, checkpoint: true, valueBytes: 1000);
        device.DeleteFile(s_log);
        Assert.Contains("is missing", Reopen(device).Refusal(), StringComparison.Ordinal);

        device = device.Kill();
        foreach (var file in device.ListFiles().Where(f => f.Contains("orders-0", StringComparison.Ordinal)))
        {
            device.DeleteFile(file);
        }

        device.DeleteDirectory($"{TestDirectory.Root}/orders-0");
        Assert.Contains("the folder is missing", Reopen(device).Refusal(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".index")]
    [InlineData(".timeindex")]
    [InlineData("leader-epoch-checkpoint")]
    [InlineData(".snapshot")]
    public async Task What_is_derived_is_made_anew_when_it_is_damaged(string name)
    {
        var device = new SimulatedStorageDevice();
        var directory = new TestDirectory(device, o => o with { CommitLogBytes = 0 });
        var log = directory.Open();
        directory.Append(log, 60, valueBytes: 1000, epoch: 3, producerId: 9);
        directory.Directory.Checkpoint();
        directory.Append(log, 2, epoch: 3, producerId: 9);
        device = device.Kill();
        var path = device.ListFiles().Single(f => f.Contains("orders-0", StringComparison.Ordinal) && f.EndsWith(name, StringComparison.Ordinal));
        var garbage = device.ReadAll(path);
        new Random(1).NextBytes(garbage);
        device.WriteAll(path, garbage);

        log = Reopen(device).Open();
        Assert.Equal(62, (await TestDirectory.ReadAll(log)).Count);
        Assert.Equal([new EpochStart(3, 0)], log.Epochs.Entries);
        Assert.True(log.Producers.TryGet(9, out var producer));
        Assert.Equal((5, 61), (producer.BatchCount, producer.LastSequence));
        Assert.Single(await TestDirectory.ReadAll(log, from: 61));
        var found = await log.FindByTimestampAsync(1, 62, TestContext.Current.CancellationToken);
        Assert.Equal(0, found.Offset);
    }

    [Fact]
    public async Task A_hole_between_two_segments_is_cut_at_its_beginning()
    {
        var device = new SimulatedStorageDevice();
        var config = new LogConfig { SegmentBytes = 3000, FlushMessages = long.MaxValue };
        var directory = new TestDirectory(device, o => o with { CommitLogBytes = 0 });
        var log = directory.Open(config: config);
        directory.Append(log, 9, valueBytes: 900);
        Assert.Equal(3, log.Segments.Length);
        device = device.Kill();
        var second = TestDirectory.File("00000000000000000003.log");
        device.WriteAll(second, []);

        directory = Reopen(device);
        log = directory.Open(config: config);
        Assert.Equal(3, log.WrittenEnd);
        Assert.Equal(3, (await TestDirectory.ReadAll(log)).Count);
        Assert.Contains(device.ListFiles(), f => f.EndsWith("00000000000000000006.log.torn", StringComparison.Ordinal));
        Assert.Equal(8, Assert.Single(directory.Directory.Cuts).LastSeenOffset);
        Assert.Equal(9, directory.Append(log, 6, valueBytes: 900));
    }

    [Fact]
    public void After_a_clean_close_nothing_is_scanned_and_a_longer_file_is_damage()
    {
        var (device, _) = Make(10, checkpoint: true, close: true);
        device.WriteAll(s_log, [.. device.ReadAll(s_log), 1, 2, 3]);
        Assert.Contains("when the directory was closed", Reopen(device).Refusal(), StringComparison.Ordinal);
    }

    private static TestDirectory Reopen(SimulatedStorageDevice device, int maxRoundBytes = 1 << 20) =>
        new(device, o => o with { CommitLogBytes = 0, MaxRoundBytes = maxRoundBytes });

    private static (SimulatedStorageDevice Device, int[] Sizes) Make(int batches, bool checkpoint, int valueBytes = 40, bool close = false)
    {
        var device = new SimulatedStorageDevice();
        var directory = Reopen(device);
        var log = directory.Open();
        directory.Append(log, batches, valueBytes);
        if (checkpoint)
        {
            directory.Directory.Checkpoint();
        }

        if (close)
        {
            directory.Directory.CloseClean();
        }

        device = device.Kill();
        var bytes = device.ReadAll(s_log);
        var sizes = new List<int>();
        for (var at = 0; at < bytes.Length; at += sizes[^1])
        {
            sizes.Add(RecordBatch.SizeBytes(bytes.AsSpan(at)));
        }

        return (device, [.. sizes]);
    }
}
