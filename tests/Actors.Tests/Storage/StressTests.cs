using System.Diagnostics;
using Actors.Model.Leases;
using Actors.Model.Records;
using Actors.Storage;
using Actors.Storage.Devices;
using Microsoft.Extensions.Logging.Abstractions;

namespace Actors.Tests.Storage;

/// <summary>The real disk, the real threads.</summary>
public sealed class StressTests : ILogDirectorySink, IDisposable
{
    private readonly string _root = Path.Combine(Path.GetTempPath(), $"actors-storage-{Guid.NewGuid():N}");
    private readonly LeasePool _leases = new();
    private StorageFault? _fault;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Readers_beside_the_writer_see_every_record_in_order_and_give_every_lease_back()
    {
        const int Logs = 4;
        const int Readers = 3;
        const int EnoughBatches = 100;
        var options = new LogDirectoryOptions
        {
            Path = _root, CommitLogBytes = 1 << 20, CheckpointMs = 50, PartitionTailBytes = 30_000, TailBytes = 300_000, ReserveBytes = 0,
        };
        var directory = LogDirectory.Open(new PosixStorageDevice(), options, _leases, TimeProvider.System, this, NullLogger.Instance);
        var logs = await RunAsync(directory, Logs);
        var stopAt = Stopwatch.GetTimestamp() + (2 * Stopwatch.Frequency);
        var ends = new long[Logs];
        using var done = new CancellationTokenSource();
        var counts = new long[Readers * Logs];
        var readers = counts.Select((_, n) => Task.Run(() => Read(logs.Logs[n % Logs], n, counts, done.Token))).ToArray();
        var random = new Random(5);

        // For two seconds, and on a busy machine for as long as it takes until every reader has seen something.
        while ((Stopwatch.GetTimestamp() < stopAt || Array.Exists(counts, c => c <= EnoughBatches)) && _fault is null
            && !Array.Exists(readers, r => r.IsCompleted))
        {
            var p = random.Next(Logs);
            var batch = Batches.Make(ends[p], random.Next(1, 5), random.Next(20) == 0 ? 30_000 : 100);
            ends[p] += RecordBatch.ReadInfo(batch).LastOffsetDelta + 1;
            directory.Submit(logs.Logs[p], Batches.InLease(_leases, batch), RecordBatch.ReadInfo(batch));
            if (directory.QueuedBytes > 4 << 20)
            {
                await OnLogThread(directory, () => true);
            }
        }

        await OnLogThread(directory, () => true);
        Assert.Null(_fault);
        Assert.Equal(ends, logs.Logs.Select(l => l.WrittenEnd));
        await done.CancelAsync();
        await Task.WhenAll(readers);
        Assert.All(counts, c => Assert.True(c > EnoughBatches, $"a reader saw {c} batches only"));
        await logs.Writer.DisposeAsync();
        Assert.Equal(0, _leases.RentedBytes);

        var again = LogDirectory.Open(new PosixStorageDevice(), options, _leases, TimeProvider.System, this, NullLogger.Instance);
        Assert.True(again.WasClosedClean);
        for (var p = 0; p < Logs; p++)
        {
            var log = again.OpenLog(TestDirectory.Identity(p), new LogConfig()).Log!;
            Assert.Equal(ends[p], (await TestDirectory.ReadAll(log))[^1].NextOffset);
        }

        again.CloseClean();
    }

    [Fact]
    public async Task An_append_allocates_no_more_than_a_constant_per_batch()
    {
        const int Batches1 = 20_000;
        var options = new LogDirectoryOptions { Path = _root, ReserveBytes = 0 };
        var directory = LogDirectory.Open(new PosixStorageDevice(), options, _leases, TimeProvider.System, this, NullLogger.Instance);
        var log = directory.OpenLog(TestDirectory.Identity(), new LogConfig { FlushMessages = long.MaxValue }).Log!;
        var template = Batches.Make(0, 100, 60);
        var lease = _leases.Rent(template.Length);
        var next = 0L;
        void Append(int count)
        {
            for (var i = 0; i < count; i++)
            {
                template.CopyTo(lease.Array, 0);
                RecordBatch.Stamp(lease.Array, next, 0);
                lease.AddReference();
                var info = RecordBatch.ReadInfo(lease.Array);
                next = info.NextOffset;
                directory.Submit(log, lease.Slice(0, template.Length), info);
                directory.RunRound();
            }
        }

        Append(3000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Append(Batches1);
        var perBatch = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Batches1;
        Assert.True(perBatch < 128, $"{perBatch:F1} bytes are allocated per batch");
        lease.Release();
        directory.CloseClean();
        await Task.CompletedTask;
    }

    void ILogDirectorySink.OnWritten(PartitionLog log, long writtenEnd, long syncedEnd)
    {
    }

    void ILogDirectorySink.OnRoundEnd()
    {
    }

    void ILogDirectorySink.OnFailed(StorageFault fault) => _fault = fault;

    private static async Task<(LogDirectoryWriter Writer, PartitionLog[] Logs)> RunAsync(LogDirectory directory, int count)
    {
        var writer = new LogDirectoryWriter(directory);
        var config = new LogConfig { SegmentBytes = 3 << 20 };
        var logs = await OnLogThread(
            directory,
            () => Enumerable.Range(0, count).Select(p =>
                directory.OpenLog(TestDirectory.Identity(p), p == 0 ? config with { FlushMessages = 1000 } : config).Log!).ToArray());
        return (writer, logs);
    }

    private static Task<T> OnLogThread<T>(LogDirectory directory, Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        directory.Post(() => done.SetResult(work()));
        return done.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    private static LeaseSlice InMemory(PartitionLog log, FileRegion region)
    {
        Assert.False(log.SizeBytes < region.LengthBytes);
        var lease = new LeasePool().Rent(region.LengthBytes);
        var slice = lease.Slice(0, region.LengthBytes);
        Assert.Equal(region.LengthBytes, region.File.Read(slice.Span, region.Position));
        region.Release();
        return slice;
    }

    /// <summary>Follows a log, at times from its beginning again; counts the batches seen.</summary>
    private static async Task Read(PartitionLog log, int seed, long[] counts, CancellationToken stop)
    {
        var random = new Random(seed);
        var offset = 0L;
        var slices = new List<LeaseSlice>();
        while (!stop.IsCancellationRequested)
        {
            await Task.Yield();
            var end = log.WrittenEnd;
            if (offset >= end)
            {
                offset = random.Next(10) == 0 ? random.NextInt64(0, end + 1) : offset;
                continue;
            }

            var wish = new RegionWish(random.Next(2) == 0 ? [] : null, random.Next(20_000));
            await log.ReadAsync(offset, end, random.Next(1, 200_000), firstBatchWhole: true, slices, wish, CancellationToken.None);
            wish.Into?.Reverse();
            wish.Into?.ForEach(r => slices.Insert(0, InMemory(log, r)));
            var first = true;
            foreach (var header in Batches.Headers(slices))
            {
                Assert.True(first ? header.BaseOffset <= offset && header.NextOffset > offset : header.BaseOffset == offset);
                first = false;
                offset = header.NextOffset;
                Volatile.Write(ref counts[seed], counts[seed] + 1);
            }

            slices.ForEach(s => s.Release());
            slices.Clear();
        }
    }
}
