using Actors.Storage;
using Simulation.Fakes;

namespace Actors.Tests.Storage;

public sealed class CrashTests
{
    private const int Partitions = 6;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(Start, 20)];

    private static int Start => int.Parse(Environment.GetEnvironmentVariable("ACTORS_TEST_SEED") ?? "1", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Twenty times ten lives of a directory: random work, then a kill or a power cut at any call to the disk.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Nothing_that_was_told_as_synced_is_lost_by_a_crash_at_any_call(int seed)
    {
        for (var sub = 0; sub < 10; sub++)
        {
            await RunLives((seed * 1000) + sub);
        }
    }

    private static async Task RunLives(int seed)
    {
        var random = new Random(seed);
        var device = new SimulatedStorageDevice();
        var synced = new long[Partitions];
        var config = new LogConfig { SegmentBytes = random.Next(2000, 40_000), IndexIntervalBytes = 500 };
        for (var life = 0; life < 4; life++)
        {
            var calls = random.Next(10, 800);
            var isPowerCut = random.Next(2) == 0;
            try
            {
                device.Faults = (_, _) => --calls < 0 ? throw new PowerCut() : 0;
                Live(device, random, synced, config, seed);
            }
            catch (PowerCut)
            {
                // as planned
            }

            device.Faults = null;
            device = isPowerCut ? device.Crash(random.Next()) : device.Kill();
        }

        var last = new TestDirectory(device, Options(seed));
        for (var p = 0; p < Partitions; p++)
        {
            var opening = last.Directory.OpenLog(TestDirectory.Identity(p), Config(config, p));
            Assert.True(opening.Log is not null, $"seed {seed}: {opening.Refusal}");
            Assert.True(opening.Log.WrittenEnd >= synced[p], $"seed {seed}: partition {p} ends at {opening.Log.WrittenEnd}, synced was {synced[p]}");
            Check(await TestDirectory.ReadAll(opening.Log), seed);
        }
    }

    private static void Live(SimulatedStorageDevice device, Random random, long[] synced, LogConfig config, int seed)
    {
        var directory = new TestDirectory(device, Options(seed));
        var logs = new PartitionLog[Partitions];
        for (var p = 0; p < Partitions; p++)
        {
            var opening = directory.Directory.OpenLog(TestDirectory.Identity(p), Config(config, p));
            if (device.Faults is null || opening.Log is null)
            {
                Assert.True(directory.Directory.Fault?.Cause is PowerCut, $"seed {seed}: {opening.Refusal}");
                throw new PowerCut();
            }

            Assert.True(opening.Log.WrittenEnd >= synced[p], $"seed {seed}: partition {p} ends at {opening.Log.WrittenEnd}, synced was {synced[p]}");
            logs[p] = opening.Log;
        }

        var ends = logs.Select(l => l.WrittenEnd).ToArray();
        for (var round = 0; round < 200 && directory.Fault is null; round++)
        {
            for (var n = random.Next(1, 12); n > 0; n--)
            {
                var p = random.Next(Partitions);
                var batch = Batches.Make(ends[p], random.Next(1, 4), random.Next(10) == 0 ? 3000 : 60, number: ends[p], producerId: p, sequence: (int)ends[p]);
                directory.Submit(logs[p], batch, random.Next(3) == 0 ? 0 : 100_000);
                ends[p] += Actors.Model.Records.RecordBatch.ReadInfo(batch).LastOffsetDelta + 1;
            }

            directory.Time.Advance(TimeSpan.FromMilliseconds(random.Next(200)));
            directory.Directory.RunRound();
            if (random.Next(40) == 0)
            {
                directory.Directory.CloseIdle(0);
            }

            for (var p = 0; p < Partitions; p++)
            {
                synced[p] = Math.Max(synced[p], directory.Told.GetValueOrDefault(logs[p]).Synced);
            }
        }

        if (directory.Fault is { Cause: PowerCut })
        {
            throw new PowerCut();
        }

        Assert.True(directory.Fault is null, $"seed {seed}: {directory.Fault?.Cause}");
    }

    private static Func<LogDirectoryOptions, LogDirectoryOptions> Options(int seed) => o => o with
    {
        CommitLogBytes = seed % 3 == 0 ? 0 : 32 * 1024,
        CommitLogRunBytes = 2000,
        CheckpointBytes = 20_000,
        MaxRoundBytes = 16 * 1024,
        PartitionTailBytes = 4000,
        TailBytes = 200_000,
    };

    /// <summary>One partition in three leaves syncing to the operating system, one syncs now and then.</summary>
    private static LogConfig Config(LogConfig config, int partition) => (partition % 3) switch
    {
        0 => config,
        1 => config with { FlushMessages = long.MaxValue },
        _ => config with { FlushMessages = 20, FlushMs = 500 },
    };

    private static void Check(List<Actors.Model.Records.RecordBatchInfo> headers, int seed)
    {
        for (var i = 1; i < headers.Count; i++)
        {
            Assert.True(headers[i].BaseOffset == headers[i - 1].NextOffset, $"seed {seed}: a gap behind offset {headers[i - 1].LastOffset}");
        }
    }

    private sealed class PowerCut : Exception;
}
