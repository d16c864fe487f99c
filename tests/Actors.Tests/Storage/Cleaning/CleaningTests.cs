using Simulation.Fakes;

namespace Actors.Tests.Storage.Cleaning;

/// <summary>What a cleaning does to a log, one rule at a time.</summary>
public sealed class CleaningTests
{
    [Fact]
    public async Task A_key_keeps_its_newest_record_at_its_offset_and_readers_go_over_the_gaps()
    {
        var log = new CompactedLog(new SimulatedStorageDevice(), CompactedLog.Config);
        for (var i = 0; i < 100; i++)
        {
            log.Append(($"key-{i % 7}", $"value-{i}"));
        }

        log.Fill();
        Assert.Equal(1, log.Clean());
        var found = await log.CheckAsync("after a cleaning");
        Assert.Equal(7, found.Count(r => r.Key.StartsWith("key", StringComparison.Ordinal)));
        Assert.True(log.Directory.Directory.CleanerStatistics.BytesAfter < log.Directory.Directory.CleanerStatistics.BytesBefore);
    }
}
