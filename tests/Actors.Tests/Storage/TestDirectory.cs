using Actors.Model;
using Actors.Model.Leases;
using Actors.Model.Records;
using Actors.Storage;
using Actors.Storage.Devices;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Actors.Tests.Storage;

/// <summary>A log directory over any device, its log thread being the test itself, and what its sink was told.</summary>
internal sealed class TestDirectory : ILogDirectorySink
{
    public const string Root = "/data/logs";
    public static readonly Guid Topic = new("11111111-2222-3333-4444-555555555555");

    public TestDirectory(IStorageDevice device, Func<LogDirectoryOptions, LogDirectoryOptions>? change = null, string root = Root)
    {
        Device = device;
        var options = new LogDirectoryOptions { Path = root, ReserveBytes = 0, CommitLogBytes = 64 * 1024 };
        Options = change is null ? options : change(options);
        Directory = LogDirectory.Open(device, Options, Leases, Time, this, NullLogger.Instance);
    }

    public IStorageDevice Device { get; }
    public LogDirectoryOptions Options { get; }
    public LeasePool Leases { get; } = new();
    public FakeTimeProvider Time { get; } = new(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_100_000));
    public LogDirectory Directory { get; }
    public Dictionary<PartitionLog, (long Written, long Synced)> Told { get; } = [];
    public StorageFault? Fault { get; private set; }
    public int Rounds { get; private set; }

    /// <summary>Settings of logs that are not open, for retention.</summary>
    public LogConfig? ColdConfig { get; set; }

    /// <summary>Logs that retention wants to have opened.</summary>
    public List<LogIdentity> OpeningsDue { get; } = [];

    public static LogIdentity Identity(int partition = 0, string topic = "orders", Guid? id = null) =>
        new(new TopicPartitionId(id ?? Topic, partition), topic);

    public static string File(string name, int partition = 0) => $"{Root}/orders-{partition}/{name}";

    public PartitionLog Open(int partition = 0, LogConfig? config = null)
    {
        var opening = Directory.OpenLog(Identity(partition), config ?? new LogConfig());
        Assert.True(opening.Log is not null, opening.Refusal);
        return opening.Log;
    }

    public string Refusal(int partition = 0, LogConfig? config = null) =>
        Directory.OpenLog(Identity(partition), config ?? new LogConfig()).Refusal ?? throw new InvalidOperationException("the log opened");

    /// <summary>Submits a batch; rounds are the caller's.</summary>
    public void Submit(PartitionLog log, byte[] batch, int leaseBytes = 0) =>
        Directory.Submit(log, Batches.InLease(Leases, batch, leaseBytes), RecordBatch.ReadInfo(batch));

    /// <summary>Appends batches of one record each, one round for each; answers the log's end.</summary>
    public long Append(PartitionLog log, int batches, int valueBytes = 16, int epoch = 0, long producerId = -1)
    {
        for (var i = 0; i < batches; i++)
        {
            var sequence = producerId < 0 ? -1 : (int)log.WrittenEnd;
            Submit(log, Batches.Make(log.WrittenEnd, 1, valueBytes, epoch, producerId: producerId, sequence: sequence));
            Directory.RunRound();
        }

        return log.WrittenEnd;
    }

    /// <summary>Headers of all batches from an offset on, read in steps.</summary>
    public static async Task<List<RecordBatchInfo>> ReadAll(PartitionLog log, long from = 0, int maxBytes = 1 << 20)
    {
        var headers = new List<RecordBatchInfo>();
        while (from < log.WrittenEnd)
        {
            var slices = new List<LeaseSlice>();
            var bytes = await log.ReadAsync(from, log.WrittenEnd, maxBytes, firstBatchWhole: true, slices, TestContext.Current.CancellationToken);
            Assert.True(bytes > 0, $"nothing was read at offset {from} of {log.WrittenEnd}");
            Assert.Equal(bytes, slices.Sum(s => s.LengthBytes));
            headers.AddRange(Batches.Headers(slices));
            slices.ForEach(s => s.Release());
            from = headers[^1].NextOffset;
        }

        return headers;
    }

    public void OnWritten(PartitionLog log, long writtenEnd, long syncedEnd) => Told[log] = (writtenEnd, syncedEnd);

    public void OnRoundEnd() => Rounds++;

    /// <summary>With one replica and a weak flush policy, what is written is committed.</summary>
    public long GetCommittedEnd(PartitionLog log) => log.WrittenEnd;

    public LogConfig? FindConfig(in LogIdentity identity) => ColdConfig;

    public void OnOpeningDue(in LogIdentity identity) => OpeningsDue.Add(identity);

    public void OnFailed(StorageFault fault) => Fault = fault;
}
