using System.Diagnostics;
using Actors.Model.Leases;
using Actors.Model.Records;
using Actors.Storage;
using Actors.Storage.Devices;
using Microsoft.Extensions.Logging.Abstractions;

namespace Actors.Tests.Storage.Cleaning;

/// <summary>The real disk, the real threads: appends, reads of bytes and regions, and cleanings one after the other.</summary>
public sealed class CleaningStressTests : ILogDirectorySink, IDisposable
{
    private const int Keys = 40;
    private const int EnoughCleanings = 5;
    private readonly string _root = Path.Combine(Path.GetTempPath(), $"actors-cleaning-{Guid.NewGuid():N}");
    private readonly LeasePool _leases = new();
    private StorageFault? _fault;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Appends_and_reads_go_on_while_segments_are_replaced_under_them()
    {
        var options = new LogDirectoryOptions
        {
            Path = _root, CommitLogBytes = 1 << 20, CheckpointMs = 50, PartitionTailBytes = 20_000, TailBytes = 300_000, ReserveBytes = 0,
            CleanerBackoffMs = 5, IdleMs = 100,
        };
        var directory = LogDirectory.Open(new PosixStorageDevice(), options, _leases, TimeProvider.System, this, NullLogger.Instance);
        var writer = new LogDirectoryWriter(directory);
        var config = CompactedLog.Config with { SegmentBytes = 60_000, IndexIntervalBytes = 500, DeleteRetentionMs = 20 };
        var log = await OnLogThread(directory, () => directory.OpenLog(TestDirectory.Identity(), config).Log!);
        using var done = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(n => Task.Run(() => ReadAsync(log, regions: n == 0, seed: n, done.Token))).ToArray();
        var newest = new Dictionary<string, string?>();
        var stopAt = Stopwatch.GetTimestamp() + (2 * Stopwatch.Frequency);
        var random = new Random(7);
        for (var end = 0L; (Stopwatch.GetTimestamp() < stopAt || directory.CleanerStatistics.Cleanings < EnoughCleanings) && _fault is null
            && directory.Uncleanable.Count == 0 && !Array.Exists(readers, r => r.IsCompleted);)
        {
            var records = Enumerable.Range(0, random.Next(1, 6)).Select(i => new Keyed(
                end + i, $"key-{random.Next(Keys)}", random.Next(7) == 0 ? null : new string('v', random.Next(300)), 1_700_000_000_000)).ToList();
            records.ForEach(r => newest[r.Key] = r.Value);
            var batch = KeyedBatches.Make(records, (CompressionCodec)random.Next(5));
            end += records.Count;
            directory.Submit(log, Batches.InLease(_leases, batch), RecordBatch.ReadInfo(batch));
            if (random.Next(50) == 0)
            {
                await OnLogThread(directory, () => true);
            }
        }

        await OnLogThread(directory, () => true);
        Assert.Null(_fault);
        Assert.Empty(directory.Uncleanable);
        await done.CancelAsync();
        Assert.All(await Task.WhenAll(readers), passes => Assert.True(passes > 0));
        CheckNewest(newest, await KeyedBatches.ReadAsync(log));
        await writer.DisposeAsync();
        Assert.Null(_fault);
        Assert.Equal(0, _leases.RentedBytes);

        var again = new TestDirectory(new PosixStorageDevice(), root: _root);
        CheckNewest(newest, await KeyedBatches.ReadAsync(again.Open(config: config)));
        again.Directory.CloseClean();
    }

    void ILogDirectorySink.OnWritten(PartitionLog log, long writtenEnd, long syncedEnd)
    {
    }

    void ILogDirectorySink.OnRoundEnd()
    {
    }

    void ILogDirectorySink.OnFailed(StorageFault fault) => _fault = fault;

    private static Task<T> OnLogThread<T>(LogDirectory directory, Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        directory.Post(() => done.SetResult(work()));
        return done.Task;
    }

    /// <summary>From random offsets on to the end; answers how often.</summary>
    private static async Task<int> ReadAsync(PartitionLog log, bool regions, int seed, CancellationToken cancellation)
    {
        var random = new Random(seed);
        var passes = 0;
        while (!cancellation.IsCancellationRequested)
        {
            var end = log.WrittenEnd;
            for (var offset = random.NextInt64(Math.Max(1, end)); offset < end && !cancellation.IsCancellationRequested;)
            {
                offset = await StepAsync(log, offset, end, random.Next(1, 100_000), regions);
            }

            if (end > 0 && random.Next(4) == 0)
            {
                var found = await log.FindByTimestampAsync(1_700_000_000_000, end, CancellationToken.None);
                Assert.InRange(found.Offset, -1, end); // none: newer records of all keys have come since
            }

            passes += end > 0 ? 1 : 0;
        }

        return passes;
    }

    private static async Task<long> StepAsync(PartitionLog log, long offset, long end, int maxBytes, bool wantsRegions)
    {
        var slices = new List<LeaseSlice>();
        var regions = new List<FileRegion>();
        var wish = wantsRegions ? new RegionWish(regions, 1000) : default;
        var bytes = await log.ReadAsync(offset, end, maxBytes, firstBatchWhole: true, slices, wish, CancellationToken.None);
        Assert.True(bytes > 0, $"nothing was read at {offset} of {end}");
        foreach (var region in regions)
        {
            var read = new byte[region.LengthBytes];
            Assert.Equal(read.Length, region.File.Read(read, region.Position));
            region.Release();
            offset = Walk(read, offset);
        }

        foreach (var slice in slices)
        {
            offset = Walk(slice.Span, offset);
            slice.Release();
        }

        return offset;
    }

    private static long Walk(ReadOnlySpan<byte> batches, long offset)
    {
        while (!batches.IsEmpty)
        {
            var info = RecordBatch.ReadInfo(batches);
            Assert.True(info.NextOffset > offset, $"the batch at {info.BaseOffset} was read for {offset}");
            Assert.True(RecordBatch.HasValidCrc(batches[..info.SizeBytes]), $"the batch at {info.BaseOffset} is damaged");
            offset = info.NextOffset;
            batches = batches[info.SizeBytes..];
        }

        return offset;
    }

    private static void CheckNewest(Dictionary<string, string?> newest, List<(RecordBatchInfo Info, List<Keyed> Records)> batches)
    {
        var found = new Dictionary<string, string?>();
        batches.SelectMany(b => b.Records).ToList().ForEach(r => found[r.Key] = r.Value);
        foreach (var (key, value) in newest)
        {
            Assert.Equal(value, found.GetValueOrDefault(key));
        }
    }
}
