using Actors.Storage;
using Simulation.Fakes;

namespace Actors.Tests.Storage.Cleaning;

/// <summary>A crash at every call to the disk that a cleaning makes, and after each of them a power cut or only the end of the process.</summary>
public sealed class CleaningCrashTests
{
    private const int Keys = 9;

    /// <summary>The two seeds share the calls; 1 takes every one of both, which takes a minute.</summary>
    private const int Stride = 2;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task No_newest_record_is_lost_and_no_deleted_key_comes_back_whatever_call_is_the_last(int seed)
    {
        var calls = 0;
        Live(new SimulatedStorageDevice(), seed, () => calls++);
        Assert.True(calls > 100, $"a cleaning made {calls} calls");
        for (var last = seed - 1; last < calls; last += Stride)
        {
            await CrashAsync(seed, last, isPowerCut: ((last / Stride) + seed) % 2 == 0);
        }
    }

    /// <summary>
    /// An opening after a kill tells the register of the newest segment; of a log whose rounds are not synced, nothing tells it of later ones.
    /// </summary>
    [Fact]
    public async Task A_log_opens_without_its_checkpoint_though_the_newest_segment_that_the_register_knew_was_cleaned_away()
    {
        var device = new SimulatedStorageDevice();
        var config = Config with { FlushMessages = long.MaxValue };
        var log = new CompactedLog(device, config);
        log.Fill();
        device = device.Kill();
        log = new CompactedLog(device, config, new Dictionary<long, Keyed>(log.Appended), nowMs: log.NowMs);
        var known = log.Log.Entry.LastSegmentBase;
        Assert.True(known > 0, $"the register knows of {known}");
        for (var pass = 0; pass < 2; pass++) // what the first has made small the second puts together
        {
            log.Fill();
            Assert.True(log.Clean() > 0, "nothing was cleaned");
        }

        Assert.DoesNotContain(log.Log.Segments, s => s.BaseOffset == known);
        log.Directory.Directory.CloseClean();

        device.Lose($"{TestDirectory.Root}/{Actors.Storage.Formats.CheckpointFormat.FileName}");
        log = new CompactedLog(device.Kill(), config, new Dictionary<long, Keyed>(log.Appended), nowMs: log.NowMs);
        await log.CheckAsync("without its checkpoint");
    }

    private static async Task CrashAsync(int seed, int last, bool isPowerCut)
    {
        var context = $"seed {seed}, crash at call {last}, {(isPowerCut ? "power cut" : "kill")}";
        var device = new SimulatedStorageDevice();
        var left = last;
        var dead = Live(device, seed, () =>
        {
            if (left-- <= 0)
            {
                throw new CrashedException();
            }
        });
        device.Faults = null;
        device = isPowerCut ? device.Crash((seed * 10_000) + last) : device.Kill();
        var known = new Dictionary<long, Keyed>(dead.Appended);
        for (var life = 0; life < 2; life++)
        {
            var log = new CompactedLog(device, Config, known, Options, producers: 3, nowMs: dead.NowMs);
            await log.CheckAsync($"{context}, life {life}");
            log.Clean();
            await log.CheckAsync($"{context}, cleaned in life {life}");
            Assert.DoesNotContain(device.ListFiles(), f => f.EndsWith(".swap", StringComparison.Ordinal) || f.EndsWith(".cleaned", StringComparison.Ordinal));
            log.Append(("key-1", $"life {life}"));
            known = new Dictionary<long, Keyed>(log.Appended);
            log.Directory.Directory.Checkpoint();
            device = life == 0 ? device.Crash(last) : device.Kill();
        }
    }

    /// <summary>Appends, cleans, lets tombstones age, appends and cleans again; the calls that cleanings make are told.</summary>
    private static CompactedLog Live(SimulatedStorageDevice device, int seed, Action onCall)
    {
        var random = new Random(seed);
        var log = new CompactedLog(device, Config, null, Options, producers: 3);
        try
        {
            for (var pass = 0; pass < 2; pass++)
            {
                device.Faults = null;
                for (var i = 0; i < 40; i++)
                {
                    log.Append(
                        (Actors.Model.Records.CompressionCodec)random.Next(5),
                        ($"key-{random.Next(Keys)}", random.Next(4) == 0 ? null : new string('v', random.Next(200))));
                }

                log.Fill($"filler-{pass}");
                log.Directory.Directory.Checkpoint();
                log.Directory.Time.Advance(TimeSpan.FromSeconds(61));
                device.Faults = (_, _) =>
                {
                    onCall();
                    return 0;
                };
                log.Directory.Directory.BeginCleaning();
                log.RunUntilClean();
            }
        }
        catch (CrashedException)
        {
            // as planned
        }

        return log;
    }

    private static LogConfig Config { get; } = CompactedLog.Config with { SegmentBytes = 1500 };

    private static LogDirectoryOptions Options(LogDirectoryOptions options) => options with { PartitionTailBytes = 1000 };

    private sealed class CrashedException : Exception;
}
