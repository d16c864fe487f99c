using System.Buffers.Binary;
using Actors.Model.Records;
using Actors.Storage;
using Actors.Storage.Cleaning;
using Simulation.Fakes;

namespace Actors.Tests.Storage.Cleaning;

/// <summary>What a cleaning does to a log, one rule at a time.</summary>
public sealed class CleaningTests
{
    private static readonly LogConfig s_config = CompactedLog.Config;

    [Fact]
    public async Task A_cleaned_log_can_be_deleted_while_the_disk_is_full_and_the_next_of_its_name_is_not_taken_for_clean()
    {
        var device = new SimulatedStorageDevice();
        var log = new CompactedLog(device, CompactedLog.Config);
        log.Append(("a", "1"), ("a", "2"));
        log.Fill();
        Assert.Equal(1, log.Clean());
        device.CapacityBytes = device.UsedBytes;
        device.Faults = (call, path) => call == "open" && path.EndsWith(".tmp", StringComparison.Ordinal) ? 28 : 0;
        log.Directory.Directory.DeleteLog(log.Log.Id);
        log.Directory.Directory.RunRound();
        Assert.Null(log.Directory.Fault);
        Assert.True(log.Directory.Directory.IsFull);
        device.Faults = null;
        device.CapacityBytes = 1L << 40;
        var again = new CompactedLog(device.Crash(1), CompactedLog.Config);
        Assert.Equal((0, 0), (again.Log.WrittenEnd, again.Log.Entry.CleanedEnd));
        again.Append(("a", "3"));
        await again.CheckAsync("after it was made again");
    }

    [Fact]
    public async Task A_key_keeps_its_newest_record_at_its_offset_and_readers_go_over_the_gaps()
    {
        var log = New();
        for (var i = 0; i < 100; i++)
        {
            log.Append(($"key-{i % 7}", $"value-{i}"));
        }

        log.Fill();
        Assert.Equal(1, log.Clean());
        var found = await log.CheckAsync("after a cleaning");
        Assert.Equal(Enumerable.Range(93, 7).Select(i => (long)i), found.Where(IsKey).Select(r => r.Offset));
        var statistics = log.Directory.Directory.CleanerStatistics;
        Assert.InRange(statistics.BytesAfter, 1, statistics.BytesBefore - 1);
        Assert.Equal(log.Log.SizeBytes, log.Log.Segments.Sum(s => s.SizeBytes));
        for (var from = 0; from < log.Log.WrittenEnd; from++)
        {
            var batches = await KeyedBatches.ReadAsync(log.Log, maxBytes: 1, from);
            Assert.True(batches[0].Info.NextOffset > from);
        }
    }

    [Fact]
    public async Task A_tombstone_stays_until_the_horizon_that_the_first_cleaning_has_written()
    {
        var log = New();
        log.Append(("key-a", "1"), ("key-b", "1"));
        log.Append(("key-a", null), ("key-b", "2"));
        log.Fill();
        log.Clean();
        await log.CheckAsync("first cleaning");
        var batch = (await KeyedBatches.ReadAsync(log.Log)).Single(b => b.Records.Exists(IsKey));
        Assert.Equal(BatchAttributes.DeleteHorizon, batch.Info.Attributes & BatchAttributes.DeleteHorizon);
        Assert.InRange(batch.Info.BaseTimestampMs, log.NowMs, log.NowMs + 60_000);
        Assert.Equal((2, 3), (batch.Records[0].Offset, batch.Records[1].Offset));

        log.Directory.Time.Advance(TimeSpan.FromSeconds(30));
        log.Fill();
        log.Clean();
        Assert.Contains(await log.CheckAsync("before the horizon"), r => r is { Key: "key-a", Value: null });

        log.Directory.Time.Advance(TimeSpan.FromSeconds(31));
        log.Fill();
        log.Clean();
        var found = await log.CheckAsync("behind the horizon");
        Assert.DoesNotContain(found, r => r.Key == "key-a");
        Assert.Contains(found, r => r is { Key: "key-b", Value: "2" });
    }

    [Theory]
    [InlineData(CompressionCodec.None)]
    [InlineData(CompressionCodec.Gzip)]
    [InlineData(CompressionCodec.Snappy)]
    [InlineData(CompressionCodec.Lz4)]
    [InlineData(CompressionCodec.Zstd)]
    public async Task A_batch_that_loses_records_keeps_its_codec_and_its_place(CompressionCodec codec)
    {
        var log = New();
        log.Append(codec, ("key-a", "1"), ("key-b", "1"), ("key-c", null));
        log.Append(("key-a", "2"));
        log.Fill();
        log.Clean();
        await log.CheckAsync($"{codec}");
        var (info, records) = (await KeyedBatches.ReadAsync(log.Log))[0];
        Assert.Equal((codec, 0, 2, 2), (info.Codec, (int)info.BaseOffset, info.LastOffsetDelta, info.RecordCount));
        Assert.Equal(["key-b", "key-c"], records.Select(r => r.Key));
        Assert.Equal(records.Max(r => r.TimestampMs), info.MaxTimestampMs);
    }

    [Fact]
    public async Task The_last_batch_of_a_producer_stays_without_its_records_and_is_read_when_the_snapshot_is_gone()
    {
        var device = new SimulatedStorageDevice();
        var log = new CompactedLog(device, s_config, producers: 1000);
        for (var i = 0; i < 10; i++)
        {
            log.Append(("key-a", $"{i}")); // a producer each
        }

        log.Fill("key-a");
        log.Clean();
        log.Directory.Directory.CloseClean();
        foreach (var snapshot in device.ListFiles().Where(f => f.EndsWith(".snapshot", StringComparison.Ordinal)))
        {
            device.Lose(snapshot);
        }

        log = new CompactedLog(device, s_config, new(log.Appended), producers: 1000, nowMs: log.NowMs);
        var empty = (await KeyedBatches.ReadAsync(log.Log)).Where(b => b.Info.RecordCount == 0).ToList();
        Assert.Equal(Enumerable.Range(0, 10).Select(i => (long)i), empty.Take(10).Select(b => b.Info.ProducerId));
        for (var producer = 0; producer < 10; producer++)
        {
            Assert.True(log.Log.Producers.TryGet(producer, out var state));
            Assert.Equal((producer, producer), (state.LastSequence, (int)state.LastOffset));
        }
    }

    [Fact]
    public async Task Damage_makes_a_partition_uncleanable_and_leaves_it_as_it_is()
    {
        var device = new SimulatedStorageDevice();
        var log = new CompactedLog(device, s_config);
        for (var i = 0; i < 60; i++)
        {
            log.Append(("key-a", new string('x', 100)));
        }

        log.Directory.Directory.Checkpoint();
        device.FlipBit(TestDirectory.File("00000000000000000000.log"), 8 * 300);
        Assert.Equal(0, log.Clean());
        Assert.Contains("damaged at byte", Assert.Single(log.Directory.Directory.Uncleanable).Reason, StringComparison.Ordinal);
        Assert.Null(log.Directory.Fault);
        Assert.False(log.Directory.Directory.BeginCleaning());
        Assert.Equal(60, await Task.FromResult(log.Log.WrittenEnd));
        Assert.DoesNotContain(device.ListFiles(), f => f.EndsWith(".cleaned", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Keys_that_do_not_fit_into_the_map_are_cleaned_in_several_passes()
    {
        var log = new CompactedLog(new SimulatedStorageDevice(), s_config, change: o => o with { CleanerMapBytes = 1 });
        for (var i = 0; i < 600; i++)
        {
            log.Append(($"key-{i % 300}", $"{i}"));
        }

        log.Fill();
        Assert.InRange(log.Clean(), 5, 100);
        Assert.Equal(300, (await log.CheckAsync("several passes")).Count(IsKey));
    }

    [Fact]
    public void Young_records_wait_for_the_minimum_lag_and_old_ones_go_at_the_maximum()
    {
        var lagging = new CompactedLog(new SimulatedStorageDevice(), s_config with { MinCompactionLagMs = 60_000 });
        lagging.Append(("key-a", "1"));
        lagging.Fill();
        Assert.Equal(0, lagging.Clean());
        lagging.Directory.Time.Advance(TimeSpan.FromSeconds(62));
        Assert.Equal(1, lagging.Clean());

        var lazy = new CompactedLog(
            new SimulatedStorageDevice(), s_config with { MinCleanableDirtyRatio = 1, MaxCompactionLagMs = 60_000, SegmentBytes = 1 << 20 });
        lazy.Append(("key-a", "1"));
        lazy.Append(("key-a", "2"));
        Assert.Equal(0, lazy.Clean());
        lazy.Directory.Time.Advance(TimeSpan.FromSeconds(62));
        lazy.Directory.Directory.BeginCleaning(); // rolls the active segment, which the next checkpoint has behind it
        Assert.Equal(1, lazy.Clean());
        lazy.Append(("key-b", "1"));
        lazy.Directory.Directory.CloseClean();
        Assert.Equal(3, new CompactedLog(lazy.Directory.Device, s_config, new(lazy.Appended)).Log.WrittenEnd);
    }

    [Fact]
    public async Task A_log_start_that_moves_during_a_cleaning_drops_its_segments_afterwards()
    {
        var device = new SimulatedStorageDevice();
        var log = new CompactedLog(device, s_config with { Deletes = true });
        for (var i = 0; i < 100; i++)
        {
            log.Append(($"key-{i}", new string('x', 100)));
        }

        log.Directory.Directory.Checkpoint();
        Assert.True(log.Directory.Directory.BeginCleaning());
        _ = log.Directory.Directory.MoveLogStartAsync(log.Log, 50);
        log.RunUntilClean();
        Assert.Equal(50, log.Log.LogStartOffset);
        Assert.InRange(log.Log.Segments[0].BaseOffset, 30, 50);
        log = new CompactedLog(device.Crash(1), s_config with { Deletes = true }, new(log.Appended));
        Assert.Equal((50, 100), (log.Log.LogStartOffset, log.Log.WrittenEnd));
        Assert.Equal(50, (await KeyedBatches.ReadAsync(log.Log)).Sum(b => b.Records.Count(r => r.Offset >= 50)));
    }

    [Fact]
    public async Task A_topic_made_again_under_its_name_does_not_count_as_clean()
    {
        var device = new SimulatedStorageDevice();
        var log = new CompactedLog(device, s_config);
        log.Fill();
        log.Clean();
        Assert.Contains("orders 0 ", Checkpoint(), StringComparison.Ordinal);
        log.Directory.Directory.DeleteLog(TestDirectory.Identity().Id);
        Assert.Equal("0\n0\n", Checkpoint());
        var again = log.Directory.Directory.OpenLog(TestDirectory.Identity(id: Guid.NewGuid()), s_config).Log!;
        Assert.Equal(0, again.Entry.CleanedEnd);
        await Task.CompletedTask;

        string Checkpoint() => System.Text.Encoding.UTF8.GetString(device.ReadAll($"{TestDirectory.Root}/cleaner-offset-checkpoint"));
    }

    [Fact]
    public void Digests_of_keys_are_those_of_the_reference()
    {
        // The first two of the reference implementation's vectors: key 00 01 … 0f, input of no byte and of 00.
        var hash = new KeyHash(0x0706050403020100, 0x0f0e0d0c0b0a0908);
        Assert.Equal("A3817F04BA25A8E66DF67214C7550293", Hex(hash.Compute([])));
        Assert.Equal("DA87C1D86B99AF44347659119B22FC45", Hex(hash.Compute([0])));

        static string Hex(KeyDigest digest)
        {
            var bytes = new byte[16];
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, digest.Low);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), digest.High);
            return Convert.ToHexString(bytes);
        }
    }

    private static CompactedLog New() => new(new SimulatedStorageDevice(), s_config);

    private static bool IsKey(Keyed record) => record.Key.StartsWith("key", StringComparison.Ordinal);
}
