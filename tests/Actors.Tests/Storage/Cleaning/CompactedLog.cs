using Actors.Model.Records;
using Actors.Storage;
using Actors.Storage.Devices;

namespace Actors.Tests.Storage.Cleaning;

/// <summary>
/// One compacted log and the obvious model of it: everything that was appended. What a reader may find follows from that and from how far
/// the log is clean.
/// </summary>
internal sealed class CompactedLog
{
    private readonly Dictionary<long, Keyed> _appended;
    private readonly int _producers;

    public CompactedLog(
        IStorageDevice device, LogConfig config, Dictionary<long, Keyed>? appended = null,
        Func<LogDirectoryOptions, LogDirectoryOptions>? change = null, int producers = 0, long nowMs = 0)
    {
        _appended = appended ?? [];
        _producers = producers;
        Directory = new TestDirectory(device, o => (change ?? (x => x))(o with { CheckpointBytes = long.MaxValue, CheckpointMs = 1000 }));
        if (nowMs > Directory.Time.GetUtcNow().ToUnixTimeMilliseconds())
        {
            Directory.Time.SetUtcNow(DateTimeOffset.FromUnixTimeMilliseconds(nowMs));
        }

        Log = Directory.Open(config: config);
    }

    public TestDirectory Directory { get; }
    public PartitionLog Log { get; }
    public IReadOnlyDictionary<long, Keyed> Appended => _appended;
    public long NowMs => Directory.Time.GetUtcNow().ToUnixTimeMilliseconds();

    public static LogConfig Config { get; } =
        new() { Compacts = true, Deletes = false, SegmentBytes = 2000, IndexIntervalBytes = 200, MinCleanableDirtyRatio = 0, DeleteRetentionMs = 60_000 };

    public void Append(params (string Key, string? Value)[] records) => Append(CompressionCodec.None, records);

    public void Append(CompressionCodec codec, params (string Key, string? Value)[] records)
    {
        var first = Log.NextOffset;
        var keyed = records.Select((r, i) => new Keyed(first + i, r.Key, r.Value, NowMs - 1000 + i)).ToList();
        keyed.ForEach(r => _appended[r.Offset] = r);
        var producer = _producers == 0 ? -1 : first % _producers;
        Directory.Submit(Log, KeyedBatches.Make(keyed, codec, producer, producer < 0 ? -1 : (int)first));
        Directory.Directory.RunRound();
    }

    /// <summary>Brings all full segments below a checkpoint, cleans, and runs rounds until nothing is left to clean.</summary>
    public int Clean()
    {
        var cleanings = Directory.Directory.CleanerStatistics.Cleanings;
        Directory.Directory.Checkpoint();
        Directory.Directory.RunRound();
        Directory.Directory.BeginCleaning();
        RunUntilClean();
        return (int)(Directory.Directory.CleanerStatistics.Cleanings - cleanings);
    }

    public void RunUntilClean()
    {
        for (var i = 0; Directory.Directory.IsCleaning || Directory.Directory.SegmentsToDelete > 0; i++)
        {
            Assert.True(i < 10_000, "a cleaning does not end");
            Directory.Time.Advance(TimeSpan.FromMilliseconds(20));
            Directory.Directory.RunRound();
            if (Directory.Fault is { } fault)
            {
                throw fault.Cause;
            }
        }
    }

    /// <summary>Fills the active segment and one more, so that everything before can be cleaned.</summary>
    public void Fill(string key = "filler")
    {
        for (var first = Log.Segments.Length; Log.Segments.Length <= first + 1;)
        {
            Append((key, new string('x', 700)));
        }
    }

    /// <summary>Checks what a reader finds against the model. <paramref name="context"/> goes into every message.</summary>
    public async Task<List<Keyed>> CheckAsync(string context)
    {
        Directory.Directory.Tails.Trim(0); // what is read from memory is what was appended, cleaned or not
        var batches = await KeyedBatches.ReadAsync(Log, maxBytes: 3000);
        var found = batches.SelectMany(b => b.Records).ToList();
        for (var i = 1; i < batches.Count; i++)
        {
            Assert.True(batches[i].Info.BaseOffset >= batches[i - 1].Info.NextOffset, $"{context}: batches overlap at {batches[i].Info.BaseOffset}");
        }

        for (var i = 1; i < Log.Segments.Length; i++)
        {
            var last = batches.Last(b => b.Info.BaseOffset < Log.Segments[i].BaseOffset);
            Assert.True(last.Info.NextOffset == Log.Segments[i].BaseOffset, $"{context}: a gap before the segment at {Log.Segments[i].BaseOffset}");
        }

        CheckRecords(found, context);
        return found;
    }

    private void CheckRecords(List<Keyed> found, string context)
    {
        Assert.True(Log.WrittenEnd == _appended.Keys.Append(-1).Max() + 1, $"{context}: the log ends at {Log.WrittenEnd}");
        foreach (var record in found)
        {
            Assert.True(_appended[record.Offset] == record, $"{context}: {record} was appended as {_appended[record.Offset]}");
        }

        var cleanedEnd = Log.Entry.CleanedEnd;
        var offsets = found.Select(r => r.Offset).ToHashSet();
        foreach (var key in _appended.Values.GroupBy(r => r.Key))
        {
            var newest = key.MaxBy(r => r.Offset)!;
            var newestClean = key.Where(r => r.Offset < cleanedEnd).MaxBy(r => r.Offset);
            foreach (var record in key)
            {
                var isThere = offsets.Contains(record.Offset);
                Assert.False(isThere && record.Offset < cleanedEnd && record != newestClean, $"{context}: {record} was to be cleaned up to {cleanedEnd}");
                Assert.False(
                    isThere && newest.Value is null && record != newest && !offsets.Contains(newest.Offset),
                    $"{context}: {record} came back after its tombstone at {newest.Offset} went");
            }

            Assert.True(offsets.Contains(newest.Offset) || newest.Value is null, $"{context}: {newest} is lost");
        }
    }
}
