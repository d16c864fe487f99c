using System.Buffers.Binary;
using Actors.Model.Leases;
using Actors.Model.Records;
using Actors.Storage;
using Actors.Storage.Devices;

namespace Actors.Tests.Storage;

/// <summary>Regions are for a real disk: what the kernel sends from.</summary>
public sealed class RegionTests : IDisposable
{
    private readonly string _root = Path.Combine(Path.GetTempPath(), $"actors-regions-{Guid.NewGuid():N}");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_region_holds_the_very_bytes_that_reading_gives_whatever_is_asked_for()
    {
        var directory = Open();
        var log = directory.Open(config: new LogConfig { SegmentBytes = 300_000, FlushMessages = long.MaxValue });
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var i = 0; i < 800; i++)
        {
            var size = random.Next(12) switch { 0 => 40_000, < 4 => 3000, _ => random.Next(1, 400) };
            directory.Submit(log, Batches.Make(log.WrittenEnd, random.Next(1, 4), size));
            directory.Directory.RunRound();
        }

        Assert.True(log.Segments.Length > 3);
        var withRegions = 0;
        for (var i = 0; i < 1000; i++)
        {
            var offset = random.NextInt64(log.WrittenEnd);
            var end = random.Next(3) == 0 ? random.NextInt64(offset, log.WrittenEnd) + 1 : log.WrittenEnd;
            var maxBytes = random.Next(1, random.Next(3) switch { 0 => 1000, 1 => 50_000, _ => 1_000_000 });
            var whole = random.Next(2) == 0;
            var plain = await Read(log, offset, end, maxBytes, whole, minRegionBytes: -1);
            var mixed = await Read(log, offset, end, maxBytes, whole, minRegionBytes: random.Next(10_000));
            var what = $"seed {seed}: {offset} to {end}, {maxBytes} bytes, whole {whole}: {plain.Bytes.Length} and {mixed.Bytes.Length} bytes";
            withRegions += mixed.Regions > 0 ? 1 : 0;
            var common = Math.Min(plain.Bytes.Length, mixed.Bytes.Length);
            Assert.True(mixed.Bytes.AsSpan(0, common).SequenceEqual(plain.Bytes.AsSpan(0, common)), what);
            Assert.True((plain.Bytes.Length == 0) == (mixed.Bytes.Length == 0), what);
            Check(mixed.Bytes, offset, end, maxBytes, whole, what);
        }

        Assert.True(withRegions > 150, $"seed {seed}: only {withRegions} reads had regions");
        directory.Directory.CloseClean();
        Assert.Equal(0, directory.Leases.RentedBytes);
    }

    [Fact]
    public async Task A_segment_that_retention_deletes_stays_readable_for_the_regions_that_hold_it()
    {
        var directory = Open();
        var log = directory.Open(config: new LogConfig { FlushMessages = long.MaxValue, SegmentBytes = 60_000 });
        directory.Append(log, 100, valueBytes: 1000);
        var before = await Read(log, 0, 100, 50_000, whole: true, minRegionBytes: -1);
        var regions = await TakeRegions(log, 50_000);
        directory.Directory.Checkpoint();
        log.Configure(log.Config with { RetentionBytes = 40_000 });
        directory.Directory.Post(directory.Directory.BeginRetention);
        directory.Directory.RunRound();
        directory.Directory.Checkpoint();
        for (var round = 0; round < 50 && OpenDeletedFiles().Count == 0; round++)
        {
            directory.Time.Advance(TimeSpan.FromSeconds(1));
            directory.Directory.RunRound();
        }

        Assert.True(log.LogStartOffset > 0, "retention has moved the log start");
        Assert.Single(OpenDeletedFiles());
        Assert.Equal(before.Bytes, BytesOf(regions));
        regions.ForEach(r => r.Release());
        Assert.Empty(OpenDeletedFiles());
        directory.Directory.CloseClean();
    }

    [Fact]
    public async Task A_deleted_log_stays_readable_for_the_regions_that_hold_it_and_is_closed_with_the_last_of_them()
    {
        var directory = Open();
        var log = directory.Open(config: new LogConfig { FlushMessages = long.MaxValue });
        directory.Append(log, 100, valueBytes: 1000);
        var before = await Read(log, 0, 100, 50_000, whole: true, minRegionBytes: -1);
        var regions = await TakeRegions(log, 50_000);
        var again = await TakeRegions(log, 50_000);
        Assert.Empty(OpenDeletedFiles());
        directory.Directory.DeleteLog(log.Id);

        Assert.Single(OpenDeletedFiles());
        Assert.Equal(before.Bytes, BytesOf(regions));
        regions.ForEach(r => r.Release());
        Assert.Single(OpenDeletedFiles());
        Assert.Equal(before.Bytes, BytesOf(again));
        again.ForEach(r => r.Release());
        Assert.Empty(OpenDeletedFiles());
        Assert.Throws<InvalidOperationException>(again[0].Release);
        directory.Directory.CloseClean();
    }

    [Fact]
    public async Task What_an_earlier_process_wrote_is_a_region_only_after_its_checksums_were_verified()
    {
        var first = Open();
        var config = new LogConfig { FlushMessages = long.MaxValue };
        first.Append(first.Open(config: config), 200, valueBytes: 1000);
        first.Directory.CloseClean();

        var directory = Open();
        var log = directory.Open(config: config);
        Assert.Equal(0, (await Read(log, 0, 200, 60_000, whole: true, minRegionBytes: 0)).Regions);
        Assert.Equal(1, (await Read(log, 0, 200, 60_000, whole: true, minRegionBytes: 0)).Regions);
        Assert.Equal(0, (await Read(log, 100, 200, 60_000, whole: true, minRegionBytes: 0)).Regions);
        directory.Directory.CloseClean();
    }

    [Fact]
    public async Task Damage_below_the_recovery_point_is_found_by_a_reader_that_takes_regions()
    {
        var first = Open();
        var config = new LogConfig { FlushMessages = long.MaxValue };
        first.Append(first.Open(config: config), 200, valueBytes: 1000);
        first.Directory.CloseClean();
        var path = Path.Combine(_root, "orders-0", "00000000000000000000.log");
        var bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        bytes[50_000] ^= 0x10;
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);

        var directory = Open();
        var log = directory.Open(config: config);
        await Assert.ThrowsAsync<StorageCorruptionException>(() => Read(log, 0, 200, 100_000, whole: true, minRegionBytes: 0));
        directory.Directory.CloseClean();
    }

    [Fact]
    public async Task A_damaged_index_costs_the_region_but_no_records()
    {
        var directory = Open(o => o with { PartitionTailBytes = 1000 });
        var log = directory.Open(config: new LogConfig { FlushMessages = long.MaxValue, SegmentBytes = 2_000_000 });
        directory.Append(log, 4000, valueBytes: 1000);
        log.Segments[0].Close(); // forgets what it has in memory
        var path = Path.Combine(_root, "orders-0", "00000000000000000000.index");
        var index = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        for (var at = 4; at < index.Length; at += 8)
        {
            BinaryPrimitives.WriteInt32BigEndian(index.AsSpan(at), BinaryPrimitives.ReadInt32BigEndian(index.AsSpan(at)) + 7);
        }

        await File.WriteAllBytesAsync(path, index, TestContext.Current.CancellationToken);
        for (var offset = 0L; offset < 1000;)
        {
            var read = await Read(log, offset, 4000, 50_000, whole: true, minRegionBytes: 0);
            Assert.True(read.Regions == 0 || offset == 0, $"a region at {offset}");
            offset = Check(read.Bytes, offset, 4000, 50_000, whole: true, $"offset {offset}");
        }

        directory.Directory.CloseClean();
    }

    private TestDirectory Open(Func<LogDirectoryOptions, LogDirectoryOptions>? change = null) => new(
        new PosixStorageDevice(), o => (change ?? (c => c))(o with { PartitionTailBytes = 20_000, CommitLogBytes = 0 }), _root);

    private static async Task<(byte[] Bytes, int Regions)> Read(
        PartitionLog log, long offset, long end, int maxBytes, bool whole, int minRegionBytes)
    {
        var slices = new List<LeaseSlice>();
        var regions = new List<FileRegion>();
        var wish = new RegionWish(minRegionBytes < 0 ? null : regions, minRegionBytes);
        var bytes = await log.ReadAsync(offset, end, maxBytes, whole, slices, wish, TestContext.Current.CancellationToken);
        byte[] read = [.. BytesOf(regions), .. slices.SelectMany(s => s.Memory.ToArray())];
        Assert.Equal(bytes, read.Length);
        slices.ForEach(s => s.Release());
        regions.ForEach(r => r.Release());
        return (read, regions.Count);
    }

    private static async Task<List<FileRegion>> TakeRegions(PartitionLog log, int maxBytes)
    {
        var slices = new List<LeaseSlice>();
        var regions = new List<FileRegion>();
        await log.ReadAsync(0, log.WrittenEnd, maxBytes, true, slices, new RegionWish(regions, 0), TestContext.Current.CancellationToken);
        Assert.Empty(slices);
        return regions;
    }

    private static byte[] BytesOf(List<FileRegion> regions)
    {
        var bytes = new byte[regions.Sum(r => r.LengthBytes)];
        var at = 0;
        foreach (var region in regions)
        {
            Assert.Equal(region.LengthBytes, region.File.Read(bytes.AsSpan(at, region.LengthBytes), region.Position));
            at += region.LengthBytes;
        }

        return bytes;
    }

    /// <summary>Whole batches, none missing, within what was asked for; answers the offset behind them.</summary>
    private static long Check(byte[] bytes, long offset, long end, int maxBytes, bool whole, string what)
    {
        var isFirst = true;
        for (var rest = bytes.AsSpan(); !rest.IsEmpty; isFirst = false)
        {
            var info = RecordBatch.ReadInfo(rest);
            Assert.True(RecordBatch.HasValidCrc(rest[..info.SizeBytes]), what);
            Assert.True(isFirst ? info.BaseOffset <= offset && info.NextOffset > offset : info.BaseOffset == offset, what);
            Assert.True(info.NextOffset <= end, what);
            Assert.True(bytes.Length <= maxBytes || (whole && info.SizeBytes == bytes.Length), what);
            offset = info.NextOffset;
            rest = rest[info.SizeBytes..];
        }

        return offset;
    }

    /// <summary>Files of this test that are deleted, but open in this process.</summary>
    private List<string> OpenDeletedFiles() =>
        [.. Directory.EnumerateFileSystemEntries("/proc/self/fd").Select(Target)
            .Where(t => t.StartsWith(_root, StringComparison.Ordinal) && t.EndsWith("(deleted)", StringComparison.Ordinal))];

    private static string Target(string link)
    {
        try
        {
            return new FileInfo(link).LinkTarget ?? "";
        }
        catch (IOException)
        {
            return ""; // closed meanwhile, by another test
        }
    }
}
