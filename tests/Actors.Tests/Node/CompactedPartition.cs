using Actors.Model;
using Actors.Model.Leases;
using Actors.Model.Ports;
using Actors.Model.Records;
using Actors.Node.Partitions;
using Actors.Replication.Partitions;
using Actors.Storage;
using Actors.Storage.Devices;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Actors.Tests.Node;

/// <summary>
/// One compacted partition as the node hosts it, over any device, the test being its log thread: what stands on compacted logs (groups,
/// states of grains) can be cleaned, stopped at any call and opened again.
/// </summary>
internal sealed class CompactedPartition : ILogDirectorySink
{
    private static readonly Guid s_topic = new("99999999-2222-3333-4444-555555555555");
    private readonly WakeList _wake = new();
    private StorageFault? _fault;

    public CompactedPartition(IStorageDevice device, string topic, int leaderEpoch, long nowMs = 1_700_000_000_000)
    {
        Time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(nowMs));
        var options = new LogDirectoryOptions
        {
            Path = "/data/logs", ReserveBytes = 0, CommitLogBytes = 64 * 1024, CheckpointBytes = long.MaxValue, CheckpointMs = 1000,
            PartitionTailBytes = 1000,
        };
        Directory = LogDirectory.Open(device, options, Leases, Time, this, NullLogger.Instance);
        var opening = Directory.OpenLog(new LogIdentity(new TopicPartitionId(s_topic, 0), topic), Config);
        Assert.True(opening.Log is not null, opening.Refusal);
        Log = opening.Log;
        var recovery = new PartitionRecovery
        {
            LogStart = Log.LogStartOffset, LogEnd = Log.WrittenEnd, SyncedEnd = Log.SyncedEnd, LastEpoch = Log.LastEpoch,
            Producers = Log.Producers.Clone(),
        };
        var limits = new PartitionLimits
        {
            MaxBatchBytes = 1 << 20, LogAppendTime = false, TimestampBeforeMaxMs = long.MaxValue, TimestampAfterMaxMs = long.MaxValue,
            RequireKeys = true, ValidateCompressed = false, StoreAs = null,
        };
        Partition = new HostedPartition(
            new PartitionMachine(PartitionSettings.Alone(1), recovery), Log, Directory, limits, leaderEpoch, Time,
            (_, reason) => throw new InvalidOperationException(reason));
    }

    /// <summary>Small segments, cleaned whenever something is dirty; tombstones stay for a minute.</summary>
    public static LogConfig Config { get; } = new()
    {
        Compacts = true, Deletes = false, SegmentBytes = 1500, IndexIntervalBytes = 200, MinCleanableDirtyRatio = 0, DeleteRetentionMs = 60_000,
    };

    public FakeTimeProvider Time { get; }
    public LeasePool Leases { get; } = new();
    public LogDirectory Directory { get; }
    public PartitionLog Log { get; }
    public HostedPartition Partition { get; }
    public long NowMs => Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Appends records as one batch, as a coordinator does, and syncs it.</summary>
    public void Append(IEnumerable<(byte[] Key, byte[]? Value)> records)
    {
        var batch = new LeasedBatch(Leases, 1 << 20);
        foreach (var (key, value) in records)
        {
            Assert.True(batch.TryAdd(NowMs, key, value, value is not null));
        }

        var slice = batch.Seal();
        var result = Partition.Append(new AppendRequest
        {
            Batch = slice, Info = RecordBatch.ReadInfo(slice.Span), ExpectedLeaderEpoch = Partition.LeaderEpoch, Acks = AckMode.None,
            Origin = AppendOrigin.Coordinator,
        });
        Assert.Equal(ErrorCode.None, result.Outcome.Error);
        RunRound();
    }

    /// <summary>Cleans all full segments; two passes with a minute between take tombstones away too.</summary>
    public void Clean()
    {
        Directory.Checkpoint();
        RunRound();
        Directory.BeginCleaning();
        for (var i = 0; Directory.IsCleaning || Directory.SegmentsToDelete > 0; i++)
        {
            Assert.True(i < 10_000, "a cleaning does not end");
            Time.Advance(TimeSpan.FromMilliseconds(20));
            RunRound();
        }

        Directory.Tails.Trim(0); // from here on it is the disk that is read
    }

    public void RunRound()
    {
        Directory.RunRound();
        if (_fault is { } fault)
        {
            throw fault.Cause;
        }
    }

    /// <summary>Keys of all records, tombstones among them, with their offsets.</summary>
    public async Task<List<(long Offset, string Key, bool HasValue)>> RecordsAsync()
    {
        var found = new List<(long, string, bool)>();
        for (var offset = Log.LogStartOffset; offset < Log.WrittenEnd;)
        {
            var slices = new List<LeaseSlice>();
            await Log.ReadAsync(offset, Log.WrittenEnd, 1 << 20, firstBatchWhole: true, slices, TestContext.Current.CancellationToken);
            foreach (var slice in slices)
            {
                for (var rest = slice.Memory; !rest.IsEmpty; rest = rest[RecordBatch.SizeBytes(rest.Span)..])
                {
                    var info = RecordBatch.ReadInfo(rest.Span);
                    var walk = new RecordEnumerator(in info, rest.Span[RecordBatch.HeaderBytes..info.SizeBytes]);
                    while (walk.MoveNext())
                    {
                        found.Add((walk.Current.Offset, Convert.ToHexString(walk.Current.Key), walk.Current.HasValue));
                    }

                    offset = info.NextOffset;
                }

                slice.Release();
            }
        }

        return found;
    }

    public void OnWritten(PartitionLog log, long writtenEnd, long syncedEnd) => (log.Owner as HostedPartition)?.OnWritten(writtenEnd, syncedEnd, _wake);

    public void OnRoundEnd() => _wake.WakeAll();

    public long GetCommittedEnd(PartitionLog log) => (log.Owner as HostedPartition)?.Offsets.HighWatermark ?? log.LogStartOffset;

    public void OnFailed(StorageFault fault) => _fault = fault;
}

/// <summary>Lets a cleaning die at one of its calls to the disk.</summary>
internal sealed class LastCall : Exception
{
    /// <summary>Every call from the one of this number on ends the process; answers how many were made.</summary>
    public static Func<int> Arm(Simulation.Fakes.SimulatedStorageDevice device, int last)
    {
        var calls = 0;
        device.Faults = (_, _) => calls++ >= last ? throw new LastCall() : 0;
        return () => calls;
    }
}
